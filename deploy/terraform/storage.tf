# What the producer streams, and the reference files: put there by people, read by pods, written by none of them.
module "message_files" {
  source = "./modules/bucket"

  name          = "${var.project_id}-${var.name}-message-files"
  location      = var.region
  force_destroy = !var.deletion_protection
  # A file that was overwritten by mistake can be had back.
  keep_replaced_days = 30

  depends_on = [google_project_service.required]
}

# Where Spark's query is in the topic. Without versions: each of its thousands of small files is written once.
module "spark_checkpoints" {
  source = "./modules/bucket"

  name          = "${var.project_id}-${var.name}-spark-checkpoints"
  location      = var.region
  force_destroy = !var.deletion_protection
  # Spark writes under another name and renames. With real folders a rename, of a file or a folder, has happened or has not; without
  # them it is a copy of each object, which can stop half way.
  hierarchical_namespace = true

  depends_on = [google_project_service.required]
}
