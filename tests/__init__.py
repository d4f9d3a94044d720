"""The tests: by service, of the shared ground, of the whole school, and of what may fail."""
