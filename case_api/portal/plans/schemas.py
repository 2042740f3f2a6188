"""The plan as an adult of the household is shown it, and what they say to it."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import Day, Prose, Schema, Uuid
from services.cases.plans.model import AnswerKind
from services.portal.choices import Answer


class OwnPlanStepOut(Schema):
    id = Uuid()
    what = fields.String()
    who = fields.String(
        allow_none=True, metadata={"description": "Null: the household itself does it."}
    )
    organisation = fields.String(allow_none=True)
    due_on = Day(allow_none=True)
    state = fields.String()
    state_in_words = fields.String()
    drop_reason = fields.String(allow_none=True)
    version = fields.Integer(metadata={"description": "For If-Match, to answer it."})
    agreement = fields.String()
    agreement_in_words = fields.String()
    said = fields.List(fields.String())


class OwnPlanGoalOut(Schema):
    id = Uuid()
    words = fields.String()
    mine = fields.Boolean(metadata={"description": "These are my own words."})
    version = fields.Integer(metadata={"description": "For If-Match, to answer it."})
    agreement = fields.String(metadata={"description": "What I said to what stands there now."})
    agreement_in_words = fields.String()
    said = fields.List(fields.String(), metadata={"description": "My words to it, oldest first."})
    steps = fields.List(fields.Nested(OwnPlanStepOut))


class OwnAnswerToActionIn(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(["cosigned", "objected"]))
    words = Prose(2000, metadata={"description": "Required unless it is a signature."})

    @post_load
    def answer(self, data: dict[str, Any], **_: Any) -> Answer:
        return Answer(kind=AnswerKind(data["kind"]), words=data.get("words"))


class OwnAnswerToGoalIn(OwnAnswerToActionIn):
    kind = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in AnswerKind])
    )
