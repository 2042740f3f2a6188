"""The whole copy that a person gets of their file."""

from marshmallow import fields

from case_api.http.fields import AwareDateTime, Day, Schema, Uuid
from case_api.portal.schemas import OwnDateOut, OwnHearingOut, OwnHouseholdOut, OwnReadOut


class OwnTenancyOut(Schema):
    address = fields.String(allow_none=True)
    postal_code = fields.String(allow_none=True)
    commune = fields.String(allow_none=True)
    lease_kind = fields.String()
    rent_eur = fields.Decimal(as_string=True, allow_none=True)
    months_of_arrears = fields.Decimal(as_string=True, allow_none=True)
    started_on = Day(allow_none=True)


class OwnActOut(Schema):
    kind = fields.String()
    acted_on = Day()
    received_on = Day(allow_none=True)


class OwnProcedureOut(Schema):
    canton = fields.String()
    court = fields.String(metadata={"description": "The court, its canton and its address."})
    roll_number = fields.String(allow_none=True)
    opened_at = AwareDateTime()
    acts = fields.List(fields.Nested(OwnActOut))
    hearings = fields.List(fields.Nested(OwnHearingOut))
    dates = fields.List(fields.Nested(OwnDateOut))


class OwnNoteOut(Schema):
    id = Uuid()
    category = fields.String()
    author = fields.String()
    organisation = fields.String()
    written_at = AwareDateTime()
    body = fields.String()


class OwnDocumentOut(Schema):
    id = Uuid()
    category = fields.String()
    kind = fields.String()
    title = fields.String()
    original_name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    dated_on = Day(allow_none=True)
    uploaded_at = AwareDateTime()
    organisation = fields.String()


class CopyOut(Schema):
    """Everything that is kept about me (GDPR arts. 15 and 20)."""

    made_at = AwareDateTime()
    view = fields.Nested(OwnHouseholdOut)
    tenancy = fields.Nested(OwnTenancyOut, allow_none=True)
    procedures = fields.List(fields.Nested(OwnProcedureOut))
    notes = fields.List(fields.Nested(OwnNoteOut))
    documents = fields.List(fields.Nested(OwnDocumentOut))
    reads = fields.List(fields.Nested(OwnReadOut))
