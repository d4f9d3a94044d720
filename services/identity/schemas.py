"""What comes in and goes out over HTTP."""

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from services.identity.rules import KINDS, PASSWORD_MAX, ROLES
from shared.service import SERVICES

LANGUAGES = ("ru", "en")


def _name():
    return fields.String(required=True, validate=[validate.Length(1, 120), _printable])


def _printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("Not a plain line of text.")


class Trimmed(Schema):
    """A body whose texts lose the spaces around them."""

    @pre_load
    def trim(self, data, **_):
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


class SignInIn(Schema):
    login = fields.String(required=True, validate=validate.Length(1, 254))
    password = fields.String(required=True, validate=validate.Length(1, PASSWORD_MAX), load_only=True)


class SignOutIn(Schema):
    session_token = fields.String(required=True, validate=validate.Length(1, 200))


class TokenIn(Schema):
    grant_type = fields.String(required=True, validate=validate.OneOf(("session", "client_credentials")))
    audience = fields.String(required=True, validate=validate.OneOf(SERVICES))
    session_token = fields.String(validate=validate.Length(1, 200))
    client_id = fields.String(validate=validate.Length(1, 80))
    client_secret = fields.String(validate=validate.Length(1, 200), load_only=True)

    @validates_schema
    def complete(self, data, **_):
        needed = {"session": ("session_token",), "client_credentials": ("client_id", "client_secret")}
        missing = [name for name in needed.get(data.get("grant_type"), ()) if name not in data]
        if missing:
            raise ValidationError({name: ["Missing data for required field."] for name in missing})


class TokenOut(Schema):
    access_token = fields.String()
    token_type = fields.String()
    expires_in = fields.Integer()


class JwksOut(Schema):
    keys = fields.List(fields.Dict())


class PersonRefOut(Schema):
    id = fields.UUID()
    family_name = fields.String()
    given_name = fields.String()
    patronymic = fields.String()


class SchoolRefOut(Schema):
    id = fields.UUID()
    name = fields.String()


class SchoolOut(SchoolRefOut):
    time_zone = fields.String()
    scale = fields.List(fields.String())


class SchoolIn(Trimmed):
    name = fields.String(required=True, validate=[validate.Length(1, 300), _printable])
    time_zone = fields.String(required=True, validate=validate.Length(1, 60))
    scale = fields.List(
        fields.String(validate=[validate.Length(1, 8), _printable]),
        required=True,
        validate=validate.Length(1, 30),
    )


class SessionOut(Schema):
    session_token = fields.String()
    must_change_password = fields.Boolean()
    person = fields.Nested(PersonRefOut)
    school = fields.Nested(SchoolRefOut)
    roles = fields.List(fields.String())


class GroupRefOut(Schema):
    id = fields.UUID()
    name = fields.String()


class LedClassOut(GroupRefOut):
    kind = fields.String()


class ChildOut(Schema):
    id = fields.UUID()
    name = fields.String()
    group = fields.Nested(GroupRefOut, allow_none=True)


class MeOut(Schema):
    person = fields.Nested(PersonRefOut)
    login = fields.String(allow_none=True)
    must_change_password = fields.Boolean()
    school = fields.Nested(SchoolOut)
    roles = fields.List(fields.String())
    children = fields.List(fields.Nested(ChildOut))
    classes = fields.List(fields.Nested(LedClassOut))


class PasswordIn(Schema):
    password = fields.String(required=True, validate=validate.Length(1, PASSWORD_MAX), load_only=True)
    new_password = fields.String(required=True, validate=validate.Length(1, 1000), load_only=True)


class PeopleQuery(Schema):
    role = fields.String(validate=validate.OneOf(ROLES))
    group_id = fields.UUID()
    q = fields.String(validate=validate.Length(1, 100))
    cursor = fields.String(validate=validate.Length(1, 1000))


class PersonIn(Trimmed):
    family_name = _name()
    given_name = fields.String(load_default="", validate=[validate.Length(0, 120), _printable])
    patronymic = fields.String(load_default="", validate=[validate.Length(0, 120), _printable])
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


class GroupsQuery(Schema):
    kind = fields.String(validate=validate.OneOf(KINDS))


class ChangeGroupIn(Trimmed):
    name = _name()
    grade = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 12))
    parent_id = fields.UUID(load_default=None, allow_none=True)
    class_teacher_id = fields.UUID(load_default=None, allow_none=True)


class GroupIn(ChangeGroupIn):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class GroupOut(LedClassOut):
    grade = fields.Integer(allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    class_teacher = fields.Nested(PersonRefOut, allow_none=True)


class GroupsOut(Schema):
    items = fields.List(fields.Nested(GroupOut))
    next = fields.String(allow_none=True)


class RosterQuery(Schema):
    on = fields.Date()


class PupilOut(PersonRefOut):
    name = fields.String()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)


class RosterOut(Schema):
    group = fields.Nested(GroupOut)
    items = fields.List(fields.Nested(PupilOut))
    next = fields.String(allow_none=True)


class EnrolIn(Schema):
    pupil_id = fields.UUID(required=True)
    from_on = fields.Date(required=True)


class EndEnrolmentIn(Schema):
    pupil_id = fields.UUID(required=True)
    until_on = fields.Date(required=True)


class EnrolmentOut(Schema):
    pupil_id = fields.UUID()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)


class GuardianshipIn(Schema):
    guardian_id = fields.UUID(required=True)
    pupil_id = fields.UUID(required=True)


class ImportQuery(Schema):
    dry_run = fields.Boolean(load_default=False)
    org = fields.String(validate=validate.Length(1, 300))
    on = fields.Date()


class CountsOut(Schema):
    people = fields.Integer()
    roles = fields.Integer()
    groups = fields.Integer()
    enrolments = fields.Integer()
    guardianships = fields.Integer()


class IgnoredOut(Schema):
    file = fields.String()
    what = fields.String()
    why = fields.Raw(metadata={"type": "string"})


class ImportOut(Schema):
    format = fields.String()
    org = fields.String(allow_none=True)
    created = fields.Nested(CountsOut)
    changed = fields.Nested(CountsOut)
    unchanged = fields.Nested(CountsOut)
    ignored = fields.List(fields.Nested(IgnoredOut))


class NamedTeacherIn(Trimmed):
    key = fields.String(required=True, validate=validate.Length(1, 300))
    name = fields.String(required=True, validate=[validate.Length(1, 240), _printable])


class NamedGroupIn(Trimmed):
    key = fields.String(required=True, validate=validate.Length(1, 300))
    name = _name()
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    grade = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 12))
    parent_key = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 300))


class NamesIn(Schema):
    teachers = fields.List(
        fields.Nested(NamedTeacherIn), load_default=list, validate=validate.Length(0, 5000)
    )
    groups = fields.List(fields.Nested(NamedGroupIn), load_default=list, validate=validate.Length(0, 5000))


class NamesQuery(Schema):
    dry_run = fields.Boolean(load_default=False)


class NamesCreatedOut(Schema):
    teachers = fields.Integer()
    groups = fields.Integer()


class NamesOut(Schema):
    teachers = fields.Dict(keys=fields.String(), values=fields.UUID())
    groups = fields.Dict(keys=fields.String(), values=fields.UUID())
    created = fields.Nested(NamesCreatedOut)
