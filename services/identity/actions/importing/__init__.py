"""Lists taken over into the school."""
