"""Subjects, subject areas and rooms in requests and answers."""

from typing import Any

from marshmallow import Schema, fields, pre_load
from marshmallow.validate import Length, OneOf, Range

from services.schedule.actions.catalogue import ROOM_KINDS
from services.schedule.schemas import NamedOut, PageQuery


class DirectoryQuery(PageQuery):
    closed = fields.Boolean(load_default=False, metadata={"description": "Also what is no longer offered."})


class DirectoryIn(Schema):
    is_closed = fields.Boolean(load_default=False)

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """A name is no name for its spaces, and none but spaces is none."""
        if not isinstance(data, dict):
            return data
        return {
            name: " ".join(value.split()) if isinstance(value, str) else value for name, value in data.items()
        }


class SubjectIn(DirectoryIn):
    name = fields.String(required=True, validate=Length(1, 120))
    short_name = fields.String(load_default="", validate=Length(max=30))
    area_id = fields.UUID(load_default=None, allow_none=True)


class SubjectAreaIn(DirectoryIn):
    name = fields.String(required=True, validate=Length(1, 120))


class RoomIn(DirectoryIn):
    name = fields.String(required=True, validate=Length(1, 250))
    kind = fields.String(load_default="ordinary", validate=OneOf(ROOM_KINDS))
    capacity = fields.Integer(load_default=None, allow_none=True, strict=True, validate=Range(1, 2000))
    building = fields.String(load_default="", validate=Length(max=120))


class EntryOut(NamedOut):
    closed_on = fields.Date(allow_none=True)
    version = fields.Integer(metadata={"description": "What If-Match takes."})


class SubjectOut(EntryOut):
    short_name = fields.String()
    area_id = fields.UUID(allow_none=True)


class RoomOut(EntryOut):
    kind = fields.String()
    capacity = fields.Integer(allow_none=True)
    building = fields.String()


class SubjectsOut(Schema):
    items = fields.List(fields.Nested(SubjectOut))
    next = fields.String(allow_none=True)


class SubjectAreasOut(Schema):
    items = fields.List(fields.Nested(EntryOut))
    next = fields.String(allow_none=True)


class RoomsOut(Schema):
    items = fields.List(fields.Nested(RoomOut))
    next = fields.String(allow_none=True)
