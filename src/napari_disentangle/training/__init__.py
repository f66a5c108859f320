"""Training: configs (free of torch), batches, and loops that are generators."""
