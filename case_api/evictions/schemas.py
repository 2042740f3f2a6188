"""What requests and answers about procedures hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.evictions.posting_schemas import PostingOut
from case_api.evictions.roster_schemas import AccompanimentOut
from case_api.evictions.welfare_schemas import OPPOSED, WelfareOppositionOut, WelfareStepOut
from case_api.fields import AwareDateTime, Dated, Day, Line, Schema, Uuid
from services.evictions.delivery import Delivery
from services.evictions.endings import CallOffReason
from services.evictions.model import HearingKind, HearingResult
from services.evictions.regimes import regimes
from services.evictions.rulebook import ActKind, Certainty, Ground

# A hearing has its own operation, because it needs its hour.
ACTS = [kind.value for kind in ActKind if kind is not ActKind.HEARING]


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

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        delivery = {"delivery": Delivery(data["delivery"])} if "delivery" in data else {}
        ground = {"ground": Ground(data["ground"])} if "ground" in data else {}
        return data | delivery | ground | {"kind": ActKind(data["kind"])}


class CorrectActIn(RecordActIn):
    reason = Line(500, required=True)


class WithdrawExceptionIn(Schema):
    reason = Line(500, required=True)


class SetHearingIn(Schema):
    starts_at = AwareDateTime(required=True)
    room = Line(50)


class NewHearingIn(SetHearingIn):
    kind = fields.String(validate=validate.OneOf([each.value for each in HearingKind]))
    roll_number = Line(50, metadata={"description": "If this hearing has one of its own."})

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | ({"kind": HearingKind(data["kind"])} if "kind" in data else {})


class HearingResultIn(Schema):
    result = fields.String(
        required=True, validate=validate.OneOf([each.value for each in HearingResult])
    )


class CallOffIn(Schema):
    because = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in CallOffReason]),
        metadata={"description": "Judicial Code arts. 730, 731, 820, 1043."},
    )


class OverrideIn(Schema):
    date = Day(required=True)
    reason = Line(500, required=True)


class LiftOverrideIn(Schema):
    reason = Line(500, required=True)


class WarningOut(Schema):
    code = fields.String()
    rule_id = fields.String()
    lawful_from = Dated("date")
    article = fields.String()


class ActOut(Schema):
    """`lapsed_at`: a hearing that did not take place, or an exception taken back; nothing runs
    from it."""

    id = Uuid()
    kind = fields.String()
    acted_on = Dated("date")
    received_on = Dated("date", allow_none=True)
    delivery = fields.String(allow_none=True)
    ground = fields.String(allow_none=True)
    document_id = Uuid(allow_none=True)
    replaced_by = Uuid(allow_none=True, metadata={"description": "The act that corrects it."})
    lapsed_at = Dated(allow_none=True)
    correction_reason = fields.String(allow_none=True)
    warnings = fields.List(fields.Nested(WarningOut))
    recorded_by = Uuid()
    recorded_at = Dated()


class StepOut(Schema):
    code = fields.String()
    date = Dated("date", allow_none=True)
    article = fields.String(allow_none=True)
    words = fields.Dict(keys=fields.String(), values=fields.String())


class DeadlineOut(Schema):
    """`date` is what people go by; `computed_date` what the rule gives. Not legal advice.

    `explanation` is null for a date of one's own whose rule fell away. `lifted_date`: the last date
    of people's own that was taken back.
    """

    id = Uuid()
    act_id = Uuid()
    computes = fields.String()
    protective = fields.Boolean(
        metadata={"description": "true: act before it; false: the earliest lawful date."}
    )
    date = Dated("date")
    computed_date = Dated("date")
    earlier_reading = Dated("date", allow_none=True)
    rule_id = fields.String()
    rule_set = fields.String()
    rule_version = fields.Integer()
    article = fields.String()
    source = fields.String()
    certainty = fields.String(
        metadata={"description": "found, disputed, or unverified: to be confirmed by a lawyer."}
    )
    explanation = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    steps = fields.List(fields.Nested(StepOut))
    overridden = fields.Boolean()
    override_reason = fields.String(allow_none=True)
    lifted_date = Dated("date", allow_none=True)
    lift_reason = fields.String(allow_none=True)
    version = fields.Integer()


class HearingOut(Schema):
    id = Uuid()
    starts_at = Dated()
    room = fields.String(allow_none=True)
    state = fields.String()
    replaces_id = Uuid(allow_none=True)
    kind = fields.String(allow_none=True)
    roll_number = fields.String(allow_none=True)
    result = fields.String(
        allow_none=True, metadata={"description": "reserved: the judge decides later."}
    )
    result_at = Dated(allow_none=True)
    accompaniments = fields.List(
        fields.Nested(AccompanimentOut),
        allow_none=True,
        metadata={"description": "Who goes along; null to the liaison, who is not of the team."},
    )
    called_off_because = fields.String(allow_none=True)
    called_off_at = Dated(allow_none=True)
    version = fields.Integer()


class BoardArgs(Schema):
    first_day = Day(metadata={"description": "Today without it."})
    last_day = Day()
    canton = Line(100)
    protective = fields.Boolean(metadata={"description": "Only dates to act before, or the rest."})
    led_by_me = fields.Boolean(metadata={"description": "Only cases I am responsible for."})
    kind = Line(100, metadata={"description": 'What a date is for, as `computes`, or "hearing".'})
    days = fields.Integer(
        validate=validate.Range(0, 3660), metadata={"description": "At most so many days left."}
    )
    certainty = fields.String(validate=validate.OneOf([each.value for each in Certainty]))
    overridden = fields.Boolean(metadata={"description": "Only people's own dates, or the rest."})


class BoardLineOut(Schema):
    """`date` is the cautious one: a person's own, else the earlier of two readings."""

    id = Uuid()
    date = Dated("date")
    days_left = fields.Integer()
    case_id = Uuid()
    case_code = fields.String()
    procedure_id = Uuid()
    canton = fields.String()
    computes = fields.String(metadata={"description": 'What the date is for, or "hearing".'})
    protective = fields.Boolean()
    certainty = fields.String()
    overridden = fields.Boolean()
    leads = fields.Boolean()


class DutyOut(Schema):
    """`until`: its fixed last day, where the law names one."""

    rule_id = fields.String()
    trigger = fields.String()
    until = Dated("date", allow_none=True)
    article = fields.String()
    source = fields.String()
    certainty = fields.String()
    explanation = fields.Dict(keys=fields.String(), values=fields.String())


class ProcedureOut(Schema):
    id = Uuid()
    case_id = Uuid()
    case_code = fields.String()
    canton = fields.String()
    roll_number = fields.String(allow_none=True)
    regime = fields.String()
    regime_assumed = fields.Boolean(
        metadata={"description": "The dwelling was not known yet: to be chosen."}
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
