variable "name" {
  description = "The name of the bucket, which nobody else in the world may have."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.name))
    error_message = "The bucket's name, ${var.name}, is longer than the 63 characters that Google allows, or has others than lower-case letters, digits, hyphens and underscores. Choose a shorter `name`."
  }
}

variable "location" {
  description = "The region of the bucket."
  type        = string
}

variable "force_destroy" {
  description = "Whether the bucket can be destroyed with what is in it."
  type        = bool
}

variable "keep_replaced_days" {
  description = "For how many days an object is kept that was replaced or deleted; null keeps no versions."
  type        = number
  default     = null
}

variable "hierarchical_namespace" {
  description = "Whether folders are real, so that their renames have happened or have not. It excludes versions."
  type        = bool
  default     = false
}
