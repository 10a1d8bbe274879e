output "kubectl_login" {
  description = "The command that configures kubectl for the cluster."
  value       = "gcloud container clusters get-credentials ${google_container_cluster.messaging.name} --location ${local.location} --project ${var.project_id}"
}

output "registry" {
  description = "The registry of our images, for deploy/images/build.sh REGISTRY."
  value       = local.registry
}

output "message_files_bucket" {
  description = "The bucket for message files and reference files."
  value       = module.message_files.name
}

output "namespace" {
  description = "The namespace whose service accounts may use the buckets."
  value       = local.namespace
}

output "settings" {
  description = "The content of deploy/k8s/overlays/gke/settings.env, which names the registry and the buckets for `kubectl apply -k deploy/k8s/overlays/gke`."
  value       = <<-EOT
    REGISTRY=${local.registry}
    TAG=${var.image_tag}
    FILES_BUCKET=${module.message_files.name}
    BACKUPS_BUCKET=${module.mart_backups.name}
    CHECKPOINTS_BUCKET=${module.spark_checkpoints.name}
  EOT
}
