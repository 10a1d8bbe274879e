# With encrypt_secrets: the key that Secrets are encrypted with before they are written to etcd.
resource "google_kms_key_ring" "cluster" {
  count = var.encrypt_secrets ? 1 : 0

  name     = coalesce(var.secrets_key_ring, var.name)
  location = var.region

  depends_on = [google_project_service.required]
}

resource "google_kms_crypto_key" "secrets" {
  count = var.encrypt_secrets ? 1 : 0

  name            = "secrets"
  key_ring        = google_kms_key_ring.cluster[0].id
  rotation_period = "7776000s" # 90 days; older versions still decrypt

  # checkov:skip=CKV_GCP_82: the cluster's deletion protection keeps it, and Google keeps a destroyed version for 30 days; PREVENT would refuse to switch encrypt_secrets off
}

# GKE's own agent, which a project has from when GKE's API is enabled (docs/deploy-gke.md: where it is late).
resource "google_kms_crypto_key_iam_member" "gke" {
  count = var.encrypt_secrets ? 1 : 0

  crypto_key_id = google_kms_crypto_key.secrets[0].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.messaging.number}@container-engine-robot.iam.gserviceaccount.com"

  # About the order of going, here and, as Terraform passes it on, in what this depends on: where encrypt_secrets is switched off, the
  # cluster is decrypted first, and only then this right and the key go. Without it Terraform destroys them first.
  lifecycle {
    create_before_destroy = true
  }
}
