mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id          = "my-shop-123456"
  authorized_networks = { office = "203.0.113.0/24" }
}

# Applies the plans with mocked responses; test/terraform/encryption.spec.ts checks the order.
run "on" {
  variables {
    encrypt_secrets = true
  }

  assert {
    condition     = google_container_cluster.messaging.database_encryption[0].state == "ENCRYPTED" && google_container_cluster.messaging.database_encryption[0].key_name == google_kms_crypto_key.secrets[0].id
    error_message = "Secrets are not encrypted with the key."
  }
  assert {
    condition     = google_kms_crypto_key.secrets[0].rotation_period == "7776000s"
    error_message = "The key is never rotated."
  }
  assert {
    condition     = google_kms_crypto_key_iam_member.gke[0].member == "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com" && google_kms_crypto_key_iam_member.gke[0].role == "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    error_message = "GKE may not use the key, or others may use it too."
  }
}

run "off_again" {
  assert {
    condition     = google_container_cluster.messaging.database_encryption[0].state == "DECRYPTED" && google_container_cluster.messaging.database_encryption[0].key_name == null
    error_message = "The cluster is not set to decrypt its Secrets."
  }
  assert {
    condition     = length(google_kms_crypto_key.secrets) == 0 && length(google_kms_key_ring.cluster) == 0 && length(google_kms_crypto_key_iam_member.gke) == 0
    error_message = "The key still exists."
  }
}
