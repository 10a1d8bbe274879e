# A module would hide what the two differ in, which is what one wants to see: Spark's label, taint and spot.

locals {
  # Pools count their first nodes in each zone, and the autoscaler below counts the whole pool. Where the least number is no multiple of
  # the zones, the pool begins with the next one that is, or with the one before where that would pass its most.
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
    location_policy      = "BALANCED" # brokers of Kafka are spread over zones
  }
  management {
    auto_repair  = true
    auto_upgrade = true
  }
  # One new node, then one old one goes: disruption budgets hold for one broker.
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
    # Pods see who they are themselves, and not the node's account.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  lifecycle {
    # A change would make the pool anew, and the autoscaler has taken over.
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
    # Any zone that has nodes: of spot nodes one zone may have none.
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

    # The overlay gke lets Spark's pods onto these nodes, and nowhere else; the taint keeps all others off.
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
