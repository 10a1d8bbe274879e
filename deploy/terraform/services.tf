# The APIs that the rest calls; with cloudresourcemanager and serviceusage they are read and enabled, so those come first
# (docs/deploy-gke.md). They stay enabled on destroy: other parts of the project may use them.
resource "google_project_service" "required" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "cloudkms.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "containersecurity.googleapis.com", # the dashboard of security_posture_config
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "storage.googleapis.com",
  ])

  project            = var.project_id
  service            = each.value
  disable_on_destroy = false
}
