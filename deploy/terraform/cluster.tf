locals {
  location = coalesce(var.zone, var.region)

  # Of what has no deletion_protection of its own. Without it a destroy would take pools and images before the cluster refuses.
  deletion_policy = var.deletion_protection ? "PREVENT" : "DELETE"

  # Nodes of every pool, the first one that GKE makes and we remove included.
  node_scopes = ["https://www.googleapis.com/auth/cloud-platform"] # what a node may do is decided by the roles of its account
}

resource "google_container_cluster" "messaging" {
  # checkov:skip=CKV_GCP_12: Dataplane V2 holds NetworkPolicies without that addon, which excludes it
  # checkov:skip=CKV_GCP_65: whether there is a group gke-security-groups, the organisation decides; rights are given to people by IAM
  # checkov:skip=CKV_GCP_66: images of Kafka, PostgreSQL and pgAdmin come from Docker Hub, without attestations that could be asked for
  name                = var.name
  location            = local.location
  deletion_protection = var.deletion_protection
  resource_labels     = { part-of = "messages-pipeline" } # of its disks and nodes too, on the bill

  network         = google_compute_network.messaging.id
  subnetwork      = google_compute_subnetwork.nodes.id
  networking_mode = "VPC_NATIVE"
  ip_allocation_policy {
    cluster_secondary_range_name  = local.pods_range_name
    services_secondary_range_name = local.services_range_name
  }

  # Dataplane V2: it holds the NetworkPolicies of deploy/k8s, and network_policy must not be set beside it.
  datapath_provider           = "ADVANCED_DATAPATH"
  enable_intranode_visibility = true

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = false # kubectl comes from the authorized networks
  }
  master_authorized_networks_config {
    # Else every virtual machine of any customer of Google Cloud could knock.
    gcp_public_cidrs_access_enabled = false

    dynamic "cidr_blocks" {
      for_each = var.authorized_networks
      content {
        display_name = cidr_blocks.key
        cidr_block   = cidr_blocks.value
      }
    }
  }

  # People come with their Google account; certificates cannot be revoked, and nobody without an account gets further than /livez.
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

  # Pods are principals of this pool (identity.tf).
  workload_identity_config {
    workload_pool = "${var.project_id}.svc.id.goog"
  }

  addons_config {
    gcs_fuse_csi_driver_config {
      enabled = true # the buckets as folders
    }
    gce_persistent_disk_csi_driver_config {
      enabled = true # the class messaging-ssd
    }
    horizontal_pod_autoscaling {
      disabled = false # of the consumer
    }
    http_load_balancing {
      disabled = false # of the component ingress
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

  # Said in either case: to leave it out would leave it as it was, with a key that is gone.
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
    enabled = true # the bill by namespace
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

  # Pools are resources of their own (node-pools.tf), so that one can change without the cluster. GKE makes a cluster with nodes all
  # the same: they go at once, and until then they are no worse than ours.
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
    # Of nodes that are gone.
    ignore_changes = [initial_node_count, node_config]
  }

  depends_on = [google_project_iam_member.nodes, google_kms_crypto_key_iam_member.gke]
}
