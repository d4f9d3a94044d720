"""The curriculum: drafted, approved by the director, replaced by a new edition."""
