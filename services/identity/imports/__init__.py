"""Readers of files other programs make: pure functions from bytes to a roster or to bad rows."""
