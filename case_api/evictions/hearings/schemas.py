"""What requests and answers about hearings hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.evictions.hearings.roster_schemas import AccompanimentOut
from case_api.http.fields import AwareDateTime, Dated, Line, Schema, Uuid
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import HearingKind, HearingResult


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
