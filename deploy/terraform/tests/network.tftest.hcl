mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  project_id          = "my-shop-123456"
  authorized_networks = { office = "203.0.113.0/24", home = "198.51.100.7/32" }
}

run "network" {
  command = plan

  assert {
    condition     = google_compute_network.messaging.auto_create_subnetworks == false
    error_message = "The network creates subnets in all regions."
  }
  assert {
    condition     = google_compute_subnetwork.nodes.private_ip_google_access
    error_message = "Private nodes cannot reach Google's services."
  }
  assert {
    condition     = { for range in google_compute_subnetwork.nodes.secondary_ip_range : range.range_name => range.ip_cidr_range } == { pods = "10.16.0.0/16", services = "10.32.0.0/20" }
    error_message = "The ranges of pods and Services differ from the variables."
  }
  assert {
    condition     = google_compute_router_nat.messaging.source_subnetwork_ip_ranges_to_nat == "LIST_OF_SUBNETWORKS" && length(google_compute_router_nat.messaging.subnetwork) == 1
    error_message = "NAT serves more than the subnet of the nodes."
  }
  assert {
    condition     = length(google_compute_subnetwork.nodes.log_config) == 1
    error_message = "The subnet has no flow logs."
  }
}

run "control_plane" {
  command = plan

  assert {
    condition     = { for block in google_container_cluster.messaging.master_authorized_networks_config[0].cidr_blocks : block.display_name => block.cidr_block } == { office = "203.0.113.0/24", home = "198.51.100.7/32" }
    error_message = "Networks that are not authorized reach the control plane."
  }
  assert {
    condition     = google_container_cluster.messaging.master_authorized_networks_config[0].gcp_public_cidrs_access_enabled == false
    error_message = "Google Cloud's public addresses reach the control plane."
  }
  assert {
    condition     = google_container_cluster.messaging.master_auth[0].client_certificate_config[0].issue_client_certificate == false
    error_message = "The cluster issues a client certificate."
  }
  assert {
    condition     = google_container_cluster.messaging.anonymous_authentication_config[0].mode == "LIMITED"
    error_message = "Anonymous requests may read more than the health of the API server."
  }
}
