"""What requests and answers about the shared plan hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.cases.fields import CategoryName
from case_api.http.fields import AwareDateTime, Dated, Day, Line, Prose, Schema, StrictInteger, Uuid
from services.cases.plans.model import ActionState, AnswerEvidence, AnswerKind
from services.cases.plans.queries import Agreement

POSITION = StrictInteger(
    minimum=0, maximum=999, load_default=0, metadata={"description": "The lowest comes first."}
)


class ChangeGoalIn(Schema):
    words = Prose(2000, required=True, metadata={"description": "As they say it themselves."})
    position = POSITION


class WriteGoalIn(ChangeGoalIn):
    category = CategoryName(required=True)
    member_id = Uuid(metadata={"description": "Whose words; left out, the household's."})
    confidential_to = Uuid(
        metadata={"description": "An adult: no other adult is shown it or its actions."}
    )


class ChangeActionIn(Schema):
    what = Prose(1000, required=True)
    owner_id = Uuid(metadata={"description": "A professional; left out, the household itself."})
    due_on = Day()


class PlanActionIn(ChangeActionIn):
    category = CategoryName(required=True)


class DropActionIn(Schema):
    reason = Line(500, required=True)


class AnswerActionIn(Schema):
    """What one adult says, written down by the reference worker."""

    member_id = Uuid(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["cosigned", "objected"]))
    words = Prose(2000, metadata={"description": "Required unless it is a signature."})
    evidence = fields.String(required=True, validate=validate.OneOf(["oral", "written"]))
    witness = Line(200, metadata={"description": "Required for what was said."})
    document = Line(300, metadata={"description": "Where the signed paper is; for written."})

    @post_load
    def named(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        evidence = AnswerEvidence(data["evidence"])
        return data | {"kind": AnswerKind(data["kind"]), "evidence": evidence}


class AnswerGoalIn(AnswerActionIn):
    kind = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in AnswerKind])
    )


class PlanAnswerOut(Schema):
    """`about` is what stood there when it was said; `current` whether it still does."""

    id = Uuid()
    member_id = Uuid()
    kind = fields.String(validate=validate.OneOf([kind.value for kind in AnswerKind]))
    words = fields.String(allow_none=True)
    terms = fields.Integer()
    current = fields.Boolean()
    about = fields.String()
    owner_id = Uuid(allow_none=True)
    due_on = Dated("date", allow_none=True)
    evidence = fields.String()
    witness = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    recorded_by = Uuid(allow_none=True, metadata={"description": "Null: by the member."})
    answered_at = Dated()


class _Agreed(Schema):
    terms = fields.Integer(metadata={"description": "Rises with what was agreed."})
    agreement = fields.String(validate=validate.OneOf([each.value for each in Agreement]))
    answers = fields.List(fields.Nested(PlanAnswerOut))
    written_by = Uuid()
    written_at = AwareDateTime()
    changed_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class PlanGoalOut(_Agreed):
    id = Uuid()
    category = fields.String()
    member_id = Uuid(allow_none=True)
    confidential_to = Uuid(allow_none=True)
    words = fields.String()
    position = fields.Integer()
    writer = fields.String()


class PlanActionOut(_Agreed):
    id = Uuid()
    goal_id = Uuid(allow_none=True, metadata={"description": "Null: closed to this reader."})
    category = fields.String()
    what = fields.String()
    owner_id = Uuid(allow_none=True, metadata={"description": "Null: the household itself."})
    owner = fields.String(allow_none=True)
    owner_organisation = fields.String(allow_none=True)
    owner_in_team = fields.Boolean(metadata={"description": "False once the owner left."})
    due_on = Day(allow_none=True)
    state = fields.String(validate=validate.OneOf([state.value for state in ActionState]))
    drop_reason = fields.String(allow_none=True)
    closed_at = AwareDateTime(allow_none=True)


class PlanOut(Schema):
    goals = fields.List(fields.Nested(PlanGoalOut))
    actions = fields.List(fields.Nested(PlanActionOut))
