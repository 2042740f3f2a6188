"""What requests and answers about the law as data hold."""

from typing import Any

from marshmallow import fields, post_load

from case_api.http.fields import Dated, Day, Line, Prose, Schema, StrictInteger, Uuid
from services.evictions.counting.rulefile import Words


class LoadRuleSetIn(Schema):
    source = Prose(200_000, required=True, metadata={"description": "The rule set as TOML text."})
    reason = Line(500, required=True)


class ChangeRuleIn(Schema):
    rule_set = Line(50, required=True)
    rule_id = Line(
        50,
        required=True,
        metadata={"description": "Of a rule, a moratorium, an exception to one, or a duty."},
    )
    disabled = fields.Boolean(truthy={True}, falsy={False})
    delay = StrictInteger(minimum=1, maximum=3660, metadata={"description": "Of a rule only."})
    valid_until = Day(metadata={"description": "The last day of an act it holds for."})
    reason = Line(500, required=True)


class NamesIn(Schema):
    en = Line(100, required=True)
    fr = Line(100, required=True)
    nl = Line(100, required=True)

    @post_load
    def words(self, data: dict[str, Any], **_: Any) -> Words:
        return Words(**data)


class ChangeHolidayIn(Schema):
    day = Day(required=True)
    names = fields.Nested(
        NamesIn, metadata={"description": "Of a holiday to add; without them one is removed."}
    )
    reason = Line(500, required=True)


class PreviewIn(Schema):
    retires = fields.Boolean(
        truthy={True}, falsy={False}, metadata={"description": "Take back what is active."}
    )


class ConfirmRuleSetIn(Schema):
    version = StrictInteger(minimum=1, required=True)
    lawyer = Line(200, required=True, metadata={"description": "The lawyer's name."})
    bar = Line(200, required=True, metadata={"description": "The bar they belong to."})
    confirmed_on = Day(required=True)


class ConfirmationOut(Schema):
    """`lapsed_at`: since then the network changed the rules, or the holidays, that were read."""

    id = Uuid()
    rule_set = fields.String()
    number = fields.Integer(metadata={"description": "The version of the rule set."})
    lawyer = fields.String()
    bar = fields.String()
    confirmed_on = Dated("date")
    recorded_by = Uuid()
    recorded_at = Dated()
    lapsed_at = Dated(allow_none=True)
    withdrawn_by = Uuid(allow_none=True)
    withdrawn_at = Dated(allow_none=True)
    version = fields.Integer()


class RuleSetVersionOut(Schema):
    code = fields.String()
    version = fields.Integer()
    valid_from = Dated("date")
    state = fields.String(metadata={"description": "draft, active or retired."})
    shipped = fields.Boolean(metadata={"description": "It comes with the program."})
    change_id = Uuid(allow_none=True)
    confirmed = fields.Boolean(
        metadata={"description": "A lawyer of the network confirms it as it is now."}
    )
    confirmations = fields.List(fields.Nested(ConfirmationOut))


class RuleChangeOut(Schema):
    id = Uuid()
    kind = fields.String()
    state = fields.String(metadata={"description": "draft, active or retired."})
    reason = fields.String()
    rule_set = fields.String(allow_none=True)
    number = fields.Integer(allow_none=True)
    valid_from = Dated("date", allow_none=True)
    rule_id = fields.String(allow_none=True)
    delay = fields.Integer(allow_none=True)
    valid_until = Dated("date", allow_none=True)
    day = Dated("date", allow_none=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    made_by = Uuid()
    made_at = Dated()
    version = fields.Integer()


class RecomputationOut(Schema):
    """Counts of running deadlines over the whole network; of which cases, nobody is told here."""

    id = Uuid()
    change_id = Uuid()
    retires = fields.Boolean()
    state = fields.String(metadata={"description": "previewing, previewed, applying or applied."})
    procedures_done = fields.Integer()
    percent_done = fields.Integer(metadata={"description": "Of all procedures; about, until 100."})
    changed = fields.Integer()
    locked = fields.Integer(metadata={"description": "A person's own date stays."})
    new = fields.Integer()
    gone = fields.Integer()
    skipped = fields.Integer(metadata={"description": "Procedures whose dates leave the calendar."})
    asked_at = Dated()
    applied_at = Dated(allow_none=True)
    version = fields.Integer()


class MovedArgs(Schema):
    recomputation_id = Uuid()


class MovedDateOut(Schema):
    """`applied_at` is null as long as the change is only previewed."""

    id = Uuid()
    case_id = Uuid()
    case_code = fields.String()
    procedure_id = Uuid()
    recomputation_id = Uuid()
    applied_at = Dated(allow_none=True)
    rule_id = fields.String()
    computes = fields.String()
    kind = fields.String(metadata={"description": "changed, locked, new or gone."})
    before = Dated("date", allow_none=True)
    after = Dated("date", allow_none=True)
