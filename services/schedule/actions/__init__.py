"""What can be done in schedule, one module per noun."""
