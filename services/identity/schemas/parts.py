"""What several schemas are made of."""

from marshmallow import Schema, fields, pre_load, validate

from shared.errors import Text
from shared.field_texts import BadField
from shared.names import tidy

NOT_A_LINE = Text(
    "Напишите в одну строку, без переносов и невидимых знаков.",
    "Write one line, without line ends and invisible characters.",
)


def printable(text: str) -> None:
    if not text.isprintable():
        raise BadField(NOT_A_LINE)


def name_field():
    return fields.String(required=True, validate=[validate.Length(1, 120), printable])


class Trimmed(Schema):
    """A body whose texts are tidied, but for its keys: those are the caller's, and answered as they came."""

    KEYS = frozenset({"key", "parent_key"})

    @pre_load
    def trim(self, data, **_):
        if not isinstance(data, dict):
            return data
        return {
            name: tidy(value) if isinstance(value, str) and name not in self.KEYS else value
            for name, value in data.items()
        }


class PersonRefOut(Schema):
    id = fields.UUID()
    family_name = fields.String()
    given_name = fields.String()
    patronymic = fields.String()


class SchoolRefOut(Schema):
    id = fields.UUID()
    name = fields.String()


class GroupRefOut(Schema):
    id = fields.UUID()
    name = fields.String()


class ChildOut(Schema):
    id = fields.UUID()
    name = fields.String()
    group = fields.Nested(GroupRefOut, allow_none=True)
