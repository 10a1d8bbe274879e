mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  project_id          = "my-shop-123456"
  authorized_networks = { office = "203.0.113.0/24" }
}

run "pods" {
  command = plan

  assert {
    condition = { for binding in google_storage_bucket_iam_member.pods : binding.member => "${binding.bucket} ${binding.role}" } == {
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/my-shop-123456.svc.id.goog/subject/ns/messaging/sa/producer"  = "my-shop-123456-messaging-message-files roles/storage.objectViewer"
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/my-shop-123456.svc.id.goog/subject/ns/messaging/sa/mart-init" = "my-shop-123456-messaging-message-files roles/storage.objectViewer"
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/my-shop-123456.svc.id.goog/subject/ns/messaging/sa/backup"    = "my-shop-123456-messaging-mart-backups roles/storage.objectUser"
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/my-shop-123456.svc.id.goog/subject/ns/messaging/sa/spark-job" = "my-shop-123456-messaging-spark-checkpoints roles/storage.objectUser"
    }
    error_message = "A pod has more or fewer rights to the buckets than it needs."
  }
}

run "nodes" {
  command = plan

  assert {
    condition     = google_service_account.nodes.account_id == "messaging-nodes"
    error_message = "Nodes have no service account of their own."
  }
  assert {
    condition     = google_project_iam_member.nodes.role == "roles/container.defaultNodeServiceAccount" && google_project_iam_member.nodes.member == google_service_account.nodes.member
    error_message = "Nodes have rights in the project beyond writing logs and metrics."
  }
  assert {
    condition     = google_artifact_registry_repository_iam_member.nodes.role == "roles/artifactregistry.reader" && google_artifact_registry_repository_iam_member.nodes.member == google_service_account.nodes.member
    error_message = "Nodes have rights to images beyond pulling them."
  }
}

run "settings" {
  command = plan

  assert {
    condition = output.settings == join("\n", [
      "REGISTRY=us-central1-docker.pkg.dev/my-shop-123456/messaging",
      "TAG=0.1.0",
      "FILES_BUCKET=my-shop-123456-messaging-message-files",
      "BACKUPS_BUCKET=my-shop-123456-messaging-mart-backups",
      "CHECKPOINTS_BUCKET=my-shop-123456-messaging-spark-checkpoints",
      "",
    ])
    error_message = "The overlay gke would not find the registry or the buckets."
  }
}

run "another_tag" {
  command = plan
  variables {
    image_tag = "0.2.0-rc.1"
  }

  assert {
    condition     = strcontains(output.settings, "\nTAG=0.2.0-rc.1\n")
    error_message = "The overlay gke would run other images."
  }
}
