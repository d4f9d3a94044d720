"""What the school set its parameters to, from which day on, and who did."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from shared.db import SchoolOwned


class ParameterValue(SchoolOwned, Base):
    """A parameter's value from a day on; rows are only ever added, so the past stays as it was."""

    __tablename__ = "parameter_values"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, 3 … in the order they were set.
    valid_from: Mapped[date]
    # As text: SQLite would read a JSON column's «48» as a number of its own.
    json: Mapped[str] = mapped_column(Text())
    set_by: Mapped[UUID | None]  # None: nobody; so it was founded, or a program set it.
    set_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    act_number: Mapped[str | None] = mapped_column(String(60))
    act_on: Mapped[date | None]

    @property
    def value(self) -> Any:
        """The value, read from its JSON."""
        return orjson.loads(self.json)
