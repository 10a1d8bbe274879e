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
    error_message = "Over three zones the pool does not begin with its least number of nodes."
  }
  assert {
    condition     = length(google_container_node_pool.general.node_config[0].taint) == 0
    error_message = "A taint keeps pods off the general pool."
  }
  assert {
    condition     = google_container_node_pool.general.upgrade_settings[0].max_unavailable == 0
    error_message = "An upgrade takes a node before there is another one."
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
    error_message = "In one zone the pools do not begin with their least number of nodes."
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
    error_message = "Over three zones the pool begins with more nodes than its most."
  }
  assert {
    condition     = google_container_node_pool.spark.initial_node_count == 1
    error_message = "Over three zones the pool begins with more nodes than its most."
  }
}

run "disks_of_nodes" {
  command = plan
  variables {
    general_pool = { disk_type = "pd-ssd" }
  }

  assert {
    condition     = google_container_node_pool.general.node_config[0].disk_type == "pd-ssd" && google_container_node_pool.spark.node_config[0].disk_type == "pd-balanced"
    error_message = "The disks of nodes are not those of the variable."
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
    error_message = "Spark's nodes cost something while Spark is off."
  }
  assert {
    condition     = google_container_node_pool.spark.node_config[0].spot == false
    error_message = "Spark has spot nodes that nobody asked for."
  }
}

run "spark_on_spot_nodes" {
  command = plan
  variables {
    spark_pool = { spot = true, machine_type = "n2-highmem-8", max_nodes = 16 }
  }

  assert {
    condition     = google_container_node_pool.spark.node_config[0].spot && google_container_node_pool.general.node_config[0].spot != true
    error_message = "Spark's nodes are not spot nodes, or the others are."
  }
  assert {
    condition     = google_container_node_pool.spark.node_config[0].machine_type == "n2-highmem-8" && google_container_node_pool.spark.autoscaling[0].total_max_node_count == 16
    error_message = "Spark's nodes are not those of the variable."
  }
  assert {
    condition     = google_container_node_pool.spark.node_config[0].disk_size_gb == 100
    error_message = "What the variable does not name has not its default."
  }
}

run "both" {
  command = plan

  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.node_config[0].service_account == google_service_account.nodes.email])
    error_message = "Nodes run with Compute Engine's own account."
  }
  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.node_config[0].workload_metadata_config[0].mode == "GKE_METADATA"])
    error_message = "Pods can take the account of their node."
  }
  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.node_config[0].shielded_instance_config[0].enable_secure_boot])
    error_message = "Nodes boot what is not signed."
  }
  assert {
    condition     = alltrue([for pool in [google_container_node_pool.general, google_container_node_pool.spark] : pool.management[0].auto_repair && pool.management[0].auto_upgrade])
    error_message = "Nodes are not repaired or not upgraded."
  }
}
