"""What requests and answers about hearings hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.evictions.dates.schemas import WarningOut
from case_api.evictions.hearings.roster_schemas import AccompanimentOut
from case_api.http.fields import AwareDateTime, Dated, Line, Schema, Uuid
from services.evictions.hearings.details import Details
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import HearingKind, HearingResult


class SetHearingIn(Schema):
    starts_at = AwareDateTime(required=True)
    room = Line(50)


class NewHearingIn(SetHearingIn):
    kind = fields.String(validate=validate.OneOf([each.value for each in HearingKind]))
    roll_number = Line(50, metadata={"description": "If this hearing has one of its own."})
    result = fields.String(
        validate=validate.OneOf([each.value for each in HearingResult]),
        metadata={"description": "Of a hearing that was, if it is known already."},
    )

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        result = {"result": HearingResult(data["result"])} if "result" in data else {}
        return data | result | ({"kind": HearingKind(data["kind"])} if "kind" in data else {})


class HearingDetailsIn(Schema):
    """What is left out is not known any more."""

    room = Line(50, load_default=None)
    kind = fields.String(
        load_default=None, validate=validate.OneOf([each.value for each in HearingKind])
    )
    roll_number = Line(50, load_default=None)

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> Details:
        kind = HearingKind(data["kind"]) if data["kind"] else None
        return Details(room=data["room"], kind=kind, roll_number=data["roll_number"])


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
    posted_by = Uuid(
        allow_none=True, metadata={"description": "The liaison from whom the team has it."}
    )
    warnings = fields.List(fields.Nested(WarningOut))
    version = fields.Integer()
