# Google's responses that the plans depend on.
mock_data "google_project" {
  defaults = {
    number = "123456789012"
  }
}

mock_resource "google_service_account" {
  defaults = {
    email  = "messaging-nodes@my-shop-123456.iam.gserviceaccount.com"
    member = "serviceAccount:messaging-nodes@my-shop-123456.iam.gserviceaccount.com"
  }
}

mock_resource "google_kms_crypto_key" {
  defaults = {
    id = "projects/my-shop-123456/locations/us-central1/keyRings/messaging/cryptoKeys/secrets"
  }
}
