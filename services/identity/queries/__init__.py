"""Reads for pages and lists, each within what the caller may see."""
