# The APIs that the other resources need. Enabling them needs cloudresourcemanager and serviceusage, which are enabled by hand
# (docs/deploy-gke.md). A destroy leaves them enabled, as others in the project may use them.
resource "google_project_service" "required" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "cloudkms.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "containersecurity.googleapis.com", # for security_posture_config
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "storage.googleapis.com",
  ])

  project            = var.project_id
  service            = each.value
  disable_on_destroy = false
}
