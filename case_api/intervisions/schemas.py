"""What requests and answers about series and sessions hold."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from case_api.http.field_errors import wrong
from case_api.http.fields import AwareDateTime, Line, Schema, StrictInteger, Uuid
from case_api.http.paging import PageArgs
from case_api.network.schemas import LANGUAGES
from services.intervisions.model import SeriesKind


class SeriesTermsIn(Schema):
    name = Line(120, required=True)
    co_facilitator_id = Uuid(load_default=None, allow_none=True)
    languages = fields.List(
        fields.String(validate=validate.OneOf(LANGUAGES)),
        load_default=["fr"],
        validate=validate.Length(min=1, max=len(LANGUAGES)),
        metadata={"description": "In which its sessions are held, the first before the others."},
    )
    capacity = StrictInteger(minimum=2, maximum=500, load_default=20)
    quorum = StrictInteger(minimum=1, maximum=500, load_default=4)
    max_per_sector = StrictInteger(
        minimum=1,
        maximum=500,
        load_default=None,
        allow_none=True,
        metadata={"description": "Whoever says yes beyond this waits. null: no such bound."},
    )
    points = StrictInteger(
        minimum=1,
        maximum=20,
        load_default=3,
        metadata={"description": "A person's points in the ballots of its sessions."},
    )
    self_vote = fields.Boolean(
        load_default=False, metadata={"description": "Whether one may vote for one's own proposal."}
    )
    host_ids = fields.List(
        Uuid(),
        required=True,
        validate=validate.Length(min=1, max=50),
        metadata={"description": "Organisations that host in turn, the first before the others."},
    )

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        lists = {"languages": tuple(data["languages"]), "host_ids": tuple(data["host_ids"])}
        return data | lists


class StartSeriesIn(SeriesTermsIn):
    kind = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in SeriesKind]),
        metadata={
            "description": (
                "Only an intervision works on cases; a supervision keeps who was there and nothing"
                " else; a housing table is open to whoever of the network comes."
            )
        },
    )


class HostOut(Schema):
    id = Uuid()
    name = fields.String()


class SeriesOut(Schema):
    """A series; its facilitators see all of `member_ids`, others at most themselves."""

    id = Uuid()
    kind = fields.String()
    name = fields.String()
    facilitator_id = Uuid()
    facilitator = fields.String()
    co_facilitator_id = Uuid(allow_none=True)
    co_facilitator = fields.String(allow_none=True)
    languages = fields.List(fields.String())
    capacity = fields.Integer()
    quorum = fields.Integer()
    max_per_sector = fields.Integer(allow_none=True)
    points = fields.Integer()
    self_vote = fields.Boolean()
    hosts = fields.List(fields.Nested(HostOut))
    member_ids = fields.List(Uuid())
    ended_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class PeopleIn(Schema):
    professional_ids = fields.List(Uuid(), required=True, validate=validate.Length(min=1, max=500))


class _TimesIn(Schema):
    starts_at = AwareDateTime(required=True)
    ends_at = AwareDateTime(required=True)
    place = Line(200, load_default=None, allow_none=True)
    link = fields.Url(
        schemes={"https"},
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=500),
        metadata={"description": "Of a meeting at a distance; no mail ever holds it."},
    )

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["ends_at"] <= data["starts_at"]:
            raise ValidationError(wrong("after_start"), "ends_at")


class PlanSessionsIn(_TimesIn):
    host_id = Uuid(load_default=None, metadata={"description": "Without it: whose turn it is."})
    every_weeks = StrictInteger(minimum=1, maximum=52, load_default=1)
    count = StrictInteger(minimum=1, maximum=60, load_default=1)


class MoveSessionIn(_TimesIn):
    pass


class AnswerSessionIn(Schema):
    comes = fields.Boolean(required=True)


class HeldIn(Schema):
    present = fields.List(
        Uuid(),
        required=True,
        validate=validate.Length(max=500),
        metadata={"description": "Who was there, of those who were invited."},
    )


class SessionsArgs(PageArgs):
    series_id = Uuid()
    since = AwareDateTime(metadata={"description": "Those that end at this instant or later."})


class IntervisionSessionListedOut(Schema):
    """A session; `coming` is the number of people who said yes and have a place."""

    id = Uuid()
    series_id = Uuid()
    series = fields.String()
    kind = fields.String()
    number = fields.Integer()
    starts_at = AwareDateTime()
    ends_at = AwareDateTime()
    host_id = Uuid()
    host = fields.String()
    place = fields.String(allow_none=True)
    link = fields.String(allow_none=True)
    state = fields.String()
    languages = fields.List(fields.String())
    capacity = fields.Integer()
    quorum = fields.Integer()
    coming = fields.Integer()
    has_quorum = fields.Boolean()
    my_answer = fields.String(
        allow_none=True,
        metadata={"description": "invited, accepted, declined, waiting, withdrawn; null: none."},
    )
    facilitated_by_me = fields.Boolean()
    version = fields.Integer()


class AttendeeOut(Schema):
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    sector = fields.String()
    state = fields.String()
    attended = fields.Boolean(allow_none=True)


class SectorOut(Schema):
    sector = fields.String()
    coming = fields.Integer()


class IntervisionSessionOut(IntervisionSessionListedOut):
    """A session with its attendees, which only those who attend it see."""

    attendees = fields.List(fields.Nested(AttendeeOut))
    sectors = fields.List(fields.Nested(SectorOut))
