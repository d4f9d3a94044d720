"""The printed page of the class journal: pure functions from a `Spread` to the bytes of a PDF."""
