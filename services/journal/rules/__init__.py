"""What the school decided, as constants and pure functions, a module per matter."""
