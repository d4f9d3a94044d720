"""What all tables of schedule share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, naming_metadata


class IdList(TypeDecorator[list[str]]):
    """Ids as text, joined by spaces: a year of lessons is written twice as fast as with JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Any) -> str | None:  # noqa: ARG002
        """Join them."""
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Any) -> list[str] | None:  # noqa: ARG002
        """Part them."""
        return None if value is None else value.split()


class Base(DeclarativeBase):
    """All tables of this service."""

    metadata = naming_metadata()
    type_annotation_map = {**TYPES, list[str]: IdList()}  # noqa: RUF012  # SQLAlchemy reads it.


def table(model: type[Base]) -> Table:
    """Return the table of a model, for bulk writes."""
    found = model.__table__
    assert isinstance(found, Table)  # noqa: S101  # Each model here maps one table.
    return found
