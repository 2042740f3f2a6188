"""What requests and answers about legal dates and the board hold."""

from marshmallow import fields, validate

from case_api.http.fields import Dated, Day, Line, Schema, Uuid
from services.evictions.law.rulebook import Certainty

ABOUT = (
    *("deadline", "hearing", "eviction", "term", "instalment"),
    *("task", "consent", "review", "session"),
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


class StepOut(Schema):
    code = fields.String()
    date = Dated("date", allow_none=True)
    article = fields.String(allow_none=True)
    words = fields.Dict(keys=fields.String(), values=fields.String())


class DeadlineOut(Schema):
    """`date` is what people go by: their own, else the earlier of two readings. `computed_date` is
    what the rule gives. Not legal advice.

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


class BoardArgs(Schema):
    first_day = Day(metadata={"description": "Today without it."})
    last_day = Day()
    canton = Line(100)
    protective = fields.Boolean(metadata={"description": "Only dates to act before, or the rest."})
    led_by_me = fields.Boolean(metadata={"description": "Only cases I am responsible for."})
    about = fields.String(
        validate=validate.OneOf(ABOUT), metadata={"description": "What it is the date of."}
    )
    kind = Line(100, metadata={"description": 'What a date is for, as `computes`, or "hearing".'})
    days = fields.Integer(
        validate=validate.Range(0, 3660), metadata={"description": "At most so many days left."}
    )
    certainty = fields.String(validate=validate.OneOf([each.value for each in Certainty]))
    overridden = fields.Boolean(metadata={"description": "Only people's own dates, or the rest."})


class LabelOut(Schema):
    fr = fields.String()
    nl = fields.String()
    en = fields.String()


class BoardLineOut(Schema):
    """`date` is the cautious one: a person's own, else the earlier of two readings.

    `about` and `id` name what it is the date of; an eviction by its act, a review by its case. A
    session has its `number` and neither case nor procedure. `starts_at`: of a hearing or a session.
    """

    id = Uuid()
    about = fields.String(validate=validate.OneOf(ABOUT))
    date = Dated("date")
    starts_at = Dated(allow_none=True)
    room = fields.String(allow_none=True)
    days_left = fields.Integer()
    case_id = Uuid(allow_none=True)
    case_code = fields.String(allow_none=True)
    procedure_id = Uuid(allow_none=True)
    canton = fields.String(allow_none=True)
    computes = fields.String(metadata={"description": 'What the date is for, or "hearing".'})
    label = fields.Nested(LabelOut, metadata={"description": "The same in words."})
    late = fields.Boolean(metadata={"description": "Its day is over, and it was not done."})
    number = fields.Integer(allow_none=True)
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
