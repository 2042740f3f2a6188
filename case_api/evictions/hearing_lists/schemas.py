"""What requests and answers about hearing lists hold."""

from marshmallow import fields, validate

from case_api.evictions.dates.schemas import WarningOut
from case_api.http.fields import AwareDateTime, Dated, Schema, Uuid
from services.evictions.hearing_lists.model import RowState


class HearingListIn(Schema):
    file = fields.Raw(
        required=True,
        metadata={
            "type": "string",
            "format": "binary",
            "description": "CSV with a line of names (canton, roll number, date; hour, room, type)"
            " in French, Dutch or English; at most 10,000 rows and 5 MB.",
        },
    )


class AcceptRowIn(Schema):
    starts_at = AwareDateTime(metadata={"description": "Where the list has no hour."})


class RowArgs(Schema):
    state = fields.String(validate=validate.OneOf([state.value for state in RowState]))


class HearingListOut(Schema):
    id = Uuid()
    uploaded_at = Dated()
    rows = fields.Integer()
    done = fields.Integer(metadata={"description": "How many of `rows` were looked at."})
    proposed = fields.Integer()
    known = fields.Integer()
    doubtful = fields.Integer()
    unmatched = fields.Integer()
    broken = fields.Integer()
    forgotten = fields.Integer(metadata={"description": "Went after 48 hours."})


class HearingListRowOut(Schema):
    id = Uuid()
    line = fields.Integer(metadata={"description": "Of the file; the first is 1."})
    state = fields.String()
    problem = fields.String(allow_none=True)
    kind = fields.String(allow_none=True)
    canton = fields.String(allow_none=True)
    roll_number = fields.String(allow_none=True)
    day = Dated("date", allow_none=True)
    starts_at = Dated(allow_none=True)
    room = fields.String(allow_none=True)
    procedure_id = Uuid(allow_none=True)
    case_code = fields.String(allow_none=True)
    procedure_roll_number = fields.String(allow_none=True)
    warnings = fields.List(fields.Nested(WarningOut))
