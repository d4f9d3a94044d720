"""People, and who they are recognised to be."""
