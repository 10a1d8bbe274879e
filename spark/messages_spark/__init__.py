"""The Spark engine of the message pipeline."""
