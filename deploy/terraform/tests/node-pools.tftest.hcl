mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  project_id          = "my-shop-123456"
  authorized_networks = { office = "203.0.113.0/24" }
}

run "general" {
  command = plan

  assert {
    condition     = google_container_node_pool.general.autoscaling[0].total_min_node_count == 3 && google_container_node_pool.general.autoscaling[0].total_max_node_count == 6
    error_message = "The pool does not scale between its bounds."
  }
  assert {
    condition     = google_container_node_pool.general.initial_node_count == 1
    error_message = "In three zones, the pool does not start with its minimum number of nodes."
  }
  assert {
    condition     = length(google_container_node_pool.general.node_config[0].taint) == 0
    error_message = "A taint keeps pods off the general pool."
  }
  assert {
    condition     = google_container_node_pool.general.upgrade_settings[0].max_unavailable == 0
    error_message = "An upgrade removes a node before its replacement is ready."
  }
}

run "in_one_zone" {
  command = plan
  variables {
    zone       = "us-central1-a"
    spark_pool = { min_nodes = 2 }
  }

  assert {
    condition     = google_container_node_pool.general.initial_node_count == 3 && google_container_node_pool.spark.initial_node_count == 2
    error_message = "In one zone, the pools do not start with their minimum number of nodes."
  }
}

run "more_at_least_than_zones" {
  command = plan
  variables {
    general_pool = { min_nodes = 4, max_nodes = 5 }
    spark_pool   = { min_nodes = 4 }
  }

  assert {
    condition     = google_container_node_pool.general.initial_node_count == 1
    error_message = "In three zones, the pool starts with more nodes than its maximum."
  }
  assert {
    condition     = google_container_node_pool.spark.initial_node_count == 1
    error_message = "In three zones, the pool starts with more nodes than its maximum."
  }
}

run "disks_of_nodes" {
  command = plan
  variables {
    general_pool = { disk_type = "pd-ssd" }
  }

  assert {
    condition     = google_container_node_pool.general.node_config[0].disk_type == "pd-ssd" && google_container_node_pool.spark.node_config[0].disk_type == "pd-balanced"
    error_message = "The disks of nodes differ from the variable."
  }
}

run "spark" {
  command = plan

  assert {
    condition     = google_container_node_pool.spark.name == "spark-pool"
    error_message = "Spark's pool is not called spark-pool."
  }
  assert {
    condition     = google_container_node_pool.spark.node_config[0].labels == tomap({ dedicated = "spark" })
    error_message = "Spark's nodes do not have the label dedicated=spark."
  }
  assert {
    condition     = [for taint in google_container_node_pool.spark.node_config[0].taint : "${taint.key}=${taint.value}:${taint.effect}"] == ["dedicated=spark:NO_SCHEDULE"]
    error_message = "Spark's nodes do not have the taint dedicated=spark."
  }
  assert {
    condition     = google_container_node_pool.spark.autoscaling[0].total_min_node_count == 0 && google_container_node_pool.spark.initial_node_count == 0
    error_message = "Spark's nodes cost money while Spark is off."
  }
  assert {
    condition     = google_container_node_pool.spark.node_config[0].spot == false
    error_message = "Spark has spot nodes by default."
  }
}

run "spark_on_spot_nodes" {
  command = plan
  variables {
    spark_pool = { spot = true, machine_type = "n2-highmem-8", max_nodes = 16 }
  }

  assert {
    condition     = google_container_node_pool.spark.node_config[0].spot && google_container_node_pool.general.node_config[0].spot != true
    error_message = "Spark's nodes are not spot nodes, or those of the general pool are."
  }
  assert {
    condition     = google_container_node_pool.spark.node_config[0].machine_type == "n2-highmem-8" && google_container_node_pool.spark.autoscaling[0].total_max_node_count == 16
    error_message = "Spark's nodes differ from the variable."
  }
  assert {
    condition     = google_container_node_pool.spark.node_config[0].disk_size_gb == 100
    error_message = "Fields missing from the variable do not have their defaults."
  }
}

run "both" {
  command = plan

  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.node_config[0].service_account == google_service_account.nodes.email])
    error_message = "Nodes use Compute Engine's default account."
  }
  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.node_config[0].workload_metadata_config[0].mode == "GKE_METADATA"])
    error_message = "Pods can use the account of their node."
  }
  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.node_config[0].shielded_instance_config[0].enable_secure_boot])
    error_message = "Nodes boot unsigned software."
  }
  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.management[0].auto_repair && pool.management[0].auto_upgrade])
    error_message = "Nodes are not repaired or upgraded automatically."
  }
}
