# The mart's backups: base/postgres/backup keeps the newest ones and deletes the others itself.
module "mart_backups" {
  source = "./modules/bucket"

  name          = "${var.project_id}-${var.name}-mart-backups"
  location      = var.region
  force_destroy = !var.deletion_protection
  # Whoever has the right to delete backups has not destroyed them yet.
  keep_replaced_days = 14

  depends_on = [google_project_service.required]
}
