variable "name" {
  description = "The name of the bucket. Bucket names are unique across Google Cloud."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.name))
    error_message = "The bucket's name, ${var.name}, is longer than the 63 characters that Google allows, or has characters other than lower-case letters, digits, hyphens and underscores. Choose a shorter `name`."
  }
}

variable "location" {
  description = "The region of the bucket."
  type        = string
}

variable "force_destroy" {
  description = "Whether the bucket can be destroyed together with its objects."
  type        = bool
}

variable "keep_replaced_days" {
  description = "How many days to keep replaced or deleted objects; null keeps no versions."
  type        = number
  default     = null
}

variable "hierarchical_namespace" {
  description = "Whether the bucket has real folders, so that renames are atomic. Cannot be combined with versions."
  type        = bool
  default     = false
}
