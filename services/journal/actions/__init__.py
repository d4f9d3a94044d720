"""What can be done in the journal, and what it does about the events of others."""
