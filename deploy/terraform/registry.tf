# The registry of our images, which deploy/images/build.sh builds and pushes.
resource "google_artifact_registry_repository" "images" {
  # checkov:skip=CKV_GCP_84: images contain public code and no data, and Google encrypts them with its own key
  repository_id = var.name
  location      = var.region
  format        = "DOCKER"

  deletion_policy = local.deletion_policy

  docker_config {
    # A tag always means the image that was tested.
    immutable_tags = true
  }

  # Deletes images without a tag, such as those of aborted builds.
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
  # The prefix of image names.
  registry = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}
