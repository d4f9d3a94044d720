"""What may be taken away, and in which form."""

from marshmallow import Schema, fields, validate

from services.identity.rules.lists import PUPILS, STAFF
from shared.sheets import CP1251, UTF8

ENCODINGS = {"csv": UTF8, "csv-cp1251": CP1251}
FORMATS = ("xlsx", *ENCODINGS)


class TemplateQuery(Schema):
    who = fields.String(load_default=PUPILS, validate=validate.OneOf((PUPILS, STAFF)))


class ExportQuery(TemplateQuery):
    format = fields.String(load_default="xlsx", validate=validate.OneOf(FORMATS))
