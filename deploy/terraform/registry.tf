# Our images; deploy/images/build.sh builds and pushes them.
resource "google_artifact_registry_repository" "images" {
  # checkov:skip=CKV_GCP_84: images hold the code, which is public, and no data; Google encrypts them with its own key
  repository_id = var.name
  location      = var.region
  format        = "DOCKER"

  deletion_policy = local.deletion_policy

  docker_config {
    # What runs as 0.1.0 today is what was tested as 0.1.0.
    immutable_tags = true
  }

  # Layers of builds that broke off; whoever has a tag stays.
  cleanup_policies {
    id     = "delete-untagged"
    action = "DELETE"
    condition {
      tag_state  = "UNTAGGED"
      older_than = "30d"
    }
  }

  depends_on = [google_project_service.required]
}

locals {
  # What stands before the names of images in it.
  registry = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}
