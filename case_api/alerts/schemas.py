"""What answers about alerts hold: code and dates, nothing of the file."""

from marshmallow import fields

from case_api.http.fields import AwareDateTime, Dated, Schema, Uuid


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


class RungOut(Schema):
    role = fields.String()
    due_at = Dated()
    state = fields.String(metadata={"description": "no_recipient: nobody holds this role."})
    told_at = Dated(allow_none=True)
    undelivered_at = Dated(allow_none=True)
    acknowledged_at = Dated(allow_none=True)
    acknowledged_by = fields.String(allow_none=True, metadata={"format": "uuid"})


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
