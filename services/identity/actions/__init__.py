"""What can be done, one module per noun."""
