"""What reporting does: it copies what others tell, and draws."""
