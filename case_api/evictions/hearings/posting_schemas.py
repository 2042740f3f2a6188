"""What requests and answers about the liaison's postings hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.evictions.dates.schemas import WarningOut
from case_api.http.fields import AwareDateTime, Dated, Day, Line, Schema, Uuid
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import PostingKind


class PostDateIn(Schema):
    kind = fields.String(required=True, validate=validate.OneOf([k.value for k in PostingKind]))
    starts_at = AwareDateTime(metadata={"description": "For a moved hearing."})
    day = Day(metadata={"description": "For a judgment."})
    room = Line(50)
    because = fields.String(
        validate=validate.OneOf([each.value for each in CallOffReason]),
        metadata={"description": "For a hearing that is called off."},
    )

    @post_load
    def posting_kind(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        because = {"because": CallOffReason(data["because"])} if "because" in data else {}
        return data | because | {"kind": PostingKind(data["kind"])}


class PostingOut(Schema):
    id = Uuid()
    kind = fields.String()
    starts_at = Dated(allow_none=True)
    day = Dated("date", allow_none=True)
    room = fields.String(allow_none=True)
    because = fields.String(allow_none=True)
    state = fields.String()
    posted_by = Uuid()
    posted_at = Dated()
    warnings = fields.List(fields.Nested(WarningOut))
    version = fields.Integer()


class DifferenceOut(Schema):
    field = fields.String()
    before = fields.String(allow_none=True)
    after = fields.String()


class PostingWithDifferenceOut(PostingOut):
    class Meta:
        exclude = ("version",)

    procedure_id = Uuid()
    difference = fields.List(
        fields.Nested(DifferenceOut), metadata={"description": "What confirming would change."}
    )
