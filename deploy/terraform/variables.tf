variable "project_id" {
  description = "The project in which everything is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is the ID of a project, such as my-shop-123456: 6 to 30 lower-case letters, digits and hyphens. `gcloud projects list` shows it in its first column."
  }
}

variable "region" {
  description = "The region of the network, the cluster and the buckets."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is a region such as us-central1, and no zone of it: a zone belongs into the variable zone."
  }
}

variable "zone" {
  description = "A zone of the region for a cluster in that zone alone: cheaper (no fee for the control plane within Google's free use, no traffic between zones), gone when the zone is. Without it the cluster is regional."
  type        = string
  default     = null

  validation {
    condition     = var.zone == null || can(regex("^${var.region}-[a-z]$", var.zone))
    error_message = "zone must be a zone of the region ${var.region}, such as ${var.region}-a."
  }
}

variable "name" {
  description = "What the names of cluster, network and accounts begin with."
  type        = string
  default     = "messaging"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.name))
    error_message = "name is 2 to 20 lower-case letters, digits and hyphens, and begins with a letter: names of service accounts are made of it, which may have 30."
  }
}

variable "authorized_networks" {
  description = "Who reaches the control plane: a name for each network, and its addresses, such as { office = \"203.0.113.0/24\" }."
  type        = map(string)

  validation {
    condition     = length(var.authorized_networks) > 0
    error_message = "authorized_networks is empty, so nobody could reach the control plane. Name your own address at least: { me = \"203.0.113.7/32\" }."
  }
  validation {
    condition     = alltrue([for range in values(var.authorized_networks) : can(cidrnetmask(range))])
    error_message = "authorized_networks holds ranges of IPv4 addresses such as 203.0.113.7/32; a single address ends with /32."
  }
  validation {
    condition     = alltrue([for range in values(var.authorized_networks) : try(cidrsubnet(range, 0, 0) == range, true)])
    error_message = "authorized_networks: ${join(", ", [for range in values(var.authorized_networks) : "${range} is within ${cidrsubnet(range, 0, 0)}" if try(cidrsubnet(range, 0, 0) != range, false)])}. Name that network, or the single address with /32."
  }
  validation {
    # /8 is the largest block that anybody was ever given.
    condition     = alltrue([for range in values(var.authorized_networks) : try(tonumber(split("/", range)[1]) >= 8, true)])
    error_message = "authorized_networks opens the control plane to the internet. Name the networks that need it, none larger than /8."
  }
}

variable "nodes_range" {
  description = "Addresses of nodes (CIDR)."
  type        = string
  default     = "10.0.0.0/20"
  nullable    = false

  validation {
    condition     = try(cidrsubnet(var.nodes_range, 0, 0) == var.nodes_range && can(cidrnetmask(var.nodes_range)), false)
    error_message = "nodes_range is a range of IPv4 addresses such as 10.0.0.0/20, and begins where such a range can begin."
  }
}

variable "pods_range" {
  description = "Addresses of pods (CIDR). GKE gives each node a /24 of it, so /16 is enough for 256 nodes."
  type        = string
  default     = "10.16.0.0/16"
  nullable    = false

  validation {
    condition     = try(cidrsubnet(var.pods_range, 0, 0) == var.pods_range && can(cidrnetmask(var.pods_range)), false)
    error_message = "pods_range is a range of IPv4 addresses such as 10.16.0.0/16, and begins where such a range can begin."
  }
}

variable "services_range" {
  description = "Addresses of Services (CIDR)."
  type        = string
  default     = "10.32.0.0/20"
  nullable    = false

  validation {
    condition     = try(cidrsubnet(var.services_range, 0, 0) == var.services_range && can(cidrnetmask(var.services_range)), false)
    error_message = "services_range is a range of IPv4 addresses such as 10.32.0.0/20, and begins where such a range can begin."
  }
  validation {
    # Two ranges overlap where they are the same one at the shorter of their two lengths.
    condition = alltrue([
      for pair in [[var.nodes_range, var.pods_range], [var.nodes_range, var.services_range], [var.pods_range, var.services_range]] :
      try(length(distinct([for range in pair : cidrsubnet("${split("/", range)[0]}/${min([for each in pair : tonumber(split("/", each)[1])]...)}", 0, 0)])) == 2, true)
    ])
    error_message = "nodes_range, pods_range and services_range must not overlap: they are ${var.nodes_range}, ${var.pods_range} and ${var.services_range}."
  }
}

variable "release_channel" {
  description = "How new the versions of Kubernetes are that GKE upgrades to by itself: RAPID, REGULAR or STABLE."
  type        = string
  default     = "REGULAR"
  nullable    = false

  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE"], var.release_channel)
    error_message = "release_channel is RAPID, REGULAR or STABLE."
  }
}

variable "maintenance_window" {
  description = "When GKE may upgrade control plane and nodes: from start to end (RFC 3339, of any day), again by recurrence (RFC 5545). What is not checked here: GKE refuses windows that sum up to less than 48 hours in 32 days."
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
    error_message = "maintenance_window must be open for 4 hours at least, and 24 at most."
  }
  validation {
    condition     = startswith(var.maintenance_window.recurrence, "FREQ=")
    error_message = "maintenance_window.recurrence is a rule such as FREQ=WEEKLY;BYDAY=SA,SU."
  }
}

variable "general_pool" {
  description = "Nodes of everything but Spark. The counts are of the whole pool, over all zones. Machines of the newest families (C4, N4) have no pd-balanced disks and cannot attach pd-ssd ones: they need disk_type = \"hyperdisk-balanced\" and, in an overlay of one's own, that type in the StorageClass messaging-ssd."
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
    error_message = "general_pool: counts of nodes and sizes of disks are whole numbers, and a disk has at least 30 GB, for images and what is staged of buckets."
  }
  validation {
    condition     = var.zone != null || var.general_pool.max_nodes >= 3
    error_message = "general_pool: a cluster over three zones has a node in each, so a max_nodes of at least 3; or name a zone."
  }
  validation {
    condition     = var.general_pool.min_nodes >= 1 && var.general_pool.max_nodes >= var.general_pool.min_nodes
    error_message = "general_pool needs at least one node, and max_nodes not below min_nodes."
  }
}

variable "spark_pool" {
  description = "Nodes of Spark alone. The counts are of the whole pool, over all zones; with none at least it costs nothing while Spark is off. Spot nodes cost a third or less, and Google may take them at any time."
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
    error_message = "spark_pool: counts of nodes and sizes of disks are whole numbers, and a disk has at least 30 GB, for images and what is staged of buckets."
  }
  validation {
    condition     = var.spark_pool.min_nodes >= 0 && var.spark_pool.max_nodes >= max(var.spark_pool.min_nodes, 1)
    error_message = "spark_pool needs a max_nodes of at least one and not below min_nodes, which is 0 or more."
  }
}

variable "encrypt_secrets" {
  description = "Whether Secrets are encrypted in etcd with a key of one's own (Cloud KMS) besides Google's. Switched off again, the cluster is decrypted first; then the key's versions are destroyed, which can be taken back for 30 days."
  type        = bool
  default     = false
  nullable    = false
}

variable "secrets_key_ring" {
  description = "The name of the key ring of encrypt_secrets; without it that of the cluster. Google never deletes key rings and keys: where encrypt_secrets was on before, and went off or was destroyed, it needs another name."
  type        = string
  default     = null

  validation {
    condition     = var.secrets_key_ring == null || can(regex("^[a-zA-Z0-9_-]{1,63}$", var.secrets_key_ring))
    error_message = "secrets_key_ring is at most 63 letters, digits, hyphens and underscores."
  }
}

variable "deletion_protection" {
  description = "Whether `terraform destroy` refuses the cluster, its pools, the registry and buckets that hold something; and a change that would make one of them anew. Apply with false before a destroy. Rights and the way out of the network are not kept: a destroy that was refused may have taken them, and an apply brings them back."
  type        = bool
  default     = true
  nullable    = false
}

variable "image_tag" {
  description = "The version of our images that the overlay gke runs."
  type        = string
  default     = "0.1.0"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "image_tag is the tag of a release, such as 0.1.0; latest would be another image tomorrow."
  }
}
