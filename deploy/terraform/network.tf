locals {
  pods_range_name     = "pods"
  services_range_name = "services"
}

resource "google_compute_network" "messaging" {
  # checkov:skip=CKV2_GCP_18: a custom network has no firewall rules at first, so nothing can connect; GKE adds the rules its nodes need
  name                    = var.name
  auto_create_subnetworks = false

  depends_on = [google_project_service.required]
}

resource "google_compute_subnetwork" "nodes" {
  name          = "${var.name}-nodes"
  network       = google_compute_network.messaging.id
  region        = var.region
  ip_cidr_range = var.nodes_range

  # Lets nodes without a public address reach Google's services (images, buckets, logs).
  private_ip_google_access = true

  secondary_ip_range {
    range_name    = local.pods_range_name
    ip_cidr_range = var.pods_range
  }
  secondary_ip_range {
    range_name    = local.services_range_name
    ip_cidr_range = var.services_range
  }

  # Logs a tenth of the connections, enough to investigate an incident.
  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.1
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Lets private nodes pull the images of Kafka, PostgreSQL and pgAdmin from Docker Hub. It allows no incoming connections.
resource "google_compute_router" "messaging" {
  name    = var.name
  network = google_compute_network.messaging.id
  region  = var.region
}

resource "google_compute_router_nat" "messaging" {
  name                               = var.name
  router                             = google_compute_router.messaging.name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  subnetwork {
    name                    = google_compute_subnetwork.nodes.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
