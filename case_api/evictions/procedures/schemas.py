"""What requests and answers about procedures hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.evictions.dates.schemas import DeadlineOut, DutyOut, WarningOut
from case_api.evictions.hearings.posting_schemas import PostingOut
from case_api.evictions.hearings.schemas import HearingOut
from case_api.evictions.welfare_centre.schemas import OPPOSED, WelfareOppositionOut, WelfareStepOut
from case_api.http.fields import AwareDateTime, Dated, Day, Line, Schema, Uuid
from services.evictions.counting.delivery import Delivery
from services.evictions.law.acts import ActKind, Ground
from services.evictions.law.regimes import regimes

# A hearing has its own operation, because it needs its hour; so has an opposition.
_ELSEWHERE = (ActKind.HEARING, ActKind.WELFARE_OBJECTION)
ACTS = [kind.value for kind in ActKind if kind not in _ELSEWHERE]


class OpenProcedureIn(Schema):
    canton = Line(
        100,
        metadata={
            "description": "Its code or a name of it (GET /courts). Without it: the dwelling's."
        },
    )
    roll_number = Line(50)
    regime = fields.String(
        validate=validate.OneOf(list(regimes())),
        metadata={"description": "Without it: by the place, the kind of lease and the day."},
    )


class ChooseRegimeIn(Schema):
    regime = fields.String(
        validate=validate.OneOf(list(regimes())),
        metadata={"description": "Without it: the one that follows from the dwelling."},
    )
    claimed_on = Day(metadata={"description": "The day of the claim; today without it."})


class RegimeMoveOut(Schema):
    """A date that is `new`, `gone` or `changed` under the other regime.

    `locked`: a person's own date, which stays whatever the rules say.
    """

    act_id = Uuid()
    rule_id = fields.String()
    computes = fields.String()
    kind = fields.String(validate=validate.OneOf(["changed", "new", "gone", "locked"]))
    before = Dated("date", allow_none=True)
    after = Dated("date", allow_none=True)


class RegimeDifferenceOut(Schema):
    regime = fields.String()
    regime_assumed = fields.Boolean()
    regime_words = fields.Dict(keys=fields.String(), values=fields.String())
    rule_set = fields.String()
    differences = fields.List(fields.Nested(RegimeMoveOut))


class RecordActIn(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(ACTS))
    acted_on = Day(required=True, metadata={"description": "The date of the act itself."})
    received_on = Day()
    delivery = fields.String(validate=validate.OneOf([mode.value for mode in Delivery]))
    document_id = Uuid(metadata={"description": "A document of the case: the act itself."})
    ground = fields.String(
        validate=validate.OneOf([ground.value for ground in Ground]),
        metadata={
            "description": "Of a moratorium_exception, and of nothing else: why the winter does not"
            " protect. `acted_on` is the day of the decision, `document_id` the decision."
        },
    )

    until_on = Day(
        metadata={
            "description": "The last day of a delay_granted (required), a stay or a suspension."
        }
    )

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        delivery = {"delivery": Delivery(data["delivery"])} if "delivery" in data else {}
        ground = {"ground": Ground(data["ground"])} if "ground" in data else {}
        return data | delivery | ground | {"kind": ActKind(data["kind"])}


class CorrectActIn(RecordActIn):
    reason = Line(500, required=True)


class StrikeActIn(Schema):
    reason = Line(500, required=True)


class WithdrawExceptionIn(StrikeActIn):
    """The former name of it."""


class ActOut(Schema):
    """`lapsed_at`: a hearing that did not take place, or an act that was struck; nothing runs from
    it. `struck_at`: it was recorded by mistake, and can be taken back."""

    id = Uuid()
    kind = fields.String()
    acted_on = Dated("date")
    received_on = Dated("date", allow_none=True)
    delivery = fields.String(allow_none=True)
    ground = fields.String(allow_none=True)
    until_on = Dated("date", allow_none=True)
    called_off_by = Uuid(
        allow_none=True, metadata={"description": "The act that put this eviction off."}
    )
    document_id = Uuid(allow_none=True)
    replaced_by = Uuid(allow_none=True, metadata={"description": "The act that corrects it."})
    lapsed_at = Dated(allow_none=True)
    struck_at = Dated(allow_none=True)
    struck_by = Uuid(allow_none=True)
    strike_reason = fields.String(allow_none=True)
    posted_by = Uuid(
        allow_none=True, metadata={"description": "The liaison from whom the team has it."}
    )
    correction_reason = fields.String(allow_none=True)
    warnings = fields.List(fields.Nested(WarningOut))
    recorded_by = Uuid()
    recorded_at = Dated()


class ProcedureOut(Schema):
    id = Uuid()
    case_id = Uuid()
    case_code = fields.String()
    canton = fields.String()
    roll_number = fields.String(allow_none=True)
    regime = fields.String()
    regime_assumed = fields.Boolean(
        metadata={
            "description": "What is known of dwelling and landlord does not decide: to be chosen."
        }
    )
    regime_words = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "What the regime is, and what is in doubt about it."},
    )
    rule_set = fields.String()
    opened_at = AwareDateTime()
    acts = fields.List(fields.Nested(ActOut))
    deadlines = fields.List(fields.Nested(DeadlineOut))
    hearings = fields.List(fields.Nested(HearingOut))
    postings = fields.List(fields.Nested(PostingOut))
    duties = fields.List(fields.Nested(DutyOut))
    welfare_centre_opposed = fields.Boolean(metadata={"description": OPPOSED})
    welfare_steps = fields.List(fields.Nested(WelfareStepOut))
    welfare_oppositions = fields.List(
        fields.Nested(WelfareOppositionOut),
        metadata={"description": "For the team; a liaison sees that there is one, no more."},
    )


class LastActOut(Schema):
    kind = fields.String()
    acted_on = Dated("date")


class ProcedureSummaryOut(Schema):
    """`names` is empty unless the household opened its identity to the reader."""

    id = Uuid()
    case_id = Uuid()
    case_code = fields.String()
    canton = fields.String()
    roll_number = fields.String(allow_none=True)
    last_act = fields.Nested(LastActOut, allow_none=True)
    next_hearing_at = AwareDateTime(allow_none=True)
    names = fields.List(fields.String())
    welfare_centre_opposed = fields.Boolean(metadata={"description": OPPOSED})
