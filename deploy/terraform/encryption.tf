# With encrypt_secrets: the key that Secrets are encrypted with before they are written to etcd.
resource "google_kms_key_ring" "cluster" {
  count = var.encrypt_secrets ? 1 : 0

  name     = var.name
  location = var.region

  depends_on = [google_project_service.required]
}

resource "google_kms_crypto_key" "secrets" {
  count = var.encrypt_secrets ? 1 : 0

  name            = "secrets"
  key_ring        = google_kms_key_ring.cluster[0].id
  rotation_period = "7776000s" # 90 days; older versions still decrypt

  # checkov:skip=CKV_GCP_82: the cluster's deletion protection keeps it, and Google keeps a destroyed version for 30 days; prevent_destroy knows no variable, so nobody could ever take all of it away
}

# GKE's own agent, which every project has that uses GKE.
resource "google_kms_crypto_key_iam_member" "gke" {
  count = var.encrypt_secrets ? 1 : 0

  crypto_key_id = google_kms_crypto_key.secrets[0].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.messaging.number}@container-engine-robot.iam.gserviceaccount.com"
}
