"""What requests and answers about legal dates and the board hold."""

from typing import Any

from marshmallow import fields, validate

from case_api.http.fields import Dated, Day, Line, Schema, Uuid
from services.evictions.counting.citing import in_every_language
from services.evictions.dates.asking import words_of
from services.evictions.law.life import State
from services.evictions.law.norms import Certainty
from services.evictions.law.rulebook import Party


class Cited(fields.Dict):
    """The article beside it as readers of each language cite it: `C. jud.` is `Ger.W.` in Dutch."""

    def __init__(self) -> None:
        super().__init__(
            keys=fields.String(),
            values=fields.String(),
            allow_none=True,
            attribute="article",
            dump_only=True,
        )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else in_every_language(value)


ABOUT = (
    *("deadline", "hearing", "eviction", "term", "instalment"),
    *("task", "consent", "review", "session"),
)


class OverrideIn(Schema):
    date = Day(required=True)
    reason = Line(500, required=True)


class LiftOverrideIn(Schema):
    reason = Line(500, required=True)


class WarningWords(fields.Dict):
    """What a warning says, by language, made as it is read."""

    def __init__(self) -> None:
        super().__init__(keys=fields.String(), values=fields.String())

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **_: Any) -> dict[str, str]:
        return words_of(obj)


class WarningOut(Schema):
    """What is doubtful in a date, or to be asked about it; it never refuses one.

    `day`: the day that the question is about. `words` is empty where there are none.
    """

    code = fields.String()
    rule_id = fields.String()
    lawful_from = Dated("date")
    day = Dated("date")
    article = fields.String()
    breach = fields.Boolean(
        metadata={"description": "It breaks what protects the household: see a lawyer today."}
    )
    cited = Cited()
    words = WarningWords()


class StepOut(Schema):
    code = fields.String()
    date = Dated("date", allow_none=True)
    article = fields.String(allow_none=True)
    cited = Cited()
    words = fields.Dict(keys=fields.String(), values=fields.String())


class SourceOut(Schema):
    """A text that the rule was read in; a bare title where a network's rule set says no more."""

    title = fields.String()
    address = fields.String(allow_none=True)
    read_on = Dated("date", allow_none=True)
    read_by = fields.String(allow_none=True)


class DeadlineOut(Schema):
    """`date` is what people go by: their own, else the earlier of two readings. `computed_date` is
    what the rule gives. Not legal advice.

    `explanation` is null for a date of one's own whose rule fell away. `lifted_date`: the last date
    of people's own that was taken back. `state`: running; kept or missed, by the act `ended_by`
    or because its last day is over; moot. `lawful_from`: of a running first day, the first day from
    today on which the eviction is lawful. `actor`: who must act.
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
    cited = Cited()
    source = fields.String(
        metadata={"description": "Titles and addresses, or that nobody read it."}
    )
    sources = fields.List(fields.Nested(SourceOut))
    certainty = fields.String(
        metadata={"description": "found, disputed, or unverified: to be confirmed by a lawyer."}
    )
    confirmed = fields.Boolean(
        metadata={"description": "A lawyer of this network confirms its rule set as it is now."}
    )
    explanation = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    state = fields.String(validate=validate.OneOf([each.value for each in State]))
    ended_by = Uuid(allow_none=True)
    lawful_from = Dated("date", allow_none=True)
    actor = fields.String(allow_none=True, validate=validate.OneOf([each.value for each in Party]))
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
    cited = Cited()
    source = fields.String(
        metadata={"description": "Titles and addresses, or that nobody read it."}
    )
    sources = fields.List(fields.Nested(SourceOut))
    certainty = fields.String()
    explanation = fields.Dict(keys=fields.String(), values=fields.String())
