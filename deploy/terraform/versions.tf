terraform {
  # overrides of mocks while planning (tests/) came with 1.11.
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "7.45.0" # exactly, since there is no lock file in git (docs/adr/0018)
    }
  }

  # The bucket is named when it is used, so that no project's name is in git:
  # terraform init -backend-config="bucket=BUCKET" (docs/deploy-gke.md)
  backend "gcs" {
    prefix = "messaging"
  }
}
