"""Alembic's environment for all services, and the migrations of the event protocol's own tables."""
