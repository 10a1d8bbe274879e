mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  project_id          = "my-shop-123456"
  authorized_networks = { office = "203.0.113.0/24" }
}

run "cluster" {
  command = plan

  assert {
    condition     = google_container_cluster.messaging.private_cluster_config[0].enable_private_nodes
    error_message = "Nodes have public addresses."
  }
  assert {
    condition     = google_container_cluster.messaging.workload_identity_config[0].workload_pool == "my-shop-123456.svc.id.goog"
    error_message = "The cluster has no Workload Identity, or uses that of another project."
  }
  assert {
    condition     = google_container_cluster.messaging.addons_config[0].gcs_fuse_csi_driver_config[0].enabled
    error_message = "Pods cannot mount buckets: the GCS FUSE driver is off."
  }
  assert {
    condition     = google_container_cluster.messaging.addons_config[0].gce_persistent_disk_csi_driver_config[0].enabled
    error_message = "Pods have no disks: the persistent disk driver is off."
  }
  assert {
    condition     = google_container_cluster.messaging.datapath_provider == "ADVANCED_DATAPATH" && length(google_container_cluster.messaging.network_policy) == 0
    error_message = "NetworkPolicies are not enforced: Dataplane V2 is off."
  }
  assert {
    condition     = google_container_cluster.messaging.enable_shielded_nodes && google_container_cluster.messaging.enable_intranode_visibility
    error_message = "Shielded nodes or intra-node visibility are off."
  }
  assert {
    condition     = google_container_cluster.messaging.node_pool_defaults[0].node_config_defaults[0].insecure_kubelet_readonly_port_enabled == "FALSE"
    error_message = "Kubelets answer unauthenticated requests."
  }
  assert {
    condition     = !google_container_cluster.messaging.rbac_binding_config[0].enable_insecure_binding_system_authenticated && !google_container_cluster.messaging.rbac_binding_config[0].enable_insecure_binding_system_unauthenticated
    error_message = "Rights can be granted to every Google account."
  }
  assert {
    condition     = google_container_cluster.messaging.remove_default_node_pool && google_container_cluster.messaging.node_config[0].service_account == google_service_account.nodes.email
    error_message = "The default pool stays, or uses Compute Engine's default account."
  }
  assert {
    condition     = google_container_cluster.messaging.release_channel[0].channel == "REGULAR"
    error_message = "The release channel differs from the variable."
  }
  assert {
    condition     = google_container_cluster.messaging.maintenance_policy[0].recurring_window[0].recurrence == "FREQ=WEEKLY;BYDAY=SA,SU"
    error_message = "The maintenance window differs from the variable."
  }
  assert {
    condition     = google_container_cluster.messaging.monitoring_config[0].managed_prometheus[0].enabled && contains(google_container_cluster.messaging.logging_config[0].enable_components, "WORKLOADS")
    error_message = "Metrics or logs of pods are not collected."
  }
  assert {
    condition     = google_container_cluster.messaging.deletion_protection && alltrue([for policy in [google_container_node_pool.general.deletion_policy, google_container_node_pool.spark.deletion_policy, google_artifact_registry_repository.images.deletion_policy] : policy == "PREVENT"])
    error_message = "A destroy would delete the cluster, its pools or the images."
  }
  assert {
    condition     = google_container_cluster.messaging.database_encryption[0].state == "DECRYPTED" && google_container_cluster.messaging.database_encryption[0].key_name == null && length(google_kms_crypto_key.secrets) == 0
    error_message = "There is a key although encryption is off."
  }
  assert {
    condition     = google_container_cluster.messaging.location == "us-central1"
    error_message = "The cluster is not regional."
  }
}

run "zonal" {
  command = plan
  variables {
    region = "europe-west1"
    zone   = "europe-west1-b"
  }

  assert {
    condition     = google_container_cluster.messaging.location == "europe-west1-b" && google_container_node_pool.general.location == "europe-west1-b" && google_container_node_pool.spark.location == "europe-west1-b"
    error_message = "Cluster and pools are not in the zone."
  }
  assert {
    condition     = google_compute_subnetwork.nodes.region == "europe-west1" && google_artifact_registry_repository.images.location == "europe-west1"
    error_message = "Network and registry are not in the region of the zone."
  }
  assert {
    condition     = output.kubectl_login == "gcloud container clusters get-credentials messaging --location europe-west1-b --project my-shop-123456"
    error_message = "The kubectl login names another location."
  }
}

run "to_be_destroyed" {
  command = plan
  variables {
    deletion_protection = false
  }

  assert {
    condition     = google_container_cluster.messaging.deletion_protection == false && alltrue([for policy in [google_container_node_pool.general.deletion_policy, google_container_node_pool.spark.deletion_policy, google_artifact_registry_repository.images.deletion_policy] : policy == "DELETE"])
    error_message = "A destroy would be refused."
  }
}

run "another_key_ring" {
  command = plan
  variables {
    encrypt_secrets  = true
    secrets_key_ring = "messaging-2"
  }

  assert {
    condition     = google_kms_key_ring.cluster[0].name == "messaging-2"
    error_message = "The key ring has the name of a destroyed one, which Google keeps."
  }
}
