"""The import desk: files brought, their names understood, rehearsed, taken over as a batch, undone."""
