"""The services; each knows only itself and `shared`."""
