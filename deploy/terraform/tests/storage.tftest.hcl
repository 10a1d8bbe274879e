mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  project_id          = "my-shop-123456"
  authorized_networks = { office = "203.0.113.0/24" }
}

run "buckets" {
  command = plan

  assert {
    condition     = [module.message_files.name, module.mart_backups.name, module.spark_checkpoints.name] == ["my-shop-123456-messaging-message-files", "my-shop-123456-messaging-mart-backups", "my-shop-123456-messaging-spark-checkpoints"]
    error_message = "The buckets do not have the documented names."
  }
}

run "files" {
  command = plan
  module {
    source = "./modules/bucket"
  }
  variables {
    name               = "my-shop-123456-messaging-message-files"
    location           = "us-central1"
    force_destroy      = false
    keep_replaced_days = 30
  }

  assert {
    condition     = google_storage_bucket.this.public_access_prevention == "enforced"
    error_message = "The bucket could be made public."
  }
  assert {
    condition     = google_storage_bucket.this.uniform_bucket_level_access
    error_message = "Single objects could have their own access rights."
  }
  assert {
    condition     = google_storage_bucket.this.versioning[0].enabled
    error_message = "Replaced objects are lost."
  }
  assert {
    condition     = [for rule in google_storage_bucket.this.lifecycle_rule : one(rule.condition).days_since_noncurrent_time if one(rule.action).type == "Delete"] == [30]
    error_message = "Replaced objects are not deleted after 30 days."
  }
  assert {
    condition     = contains([for rule in google_storage_bucket.this.lifecycle_rule : one(rule.action).type], "AbortIncompleteMultipartUpload")
    error_message = "Incomplete uploads stay and cost money."
  }
  assert {
    condition     = !google_storage_bucket.this.force_destroy && google_storage_bucket.this.soft_delete_policy[0].retention_duration_seconds == 604800
    error_message = "A destroy deletes the files, or deleted files cannot be restored."
  }
  assert {
    condition     = length(google_storage_bucket.this.hierarchical_namespace) == 0
    error_message = "A bucket with versions has a hierarchical namespace, which Google rejects."
  }
}

run "checkpoints" {
  command = plan
  module {
    source = "./modules/bucket"
  }
  variables {
    name                   = "my-shop-123456-messaging-spark-checkpoints"
    location               = "us-central1"
    force_destroy          = true
    hierarchical_namespace = true
  }

  assert {
    condition     = google_storage_bucket.this.hierarchical_namespace[0].enabled
    error_message = "Renames in the bucket are not atomic."
  }
  assert {
    condition     = length(google_storage_bucket.this.versioning) == 0
    error_message = "The bucket keeps every version of every checkpoint."
  }
  assert {
    condition     = google_storage_bucket.this.force_destroy
    error_message = "The bucket cannot be destroyed while it holds objects."
  }
  assert {
    condition     = google_storage_bucket.this.public_access_prevention == "enforced" && google_storage_bucket.this.uniform_bucket_level_access
    error_message = "The bucket could be made public."
  }
}

run "too_long_a_name" {
  command = plan
  module {
    source = "./modules/bucket"
  }
  variables {
    name          = "a-project-with-a-name-of-30-ch-and-a-deployment-s-name-spark-checkpoints"
    location      = "us-central1"
    force_destroy = false
  }

  expect_failures = [var.name]
}

run "registry" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository.images.format == "DOCKER" && google_artifact_registry_repository.images.docker_config[0].immutable_tags
    error_message = "A tag can be moved to another image."
  }
  assert {
    condition     = output.registry == "us-central1-docker.pkg.dev/my-shop-123456/messaging"
    error_message = "The registry differs from the address that images are pushed to."
  }
}
