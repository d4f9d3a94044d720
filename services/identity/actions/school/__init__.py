"""The school and what holds in it."""
