"""Portfolios over HTTP."""

from datetime import date

from marshmallow import Schema, fields, post_load, validate, validates_schema

from services.journal.actions.portfolio import Facts
from services.journal.rules.portfolio import LEVELS, SECTIONS
from services.journal.schemas.answers import NamedOut
from services.journal.schemas.files import FileOut
from services.journal.schemas.incoming import Words, printable
from shared.errors import Text
from shared.field_texts import BadField

MOST_FILES = 10
DAYS = validate.Range(date(1990, 1, 1), date(2200, 1, 1))
WHY_DECLINED = Text("Напишите, почему вы отклоняете запись.", "Say why it is declined.")


class AchievementIn(Schema):
    section = fields.String(required=True, validate=validate.OneOf(tuple(SECTIONS)))
    level = fields.String(required=True, validate=validate.OneOf(tuple(LEVELS)))
    title = Words(required=True, validate=[validate.Length(1, 200), printable])
    result = Words(load_default="", validate=[validate.Length(max=200), printable])
    held_on = fields.Date(required=True, validate=DAYS)
    description = Words(load_default="", validate=[validate.Length(max=2000), printable])
    file_ids = fields.List(fields.UUID(), load_default=(), validate=validate.Length(max=MOST_FILES))

    @post_load
    def _apart(self, data, **_):
        file_ids = data.pop("file_ids")
        pupil_id = data.pop("pupil_id", None)
        return {"facts": Facts(**data), "file_ids": file_ids, "pupil_id": pupil_id}


class NewAchievementIn(AchievementIn):
    pupil_id = fields.UUID(required=True)


class AchievementDecisionIn(Schema):
    is_verified = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = Words(load_default=None, allow_none=True, validate=[validate.Length(1, 500), printable])

    @validates_schema
    def _says_why(self, data, **_):
        if not data["is_verified"] and not data["reason"]:
            raise BadField(WHY_DECLINED, "reason")


class AchievementRemovalIn(Schema):
    reason = Words(required=True, validate=[validate.Length(1, 500), printable])


class PortfolioQuery(Schema):
    pupil_id = fields.UUID(required=True)


class EntryVersionOut(Schema):
    at = fields.AwareDateTime()
    state = fields.String()
    title = fields.String()
    result = fields.String()
    reason = fields.String(allow_none=True)


class PortfolioEntryOut(Schema):
    id = fields.UUID()
    version = fields.Integer()
    state = fields.String(metadata={"description": "proposed | verified | declined"})
    section = fields.String()
    level = fields.String()
    level_title = fields.String()
    title = fields.String()
    result = fields.String()
    held_on = fields.Date()
    description = fields.String()
    reason = fields.String(allow_none=True)
    of_school = fields.Boolean(
        metadata={"description": "Entered by the school, whose alone it is to change."}
    )
    files = fields.List(fields.Nested(FileOut))
    versions = fields.List(fields.Nested(EntryVersionOut))


class PortfolioSectionOut(Schema):
    section = fields.String()
    title = fields.String()
    entries = fields.List(fields.Nested(PortfolioEntryOut))


class PortfolioLevelOut(Schema):
    level = fields.String()
    title = fields.String()


class PortfolioOut(Schema):
    pupil = fields.Nested(NamedOut)
    leads = fields.Boolean(metadata={"description": "The caller is the class teacher and verifies."})
    sections = fields.List(fields.Nested(PortfolioSectionOut))
    levels = fields.List(fields.Nested(PortfolioLevelOut))


class KeptEntryOut(Schema):
    id = fields.UUID()
    version = fields.Integer()
    state = fields.String()


class WaitingEntryOut(Schema):
    id = fields.UUID()
    title = fields.String()
    pupil = fields.Nested(NamedOut)


class WaitingEntriesOut(Schema):
    items = fields.List(fields.Nested(WaitingEntryOut))
    next = fields.String(allow_none=True)
