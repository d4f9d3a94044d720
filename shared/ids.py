"""Identifiers."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """Return a UUIDv7: unique everywhere, and growing with time so that indexes stay compact."""
    return UUID(int=compat.uuid7().int)
