"""What reporting reads for its answers; nothing here writes."""
