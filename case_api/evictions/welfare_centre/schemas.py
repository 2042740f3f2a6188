"""What requests and answers about telling the public welfare centre hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.evictions.dates.schemas import Cited, WarningWords
from case_api.http.fields import Dated, Day, Schema, Uuid
from services.evictions.welfare_centre.model import Manner, StepState, Teller

OPPOSED = "The tenant opposes that the public welfare centre (CPAS/OCMW) is told of it."

# An adult says it in their own view by themselves.
_TOLD_TO_US = [each.value for each in Manner if each is not Manner.OWN_VIEW]


class OpposeIn(Schema):
    opposed_on = Day(required=True, metadata={"description": "The day the tenant said it."})
    how = fields.String(required=True, validate=validate.OneOf(_TOLD_TO_US))

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"how": Manner(data["how"])}


class ToldIn(Schema):
    done_on = Day(required=True)
    done_by = fields.String(required=True, validate=validate.OneOf([each.value for each in Teller]))


class WelfareWarningOut(Schema):
    code = fields.String(
        metadata={
            "description": "after-legal-term (`day`: the last one), right-to-object-unverified,"
            " centre-already-told (`day`: when), or before-the-claim (`day`: of the claim)."
        }
    )
    rule_id = fields.String()
    article = fields.String()
    cited = Cited()
    certainty = fields.String()
    day = Dated("date", allow_none=True)
    words = WarningWords()


class WelfareOppositionOut(Schema):
    """It counts whatever its warnings say, until it is withdrawn."""

    id = Uuid()
    opposed_on = Dated("date")
    how = fields.String()
    warnings = fields.List(fields.Nested(WelfareWarningOut))
    recorded_by = Uuid(allow_none=True)
    recorded_by_member = Uuid(
        allow_none=True, metadata={"description": "An adult said it in their own view."}
    )
    recorded_at = Dated()
    withdrawn_at = Dated(allow_none=True)
    version = fields.Integer()


class WelfareStepOut(Schema):
    """After this act the law has the public welfare centre told. Not legal advice.

    `due_from`: not before that day; null: at once, since no delay was found.
    """

    id = Uuid()
    act_id = Uuid()
    rule_id = fields.String()
    article = fields.String()
    cited = Cited()
    certainty = fields.String()
    due_from = Dated("date", allow_none=True)
    state = fields.String(validate=validate.OneOf([each.value for each in StepState]))
    done_on = Dated("date", allow_none=True)
    done_by = fields.String(allow_none=True)
    despite_opposition = fields.Boolean()
    version = fields.Integer()
