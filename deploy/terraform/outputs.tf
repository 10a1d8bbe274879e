output "kubectl_login" {
  description = "The command that makes kubectl talk to the cluster."
  value       = "gcloud container clusters get-credentials ${google_container_cluster.messaging.name} --location ${local.location} --project ${var.project_id}"
}

output "registry" {
  description = "What stands before the names of our images: deploy/images/build.sh REGISTRY."
  value       = local.registry
}

output "message_files_bucket" {
  description = "The bucket into which message files and reference files are put."
  value       = module.message_files.name
}

output "namespace" {
  description = "The namespace whose service accounts may use the buckets."
  value       = local.namespace
}

output "settings" {
  description = "The file deploy/k8s/overlays/gke/settings.env, with which `kubectl apply -k deploy/k8s/overlays/gke` knows registry and buckets."
  value       = <<-EOT
    REGISTRY=${local.registry}
    TAG=${var.image_tag}
    FILES_BUCKET=${module.message_files.name}
    BACKUPS_BUCKET=${module.mart_backups.name}
    CHECKPOINTS_BUCKET=${module.spark_checkpoints.name}
  EOT
}
