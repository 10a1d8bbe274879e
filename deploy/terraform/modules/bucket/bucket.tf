# A bucket for pods that mount it (GCS FUSE): private, in the region of the cluster.
resource "google_storage_bucket" "this" {
  # checkov:skip=CKV_GCP_62: Cloud Audit Logs record the access; usage logs would need another bucket, without a log
  name          = var.name
  location      = var.location
  storage_class = "STANDARD"
  force_destroy = var.force_destroy

  # Access only by IAM, and no mistake in it can make the bucket public.
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  dynamic "hierarchical_namespace" {
    for_each = var.hierarchical_namespace ? [true] : []
    content {
      enabled = true
    }
  }

  dynamic "versioning" {
    for_each = var.keep_replaced_days == null ? [] : [true]
    content {
      enabled = true
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.keep_replaced_days == null ? [] : [var.keep_replaced_days]
    content {
      action {
        type = "Delete"
      }
      condition {
        days_since_noncurrent_time = lifecycle_rule.value
      }
    }
  }

  # Deletes parts of aborted uploads, which cost money and are not listed.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  # Recovers deleted versions for seven days, the minimum. Turned off explicitly where no versions are kept: the default is on, and
  # costs money.
  soft_delete_policy {
    retention_duration_seconds = var.keep_replaced_days == null ? 0 : 7 * 24 * 60 * 60
  }
}
