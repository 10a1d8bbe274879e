locals {
  location = coalesce(var.zone, var.region)

  # For resources without deletion_protection. Otherwise a destroy would delete pools and images before the cluster refuses.
  deletion_policy = var.deletion_protection ? "PREVENT" : "DELETE"

  # For the nodes of every pool, including the default pool, which is removed.
  node_scopes = ["https://www.googleapis.com/auth/cloud-platform"] # the roles of its service account decide what a node may do
}

resource "google_container_cluster" "messaging" {
  # checkov:skip=CKV_GCP_12: Dataplane V2 enforces NetworkPolicies and excludes that addon
  # checkov:skip=CKV_GCP_65: a group gke-security-groups is up to the organisation; people get their rights by IAM
  # checkov:skip=CKV_GCP_66: the images of Kafka, PostgreSQL and pgAdmin on Docker Hub have no attestations to check
  name                = var.name
  location            = local.location
  deletion_protection = var.deletion_protection
  resource_labels     = { part-of = "messages-pipeline" } # also labels disks and nodes on the bill

  network         = google_compute_network.messaging.id
  subnetwork      = google_compute_subnetwork.nodes.id
  networking_mode = "VPC_NATIVE"
  ip_allocation_policy {
    cluster_secondary_range_name  = local.pods_range_name
    services_secondary_range_name = local.services_range_name
  }

  # Dataplane V2 enforces the NetworkPolicies of deploy/k8s. network_policy must not be set as well.
  datapath_provider           = "ADVANCED_DATAPATH"
  enable_intranode_visibility = true

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = false # kubectl connects from the authorized networks
  }
  master_authorized_networks_config {
    # Otherwise any virtual machine of any Google Cloud customer could connect.
    gcp_public_cidrs_access_enabled = false

    dynamic "cidr_blocks" {
      for_each = var.authorized_networks
      content {
        display_name = cidr_blocks.key
        cidr_block   = cidr_blocks.value
      }
    }
  }

  # Only Google accounts: client certificates cannot be revoked, and anonymous requests reach only the health endpoints.
  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }
  anonymous_authentication_config {
    mode = "LIMITED"
  }
  rbac_binding_config {
    enable_insecure_binding_system_authenticated   = false
    enable_insecure_binding_system_unauthenticated = false
  }

  # Pods authenticate as principals of this pool (identity.tf).
  workload_identity_config {
    workload_pool = "${var.project_id}.svc.id.goog"
  }

  addons_config {
    gcs_fuse_csi_driver_config {
      enabled = true # mounts buckets as folders
    }
    gce_persistent_disk_csi_driver_config {
      enabled = true # for the storage class messaging-ssd
    }
    horizontal_pod_autoscaling {
      disabled = false # for the consumer
    }
    http_load_balancing {
      disabled = false # for the component ingress
    }
  }

  release_channel {
    channel = var.release_channel
  }
  maintenance_policy {
    recurring_window {
      start_time = var.maintenance_window.start
      end_time   = var.maintenance_window.end
      recurrence = var.maintenance_window.recurrence
    }
  }

  # Set in either case: without the block, the cluster would keep its former state, with a key that no longer exists.
  database_encryption {
    state    = var.encrypt_secrets ? "ENCRYPTED" : "DECRYPTED"
    key_name = one(google_kms_crypto_key.secrets[*].id)
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS", "WORKLOADS"]
  }
  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS"]
    managed_prometheus {
      enabled = true
    }
  }
  cost_management_config {
    enabled = true # costs by namespace
  }
  security_posture_config {
    mode = "BASIC"
  }

  enable_shielded_nodes = true
  node_pool_defaults {
    node_config_defaults {
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }
  }

  # Pools are separate resources (node-pools.tf), so that they can change without the cluster. GKE creates a default pool anyway. It
  # is removed at once, and until then its nodes are as secure as ours.
  remove_default_node_pool = true
  initial_node_count       = 1
  node_config {
    service_account = google_service_account.nodes.email
    oauth_scopes    = local.node_scopes
    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
  lifecycle {
    # They describe the default pool, which is removed.
    ignore_changes = [initial_node_count, node_config]
  }

  depends_on = [google_project_iam_member.nodes, google_kms_crypto_key_iam_member.gke]
}
