"""What requests and answers about closing, reopening and watching a case hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import AwareDateTime, Day, Line, Schema, Uuid
from services.cases.closing_model import ClosingReason


class ProposeClosingIn(Schema):
    reason = fields.String(
        required=True, validate=validate.OneOf([each.value for each in ClosingReason])
    )
    words = Line(500, metadata={"description": "Required for the reason other."})
    reviewer_id = Uuid(
        required=True,
        metadata={"description": "Who takes the second look: of the team or my organisation."},
    )
    despite = Line(
        500, metadata={"description": "Why it may close although something is still ahead."}
    )

    @post_load
    def coded(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"reason": ClosingReason(data["reason"])}


class RefuseClosingIn(Schema):
    reason = Line(500, required=True)


class OpenItemsOut(Schema):
    """How many of each are ahead: never which."""

    hearings = fields.Integer()
    deadlines = fields.Integer()
    judgment_terms = fields.Integer()
    payment_plans = fields.Integer()
    urgent_alerts = fields.Integer()
    tasks = fields.Integer()


class ClosingOut(Schema):
    id = Uuid()
    case_id = Uuid()
    case_code = fields.String()
    reason = fields.String()
    words = fields.String(allow_none=True)
    despite = fields.String(allow_none=True)
    open_items = fields.Nested(OpenItemsOut)
    state = fields.String()
    proposed_by = Uuid()
    proposer = fields.String()
    proposed_at = AwareDateTime()
    reviewer_id = Uuid()
    reviewer = fields.String()
    decided_at = AwareDateTime(allow_none=True)
    refusal = fields.String(allow_none=True)
    reopened_at = AwareDateTime(allow_none=True)
    reopening_reason = fields.String(allow_none=True)
    version = fields.Integer()


class ClosingAnswerOut(Schema):
    """What became of it; the proposal itself is no longer shown to whoever looked."""

    id = Uuid()
    state = fields.String()
    decided_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class ReopenIn(Schema):
    reason = Line(500, required=True)


class WatchIn(Schema):
    review_on = Day(required=True)


class CourseOut(Schema):
    id = Uuid()
    state = fields.String()
    review_on = Day(allow_none=True)
