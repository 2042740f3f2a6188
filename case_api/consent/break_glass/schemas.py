"""What requests and answers about break-glass hold."""

from marshmallow import fields, validate

from case_api.http.fields import AwareDateTime, Line, Prose, Schema, Uuid
from services.consent.break_glass.model import REASON_LENGTH, Danger, Verdict


class BreakGlassIn(Schema):
    case_code = Line(20, required=True, metadata={"description": "Such as BX-7K2Q."})
    danger = fields.String(required=True, validate=validate.OneOf([d.value for d in Danger]))
    reason = Prose(
        2000,
        required=True,
        validate=validate.Length(min=REASON_LENGTH),
        metadata={"description": "What happens, in at least 20 characters."},
    )


class ReviewArgs(Schema):
    state = fields.String(
        load_default="awaiting",
        validate=validate.OneOf(["awaiting", "reviewed"]),
        metadata={"description": "What waits for its review, or what had it."},
    )


class ReviewIn(Schema):
    verdict = fields.String(required=True, validate=validate.OneOf([v.value for v in Verdict]))
    comment = Prose(2000, required=True)


class BreakGlassOut(Schema):
    """Who, when, which code, what danger; nothing of the case."""

    id = Uuid()
    case_id = Uuid(
        allow_none=True, metadata={"description": "Only while the case is open to the reader."}
    )
    case_code = fields.String()
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    danger = fields.String()
    reason = fields.String(
        allow_none=True,
        metadata={"description": "For the reference worker and whoever wrote it."},
    )
    opened_at = AwareDateTime()
    closes_at = AwareDateTime()
    review_due_at = AwareDateTime()
    reviewed_at = AwareDateTime(allow_none=True)
    reviewed_by = Uuid(allow_none=True)
    verdict = fields.String(allow_none=True)
    comment = fields.String(
        allow_none=True,
        metadata={"description": "For the reference worker and the reviewer who wrote it."},
    )
    version = fields.Integer()
