"""Classes, groups, and who is in them on which day."""
