# Backups of the mart. The backup job keeps the newest ones and deletes the others.
module "mart_backups" {
  source = "./modules/bucket"

  name          = "${var.project_id}-${var.name}-mart-backups"
  location      = var.region
  force_destroy = !var.deletion_protection
  # A deleted backup can still be recovered, even if it was deleted on purpose.
  keep_replaced_days = 14

  depends_on = [google_project_service.required]
}
