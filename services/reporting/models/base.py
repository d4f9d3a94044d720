"""What all models of reporting stand on."""

from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, naming_metadata


class Base(DeclarativeBase):
    """All tables of this service."""

    metadata = naming_metadata()
    type_annotation_map = TYPES
