"""Files as they are told of."""

from marshmallow import Schema, fields


class FileOut(Schema):
    id = fields.UUID()
    name = fields.String()
    kind = fields.String()
    size = fields.Integer()


class FileLimitsOut(Schema):
    file_kinds = fields.List(fields.String())
    file_megabytes = fields.Integer()
