# A bucket for pods that mount it (GCS FUSE): private, in the region of the cluster.
resource "google_storage_bucket" "this" {
  # checkov:skip=CKV_GCP_62: Cloud Audit Logs say who did what with a bucket; usage logs would need a bucket of their own, which had no log
  name          = var.name
  location      = var.location
  storage_class = "STANDARD"
  force_destroy = var.force_destroy

  # Rights come by IAM alone, and no mistake in them makes anything public.
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

  # Parts of uploads that broke off, which are paid for and seen nowhere.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  # The last way back, also from the deletion of a version, for the seven days that are the least. Where nothing is kept, it is off: it
  # is on unless something is said, and would be paid for.
  soft_delete_policy {
    retention_duration_seconds = var.keep_replaced_days == null ? 0 : 7 * 24 * 60 * 60
  }
}
