"""What the journal shows: pages, lists, the diary, the history; built from rows, never written from."""
