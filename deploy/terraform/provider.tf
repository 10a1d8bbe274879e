provider "google" {
  project = var.project_id
  region  = var.region

  # Added to every resource that supports labels.
  default_labels = {
    part-of    = "messages-pipeline"
    managed-by = "terraform"
  }
}

data "google_project" "messaging" {
  project_id = var.project_id
}
