# Not a module, which would hide how the two pools differ: in the label, the taint and spot nodes for Spark.

locals {
  # initial_node_count is per zone; the limits of the autoscaler are for the whole pool. If the minimum is not a multiple of the number of
  # zones, the pool starts with the next multiple, or with the one before if that would exceed the maximum.
  zones          = var.zone == null ? 3 : 1
  first_per_zone = { for name, pool in { general = var.general_pool, spark = var.spark_pool } : name => min(ceil(pool.min_nodes / local.zones), floor(pool.max_nodes / local.zones)) }
}

resource "google_container_node_pool" "general" {
  name     = "general"
  cluster  = google_container_cluster.messaging.id
  location = local.location

  deletion_policy    = local.deletion_policy
  initial_node_count = local.first_per_zone.general
  autoscaling {
    total_min_node_count = var.general_pool.min_nodes
    total_max_node_count = var.general_pool.max_nodes
    location_policy      = "BALANCED" # spreads Kafka's brokers over zones
  }
  management {
    auto_repair  = true
    auto_upgrade = true
  }
  # Adds a new node before it removes an old one: disruption budgets allow one broker to be down.
  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type    = var.general_pool.machine_type
    disk_size_gb    = var.general_pool.disk_size_gb
    disk_type       = var.general_pool.disk_type
    image_type      = "COS_CONTAINERD"
    service_account = google_service_account.nodes.email
    oauth_scopes    = local.node_scopes
    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }
    # Pods get their own identity, not that of the node.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  lifecycle {
    # A change would recreate the pool, and the autoscaler controls the number by then.
    ignore_changes = [initial_node_count]
  }
}

resource "google_container_node_pool" "spark" {
  name     = "spark-pool"
  cluster  = google_container_cluster.messaging.id
  location = local.location

  deletion_policy    = local.deletion_policy
  initial_node_count = local.first_per_zone.spark
  autoscaling {
    total_min_node_count = var.spark_pool.min_nodes
    total_max_node_count = var.spark_pool.max_nodes
    # Any zone with free nodes: a zone may have no spot nodes.
    location_policy = "ANY"
  }
  management {
    auto_repair  = true
    auto_upgrade = true
  }
  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type = var.spark_pool.machine_type
    disk_size_gb = var.spark_pool.disk_size_gb
    disk_type    = var.spark_pool.disk_type
    image_type   = "COS_CONTAINERD"
    spot         = var.spark_pool.spot

    # The overlay gke runs Spark's pods on these nodes only; the taint keeps other pods off.
    labels = { dedicated = "spark" }
    taint {
      key    = "dedicated"
      value  = "spark"
      effect = "NO_SCHEDULE"
    }

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
    ignore_changes = [initial_node_count]
  }
}
