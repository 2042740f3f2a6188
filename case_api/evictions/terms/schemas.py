"""What requests and answers about terms, instalments and the ledger of arrears hold."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates

from case_api.cases.fields import Euros
from case_api.evictions.dates.schemas import WarningOut
from case_api.http.field_errors import wrong
from case_api.http.fields import Dated, Day, Line, Schema, Uuid
from services.evictions.terms.arrears_model import EntryKind
from services.evictions.terms.commands import NewInstalment
from services.evictions.terms.model import TermKind

MOST_INSTALMENTS = 120


class SignedEuros(Euros):
    """An exact amount that may be negative: a correction."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = [validate.Range(min=Decimal(-99_999_999), max=Decimal(99_999_999))]


class InstalmentIn(Schema):
    due_on = Day(required=True)
    amount_eur = Euros(required=True)

    @validates("amount_eur")
    def above_zero(self, value: Decimal, **_: Any) -> None:
        if value <= 0:
            raise ValidationError(wrong("above_zero"))


class _WithInstalments(Schema):
    due_on = Day(metadata={"description": "Of everything but a payment plan."})
    instalments = fields.List(
        fields.Nested(InstalmentIn),
        load_default=[],
        validate=validate.Length(max=MOST_INSTALMENTS),
        metadata={"description": "Of a payment plan."},
    )

    @post_load
    def parts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"instalments": tuple(NewInstalment(**each) for each in data["instalments"])}


class SetTermIn(_WithInstalments):
    kind = fields.String(required=True, validate=validate.OneOf([each.value for each in TermKind]))
    act_id = Uuid(
        metadata={"description": "The judgment it follows from; without it: agreed, a plan."}
    )
    words = Line(500, metadata={"description": "Required for the kind other."})
    document_id = Uuid(metadata={"description": "A document of the case: where it stands."})

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"kind": TermKind(data["kind"])}


class PayInstalmentIn(Schema):
    paid_on = Day(required=True)


class MissTermIn(Schema):
    instalment_id = Uuid(metadata={"description": "Which one, of a payment plan."})


class ResumeTermIn(_WithInstalments):
    """`instalments`: to catch up on what was missed."""


class CancelTermIn(Schema):
    reason = Line(500, required=True)


class InstalmentOut(Schema):
    id = Uuid()
    due_on = Dated("date")
    amount_eur = fields.String(metadata={"description": 'Euros, exact: "150.00".'})
    state = fields.String(metadata={"description": "due, paid, missed or cancelled."})
    paid_on = Dated("date", allow_none=True)
    missed_at = Dated(allow_none=True)


class TermOut(Schema):
    """`state`: running, missed, resumed; kept (all in time), done (late), cancelled."""

    id = Uuid()
    case_id = Uuid()
    act_id = Uuid(allow_none=True)
    procedure_id = Uuid(allow_none=True)
    kind = fields.String()
    due_on = Dated("date", allow_none=True)
    words = fields.String(allow_none=True)
    document_id = Uuid(allow_none=True)
    state = fields.String()
    was_missed = fields.Boolean()
    recorded_by = Uuid()
    recorded_at = Dated()
    ended_at = Dated(allow_none=True)
    cancel_reason = fields.String(allow_none=True)
    warnings = fields.List(fields.Nested(WarningOut))
    version = fields.Integer()
    instalments = fields.List(fields.Nested(InstalmentOut))


class RecordArrearsIn(Schema):
    day = Day(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([each.value for each in EntryKind]))
    amount_eur = SignedEuros(
        required=True, metadata={"description": "Above zero; a correction may be below."}
    )
    words = Line(300)
    document_id = Uuid(metadata={"description": "A document of the case: where it stands."})

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"kind": EntryKind(data["kind"])}


class ArrearsEntryOut(Schema):
    id = Uuid()
    day = Dated("date")
    kind = fields.String()
    amount_eur = fields.String()
    words = fields.String(allow_none=True)
    document_id = Uuid(allow_none=True)
    recorded_by = Uuid()
    recorded_at = Dated()


class ArrearsOut(Schema):
    """What is owed by this ledger. `months_of_arrears` of the tenancy is what somebody said."""

    balance_eur = fields.Decimal(as_string=True, places=2)
    months_of_rent = fields.Decimal(as_string=True, places=1, allow_none=True)
    entries = fields.List(fields.Nested(ArrearsEntryOut))
