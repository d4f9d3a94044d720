"""People, roles, guardianships."""

from marshmallow import Schema, fields, validate

from services.identity.rules import ROLES
from services.identity.schemas.parts import ChildOut, PersonRefOut, Trimmed, name_field, printable

LANGUAGES = ("ru", "en")


class PeopleQuery(Schema):
    role = fields.String(validate=validate.OneOf(ROLES))
    group_id = fields.UUID()
    q = fields.String(validate=validate.Length(1, 100))
    cursor = fields.String(validate=validate.Length(1, 1000))


class PersonIn(Trimmed):
    family_name = name_field()
    given_name = fields.String(load_default="", validate=[validate.Length(0, 120), printable])
    patronymic = fields.String(load_default="", validate=[validate.Length(0, 120), printable])
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(1, 254))
    birth_on = fields.Date(load_default=None, allow_none=True)
    language = fields.String(load_default="ru", validate=validate.OneOf(LANGUAGES))


class PersonOut(PersonRefOut):
    email = fields.String(allow_none=True)
    birth_on = fields.Date(allow_none=True)
    language = fields.String()
    roles = fields.List(fields.String())


class PersonCardOut(PersonOut):
    login = fields.String(allow_none=True)
    children = fields.List(fields.Nested(ChildOut))
    guardians = fields.List(fields.UUID())


class PeopleOut(Schema):
    items = fields.List(fields.Nested(PersonOut))
    next = fields.String(allow_none=True)


class RoleIn(Schema):
    role = fields.String(required=True, validate=validate.OneOf(ROLES))


class RolesOut(Schema):
    roles = fields.List(fields.String())


class CredentialsOut(Schema):
    login = fields.String()
    one_time_password = fields.String()


class GuardianshipIn(Schema):
    guardian_id = fields.UUID(required=True)
    pupil_id = fields.UUID(required=True)
