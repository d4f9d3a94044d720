"""What the journal takes over from files; all of a file or nothing."""
