"""What answers about the journals hold: who, when and what kind; never the content itself."""

from marshmallow import fields

from case_api.http.fields import AwareDateTime, Schema, Uuid


class AccessOut(Schema):
    at = AwareDateTime()
    professional_id = Uuid()
    name = fields.String(allow_none=True)
    organisation = fields.String(allow_none=True)
    what = fields.String()
    categories = fields.List(fields.String())


class ChangeOut(Schema):
    at = AwareDateTime()
    professional_id = Uuid(allow_none=True)
    member_id = Uuid(allow_none=True, metadata={"description": "Done by the household itself."})
    name = fields.String(allow_none=True)
    organisation = fields.String(allow_none=True)
    action = fields.String()
    subject_kind = fields.String()
    subject_id = Uuid(allow_none=True)
    before = fields.Dict(allow_none=True)
    after = fields.Dict(allow_none=True)


class UnusualReadingOut(Schema):
    id = Uuid()
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    span = fields.String(metadata={"description": "hour or day"})
    since = AwareDateTime()
    cases = fields.Integer(metadata={"description": "How many different ones when it was noticed."})
    found_at = AwareDateTime()
