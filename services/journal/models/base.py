"""What all models of the journal stand on."""

from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, naming_metadata


class Base(DeclarativeBase):
    """A table of the journal's database."""

    metadata = naming_metadata()
    type_annotation_map = TYPES
