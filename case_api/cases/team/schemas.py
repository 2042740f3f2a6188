"""What requests and answers about a case's team hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import AwareDateTime, Line, Schema, Uuid
from services.cases.model import TeamRole


class InviteIn(Schema):
    professional_id = Uuid(required=True)
    role = fields.String(required=True, validate=validate.OneOf([r.value for r in TeamRole]))
    reason = Line(500, required=True)
    ends_at = AwareDateTime()
    confidential_to = Uuid(
        metadata={"description": "In the household's own view for this adult alone."}
    )

    @post_load
    def role_kind(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"role": TeamRole(data["role"])}


class ParticipationOut(Schema):
    id = Uuid()
    case_id = Uuid()
    professional_id = Uuid()
    role = fields.String()
    state = fields.String()
    invited_at = AwareDateTime()
    accepted_at = AwareDateTime(allow_none=True)
    ends_at = AwareDateTime(allow_none=True)
    ended_at = AwareDateTime(allow_none=True)
    confidential_to = Uuid(allow_none=True)
    version = fields.Integer()


class InvitationOut(Schema):
    id = Uuid()
    case_id = Uuid()
    case_code = fields.String()
    role = fields.String()
    reason = fields.String()
    state = fields.String()
    invited_by = fields.String()
    organisation = fields.String()
    invited_at = AwareDateTime()
    ends_at = AwareDateTime(allow_none=True)
    version = fields.Integer()
