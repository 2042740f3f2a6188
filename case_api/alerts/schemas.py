"""What answers about alerts hold: code and dates, nothing of the file."""

from marshmallow import fields

from case_api.fields import AwareDateTime, Schema, Uuid


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
