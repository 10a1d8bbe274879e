# With encrypt_secrets: the key that encrypts Secrets before they are written to etcd.
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

  # checkov:skip=CKV_GCP_82: the cluster's deletion protection covers it, and Google keeps a destroyed version for 30 days; PREVENT would block turning encrypt_secrets off
}

# GKE's service agent. Google creates it when the GKE API is enabled (docs/deploy-gke.md: if it does not exist yet).
resource "google_kms_crypto_key_iam_member" "gke" {
  count = var.encrypt_secrets ? 1 : 0

  crypto_key_id = google_kms_crypto_key.secrets[0].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.messaging.number}@container-engine-robot.iam.gserviceaccount.com"

  # Turning encrypt_secrets off must decrypt the cluster before it destroys this right and the key. create_before_destroy makes
  # Terraform update first and destroy last, here and in the resources that this one depends on.
  lifecycle {
    create_before_destroy = true
  }
}
