"""What can be done to the portal's own data."""
