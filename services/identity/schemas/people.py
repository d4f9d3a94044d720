"""People, roles, guardianships."""

import re

from marshmallow import Schema, fields, validate, validates_schema

from services.identity.rules.people import CONTACT_KINDS, GUARDIANS, MAX_CONTACTS, REPRESENTATIVE, SEXES
from services.identity.rules.roles import ROLES
from services.identity.schemas.parts import (
    ChildOut,
    GroupRefOut,
    PersonRefOut,
    Trimmed,
    name_field,
    printable,
)
from shared.errors import Text
from shared.field_texts import BadField

LANGUAGES = ("ru", "en")
PHONE = re.compile(r"\+?[\d\s()./-]{3,30}")
NOT_A_PHONE = Text("Напишите номер телефона: +7 900 000-00-00.", "Write a phone number: +7 900 000-00-00.")


class PeopleQuery(Schema):
    role = fields.String(validate=validate.OneOf(ROLES))
    group_id = fields.UUID()
    cursor = fields.String(validate=validate.Length(1, 100))
    who = fields.String(validate=validate.OneOf(("staff", "pupils", "parents")))
    mine = fields.Boolean(metadata={"description": "Only of the classes or parallels one answers for."})


class PeopleSearchIn(PeopleQuery):
    q = fields.String(validate=validate.Length(1, 100), metadata={"description": "Parts of the names."})


class PersonIn(Trimmed):
    family_name = name_field()
    given_name = fields.String(load_default="", validate=[validate.Length(0, 120), printable])
    patronymic = fields.String(load_default="", validate=[validate.Length(0, 120), printable])
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(1, 254))
    birth_on = fields.Date(load_default=None, allow_none=True)
    language = fields.String(load_default="ru", validate=validate.OneOf(LANGUAGES))
    sex = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(SEXES))
    file_number = fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(1, 30), printable]
    )
    position = fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(1, 120), printable]
    )


class PersonOut(PersonRefOut):
    email = fields.String(allow_none=True)
    birth_on = fields.Date(allow_none=True)
    language = fields.String()
    roles = fields.List(fields.String())
    sex = fields.String(allow_none=True)
    position = fields.String(allow_none=True)
    group = fields.Nested(GroupRefOut, allow_none=True)


class ContactIn(Trimmed):
    kind = fields.String(required=True, validate=validate.OneOf(CONTACT_KINDS))
    value = fields.String(required=True, validate=[validate.Length(1, 300), printable])
    note = fields.String(load_default="", validate=[validate.Length(max=120), printable])

    @validates_schema
    def reachable(self, data, **_):
        value = data.get("value", "")
        if data.get("kind") == "phone" and not PHONE.fullmatch(value):
            raise BadField(NOT_A_PHONE, "value")
        if data.get("kind") == "email":
            validate.Email()(value)


class ContactsIn(Schema):
    contacts = fields.List(
        fields.Nested(ContactIn), required=True, validate=validate.Length(max=MAX_CONTACTS)
    )


class ContactOut(Schema):
    kind = fields.String()
    value = fields.String()
    note = fields.String()


class AreaIn(Schema):
    grades = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 11)),
        required=True,
        validate=validate.Length(max=11),
    )
    subjects = fields.List(
        fields.String(validate=[validate.Length(1, 120), printable]),
        required=True,
        validate=validate.Length(max=50),
    )


class AreaOut(Schema):
    grades = fields.List(fields.Integer())
    subjects = fields.List(fields.String())


class DeputyAreaOut(AreaOut):
    person = fields.Nested(PersonRefOut)
    version = fields.Integer()


class AreasOut(Schema):
    items = fields.List(fields.Nested(DeputyAreaOut))
    next = fields.String(allow_none=True)


class OwnChildOut(ChildOut):
    kind = fields.String()


class RepresentativeOut(PersonRefOut):
    kind = fields.String()


class PersonCardOut(PersonOut):
    login = fields.String(allow_none=True)
    file_number = fields.String(allow_none=True)
    contacts = fields.List(fields.Nested(ContactOut))
    children = fields.List(fields.Nested(OwnChildOut))
    guardians = fields.List(fields.UUID())
    representatives = fields.List(fields.Nested(RepresentativeOut))
    area = fields.Nested(AreaOut, allow_none=True)


class PeopleOut(Schema):
    items = fields.List(fields.Nested(PersonOut))
    next = fields.String(allow_none=True)


class RoleIn(Schema):
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    reason = fields.String(load_default="", validate=validate.Length(max=500))  # Of a grave one.


class RolesOut(Schema):
    roles = fields.List(fields.String())
    waits_until = fields.AwareDateTime(allow_none=True)  # For a second person to approve it.


class CredentialsOut(Schema):
    login = fields.String()
    one_time_password = fields.String()


class GuardianshipIn(Schema):
    guardian_id = fields.UUID(required=True)
    pupil_id = fields.UUID(required=True)
    kind = fields.String(load_default=REPRESENTATIVE, validate=validate.OneOf(GUARDIANS))
