"""What answers about alerts hold: code and dates, nothing of the file."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import AwareDateTime, Dated, Schema, Uuid
from services.shared.alerts import WhoActs


class AlertOut(Schema):
    id = Uuid()
    kind = fields.String()
    case_id = Uuid(allow_none=True)
    case_code = fields.String(allow_none=True)
    facts = fields.Dict()
    due_at = AwareDateTime()
    state = fields.String()
    read_at = AwareDateTime(allow_none=True)
    acknowledged_at = AwareDateTime(allow_none=True)
    says_who_acts = fields.Boolean(
        metadata={
            "description": "My acknowledgement must say who acts: its object is not open to me."
        }
    )


class AcknowledgementIn(Schema):
    acting = fields.String(
        load_default=None,
        validate=validate.OneOf([each.value for each in WhoActs]),
        metadata={"description": "Who acts; needed, and never `self`, if it `says_who_acts`."},
    )

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> WhoActs | None:
        return WhoActs(data["acting"]) if data["acting"] else None


class RungOut(Schema):
    role = fields.String()
    round = fields.Integer(
        metadata={"description": "A new one begins when somebody who may not read says who acts."}
    )
    due_at = Dated()
    state = fields.String(metadata={"description": "no_recipient: nobody holds this role."})
    told_at = Dated(allow_none=True)
    undelivered_at = Dated(allow_none=True)
    acknowledged_at = Dated(allow_none=True)
    acknowledged_by = fields.String(allow_none=True, metadata={"format": "uuid"})
    acting = fields.String(allow_none=True, metadata={"description": "Who acts, as they said."})


class CaseAlertOut(Schema):
    id = Uuid()
    kind = fields.String()
    object_id = Uuid()
    due_at = AwareDateTime()
    recipient_role = fields.String()
    state = fields.String()
    told_at = AwareDateTime(allow_none=True)
    undelivered_at = AwareDateTime(
        allow_none=True, metadata={"description": "When its last channel had failed."}
    )
    acknowledged_at = AwareDateTime(allow_none=True)
    acknowledged_by = Uuid(allow_none=True)
    climbs_at = AwareDateTime(
        allow_none=True, metadata={"description": "When the next rung is told, unless answered."}
    )
    rungs = fields.List(fields.Nested(RungOut))
