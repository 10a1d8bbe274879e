variable "project_id" {
  description = "The ID of the project that everything is created in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the ID of a project, such as my-shop-123456: 6 to 30 lower-case letters, digits and hyphens. `gcloud projects list` shows it in its first column."
  }
}

variable "region" {
  description = "The region of the network, the cluster and the buckets."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region such as us-central1, not a zone. To choose a zone, set the variable zone."
  }
}

variable "zone" {
  description = "A zone of the region. If set, the cluster is in that zone only: cheaper (the free tier covers the control plane, and there is no traffic between zones), but down if the zone is down. If not set, the cluster is regional."
  type        = string
  default     = null

  validation {
    condition     = var.zone == null || can(regex("^${var.region}-[a-z]$", var.zone))
    error_message = "zone must be a zone of the region ${var.region}, such as ${var.region}-a."
  }
}

variable "name" {
  description = "The prefix of the names of cluster, network and accounts."
  type        = string
  default     = "messaging"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 20 lower-case letters, digits and hyphens, starting with a letter: it is part of the names of service accounts, which may have 30 characters."
  }
}

variable "authorized_networks" {
  description = "The networks that may reach the control plane: names and address ranges, such as { office = \"203.0.113.0/24\" }."
  type        = map(string)

  validation {
    condition     = length(var.authorized_networks) > 0
    error_message = "authorized_networks is empty, so nobody could reach the control plane. Add at least your own address: { me = \"203.0.113.7/32\" }."
  }
  validation {
    condition     = alltrue([for range in values(var.authorized_networks) : can(cidrnetmask(range))])
    error_message = "authorized_networks must contain ranges of IPv4 addresses such as 203.0.113.7/32; a single address ends with /32."
  }
  validation {
    condition     = alltrue([for range in values(var.authorized_networks) : try(cidrsubnet(range, 0, 0) == range, true)])
    error_message = "authorized_networks: ${join(", ", [for range in values(var.authorized_networks) : "${range} is within ${cidrsubnet(range, 0, 0)}" if try(cidrsubnet(range, 0, 0) != range, false)])}. Use that network, or the single address with /32."
  }
  validation {
    # /8 is the largest block that was ever assigned.
    condition     = alltrue([for range in values(var.authorized_networks) : try(tonumber(split("/", range)[1]) >= 8, true)])
    error_message = "authorized_networks opens the control plane to the internet. List only the networks that need access, none larger than /8."
  }
}

variable "nodes_range" {
  description = "The address range of nodes (CIDR)."
  type        = string
  default     = "10.0.0.0/20"
  nullable    = false

  validation {
    condition     = try(cidrsubnet(var.nodes_range, 0, 0) == var.nodes_range && can(cidrnetmask(var.nodes_range)), false)
    error_message = "nodes_range must be a range of IPv4 addresses such as 10.0.0.0/20, with all bits after the prefix 0."
  }
}

variable "pods_range" {
  description = "The address range of pods (CIDR). GKE assigns a /24 of it to each node, so a /16 is enough for 256 nodes."
  type        = string
  default     = "10.16.0.0/16"
  nullable    = false

  validation {
    condition     = try(cidrsubnet(var.pods_range, 0, 0) == var.pods_range && can(cidrnetmask(var.pods_range)), false)
    error_message = "pods_range must be a range of IPv4 addresses such as 10.16.0.0/16, with all bits after the prefix 0."
  }
}

variable "services_range" {
  description = "The address range of Services (CIDR)."
  type        = string
  default     = "10.32.0.0/20"
  nullable    = false

  validation {
    condition     = try(cidrsubnet(var.services_range, 0, 0) == var.services_range && can(cidrnetmask(var.services_range)), false)
    error_message = "services_range must be a range of IPv4 addresses such as 10.32.0.0/20, with all bits after the prefix 0."
  }
  validation {
    # Two ranges overlap if they are equal when both are cut to the shorter prefix.
    condition = alltrue([
      for pair in [[var.nodes_range, var.pods_range], [var.nodes_range, var.services_range], [var.pods_range, var.services_range]] :
      try(length(distinct([for range in pair : cidrsubnet("${split("/", range)[0]}/${min([for each in pair : tonumber(split("/", each)[1])]...)}", 0, 0)])) == 2, true)
    ])
    error_message = "nodes_range, pods_range and services_range must not overlap: they are ${var.nodes_range}, ${var.pods_range} and ${var.services_range}."
  }
}

variable "release_channel" {
  description = "The release channel for automatic upgrades of Kubernetes: RAPID, REGULAR or STABLE."
  type        = string
  default     = "REGULAR"
  nullable    = false

  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE"], var.release_channel)
    error_message = "release_channel must be RAPID, REGULAR or STABLE."
  }
}

variable "maintenance_window" {
  description = "When GKE may upgrade the control plane and nodes: start and end (RFC 3339, on any day), and the recurrence (RFC 5545). Not checked here: GKE requires at least 48 hours in 32 days."
  type        = object({ start = string, end = string, recurrence = string })
  default = {
    start      = "2026-01-03T02:00:00Z"
    end        = "2026-01-03T10:00:00Z"
    recurrence = "FREQ=WEEKLY;BYDAY=SA,SU"
  }
  nullable = false

  validation {
    condition     = try(timecmp(var.maintenance_window.start, var.maintenance_window.end) < 0, false)
    error_message = "maintenance_window must have a start before its end, both such as 2026-01-03T02:00:00Z."
  }
  validation {
    condition     = try(timecmp(timeadd(var.maintenance_window.start, "4h"), var.maintenance_window.end) <= 0 && timecmp(timeadd(var.maintenance_window.start, "24h"), var.maintenance_window.end) >= 0, true)
    error_message = "maintenance_window must last at least 4 hours and at most 24."
  }
  validation {
    condition     = startswith(var.maintenance_window.recurrence, "FREQ=")
    error_message = "maintenance_window.recurrence must be a rule such as FREQ=WEEKLY;BYDAY=SA,SU."
  }
}

variable "general_pool" {
  description = "Nodes for everything but Spark. The counts are for the whole pool, over all zones. The newest machine families (C4, N4) support neither pd-balanced nor pd-ssd disks: set disk_type = \"hyperdisk-balanced\", and in your own overlay set that type in the StorageClass messaging-ssd."
  type = object({
    machine_type = optional(string, "e2-standard-4")
    disk_type    = optional(string, "pd-balanced")
    disk_size_gb = optional(number, 100)
    min_nodes    = optional(number, 3)
    max_nodes    = optional(number, 6)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for number in [var.general_pool.min_nodes, var.general_pool.max_nodes, var.general_pool.disk_size_gb] : floor(number) == number]) && var.general_pool.disk_size_gb >= 30
    error_message = "general_pool: node counts and disk sizes must be whole numbers, and a disk needs at least 30 GB for images and buffered bucket data."
  }
  validation {
    condition     = var.zone != null || var.general_pool.max_nodes >= 3
    error_message = "general_pool: a cluster over three zones has a node in each, so it needs a max_nodes of at least 3; or set zone."
  }
  validation {
    condition     = var.general_pool.min_nodes >= 1 && var.general_pool.max_nodes >= var.general_pool.min_nodes
    error_message = "general_pool needs at least one node, and max_nodes not below min_nodes."
  }
}

variable "spark_pool" {
  description = "Nodes for Spark only. The counts are for the whole pool, over all zones. With min_nodes = 0, it costs nothing while Spark does not run. Spot nodes cost a third or less, and Google may remove them at any time."
  type = object({
    machine_type = optional(string, "e2-standard-4")
    disk_type    = optional(string, "pd-balanced")
    disk_size_gb = optional(number, 100)
    min_nodes    = optional(number, 0)
    max_nodes    = optional(number, 4)
    spot         = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for number in [var.spark_pool.min_nodes, var.spark_pool.max_nodes, var.spark_pool.disk_size_gb] : floor(number) == number]) && var.spark_pool.disk_size_gb >= 30
    error_message = "spark_pool: node counts and disk sizes must be whole numbers, and a disk needs at least 30 GB for images and buffered bucket data."
  }
  validation {
    condition     = var.spark_pool.min_nodes >= 0 && var.spark_pool.max_nodes >= max(var.spark_pool.min_nodes, 1)
    error_message = "spark_pool needs a max_nodes of at least one and not below min_nodes, which is 0 or more."
  }
}

variable "encrypt_secrets" {
  description = "Whether Secrets in etcd are also encrypted with your own key (Cloud KMS). Turning this off decrypts the cluster and then destroys the versions of the key, which can be restored for 30 days."
  type        = bool
  default     = false
  nullable    = false
}

variable "secrets_key_ring" {
  description = "The name of the key ring for encrypt_secrets; by default that of the cluster. Google never deletes key rings and keys. So turning encrypt_secrets on again, or recreating the cluster with it, needs another name."
  type        = string
  default     = null

  validation {
    condition     = var.secrets_key_ring == null || can(regex("^[a-zA-Z0-9_-]{1,63}$", var.secrets_key_ring))
    error_message = "secrets_key_ring must be at most 63 letters, digits, hyphens and underscores."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to destroy or recreate the cluster, its pools, the registry and non-empty buckets. Apply with false before a destroy. IAM rights and Cloud NAT are not protected: a refused destroy may have removed them, and an apply restores them."
  type        = bool
  default     = true
  nullable    = false
}

variable "image_tag" {
  description = "The tag of our images for the overlay gke."
  type        = string
  default     = "0.1.0"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "image_tag must be the tag of a release, such as 0.1.0; latest would be another image tomorrow."
  }
}
