"""What all tables of identity share."""

from sqlalchemy import String, Table
from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, naming_metadata

# Sorted by code point: the key is folded already, and every database then sorts alike.
SORTED = String(400).with_variant(String(400, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """All tables of this service."""

    metadata = naming_metadata()
    type_annotation_map = TYPES


def table(model: type[Base]) -> Table:
    """Return the table of a model, for bulk writes."""
    found = model.__table__
    assert isinstance(found, Table)  # noqa: S101  # Each model here maps one table.
    return found
