# Message files for the producer, and reference files. People upload them; pods only read them.
module "message_files" {
  source = "./modules/bucket"

  name          = "${var.project_id}-${var.name}-message-files"
  location      = var.region
  force_destroy = !var.deletion_protection
  # Recovers files that were overwritten by mistake.
  keep_replaced_days = 30

  depends_on = [google_project_service.required]
}

# Checkpoints of Spark's query. Without versions, as each of the thousands of small files is written once.
module "spark_checkpoints" {
  source = "./modules/bucket"

  name          = "${var.project_id}-${var.name}-spark-checkpoints"
  location      = var.region
  force_destroy = !var.deletion_protection
  # Spark writes files under a temporary name and renames them. With real folders, a rename is atomic. Without them, it copies every
  # object and can stop halfway.
  hierarchical_namespace = true

  depends_on = [google_project_service.required]
}
