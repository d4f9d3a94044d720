"""What the school decided, one module per matter."""
