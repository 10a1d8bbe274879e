provider "google" {
  project = var.project_id
  region  = var.region

  # On every resource that can have labels.
  default_labels = {
    part-of    = "messages-pipeline"
    managed-by = "terraform"
  }
}

data "google_project" "messaging" {
  project_id = var.project_id
}
