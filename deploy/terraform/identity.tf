# Nodes may pull images and write logs and metrics, nothing else.
resource "google_service_account" "nodes" {
  account_id   = "${var.name}-nodes"
  display_name = "Nodes of the cluster ${var.name}"

  depends_on = [google_project_service.required]
}

resource "google_project_iam_member" "nodes" {
  project = var.project_id
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes.member
}

resource "google_artifact_registry_repository_iam_member" "nodes" {
  repository = google_artifact_registry_repository.images.name
  location   = google_artifact_registry_repository.images.location
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.nodes.member
}

# The Kubernetes service accounts of deploy/k8s are principals themselves, without keys and without Google service accounts.
locals {
  namespace = "messaging"

  principal_of = "principal://iam.googleapis.com/projects/${data.google_project.messaging.number}/locations/global/workloadIdentityPools/${google_container_cluster.messaging.workload_identity_config[0].workload_pool}/subject/ns/${local.namespace}/sa"

  # Which pods use which bucket. Viewers list and read; users also write and delete. Rights of people come from their roles in the
  # project. A second cluster in the project with this namespace would have the same principals, so it needs another project.
  bucket_access = {
    producer  = { bucket = module.message_files.name, role = "roles/storage.objectViewer" }
    mart-init = { bucket = module.message_files.name, role = "roles/storage.objectViewer" }
    backup    = { bucket = module.mart_backups.name, role = "roles/storage.objectUser" }
    spark-job = { bucket = module.spark_checkpoints.name, role = "roles/storage.objectUser" }
  }
}

resource "google_storage_bucket_iam_member" "pods" {
  for_each = local.bucket_access

  bucket = each.value.bucket
  role   = each.value.role
  member = "${local.principal_of}/${each.key}"
}
