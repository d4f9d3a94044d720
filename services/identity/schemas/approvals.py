"""What is proposed, and what is shown of it."""

from marshmallow import Schema, fields, validate, validates_schema

from services.identity.rules.approvals import APPROVED, CODE, DECLINED, EXPIRED, EXPORT, WAITING
from shared.errors import Text
from shared.field_texts import BadField

FOR_CODES = Text(
    "Назовите человека, если просите код, и только тогда.",
    "Name a person when you propose a code, and only then.",
)


class ProposalIn(Schema):
    kind = fields.String(required=True, validate=validate.OneOf([EXPORT, CODE]))
    person_id = fields.UUID(load_default=None, metadata={"description": "To whom the code is to be given."})
    reason = fields.String(required=True, validate=validate.Length(1, 500))

    @validates_schema
    def about_somebody(self, data, **_):
        if (data["kind"] == CODE) != (data["person_id"] is not None):
            raise BadField(FOR_CODES, "person_id")


class AboutOut(Schema):
    id = fields.UUID()
    name = fields.String()


class ApprovalOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    title = fields.Raw(metadata={"type": "string"})
    role = fields.String(allow_none=True)
    about = fields.Nested(AboutOut, allow_none=True)
    reason = fields.String()
    proposed_by = fields.String(allow_none=True)
    proposed_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    state = fields.String(validate=validate.OneOf([WAITING, APPROVED, CODE, DECLINED, EXPIRED]))
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    is_mine = fields.Boolean()


class ApprovalsOut(Schema):
    items = fields.List(fields.Nested(ApprovalOut))
    next = fields.String(allow_none=True)
