"""What requests and answers about agendas hold."""

from typing import Any

from marshmallow import fields, validate

from case_api.http.fields import Line, Schema, StrictInteger, Uuid
from case_api.intervisions.follow_ups.schemas import FollowUpOut
from services.intervisions.agendas.times import LONGEST, ItemKind
from services.intervisions.agendas.views import AgendaView
from services.shared.clock import BRUSSELS
from services.shared.words.catalogue import LANGUAGES

_ADDED = [each.value for each in ItemKind if each is not ItemKind.FOLLOW_UPS]


class AgendaArgs(Schema):
    draft = fields.Boolean(
        load_default=False,
        metadata={"description": "The draft instead of the published version; facilitators only."},
    )


class AgendaFileArgs(AgendaArgs):
    language = fields.String(
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "One's own if it is left out, or else French."},
    )


class _ItemIn(Schema):
    minutes = StrictInteger(minimum=1, maximum=LONGEST, required=True)
    owner_id = Uuid(
        load_default=None,
        allow_none=True,
        metadata={"description": "Who leads it: somebody who attends."},
    )
    position = StrictInteger(
        minimum=1,
        maximum=100,
        load_default=None,
        allow_none=True,
        metadata={"description": "2 is right after the opening item."},
    )


class AddAgendaItemIn(_ItemIn):
    kind = fields.String(required=True, validate=validate.OneOf(_ADDED))
    title = Line(160, required=True)
    proposal_id = Uuid(load_default=None, allow_none=True)


class ChangeAgendaItemIn(_ItemIn):
    title = Line(
        160,
        load_default=None,
        allow_none=True,
        metadata={"description": "null for the opening item, and for it alone."},
    )


class AgendaItemOut(Schema):
    """An item; `starts_at` and `ends_at` are as clocks in Brussels show them, with their offset."""

    id = Uuid()
    position = fields.Integer()
    kind = fields.String()
    title = fields.String(metadata={"description": "Empty for the opening item."})
    minutes = fields.Integer()
    owner_id = Uuid(allow_none=True)
    owner = fields.String(allow_none=True)
    proposal_id = Uuid(allow_none=True)
    starts_at = fields.String(metadata={"format": "date-time"})
    ends_at = fields.String(metadata={"format": "date-time"})
    runs_over = fields.Boolean(metadata={"description": "It ends after the session is to end."})


class AgendaOut(Schema):
    session_id = Uuid()
    session_number = fields.Integer()
    number = fields.Integer(
        allow_none=True, metadata={"description": "Of the published version; null: the draft."}
    )
    starts_at = fields.String(metadata={"format": "date-time"})
    ends_at = fields.String(metadata={"format": "date-time"})
    overrun_minutes = fields.Integer(
        metadata={"description": "By how much the items are longer than the session."}
    )
    items = fields.List(fields.Nested(AgendaItemOut))
    follow_ups = fields.List(fields.Nested(FollowUpOut))


def agenda_of(view: AgendaView) -> dict[str, Any]:
    """The answer, without the version, which only the draft has."""
    items = [
        vars(each)
        | {
            "starts_at": each.starts_at.isoformat(),
            "ends_at": each.ends_at.isoformat(),
            "owner": view.owners.get(each.owner_id) if each.owner_id else None,
        }
        for each in view.agenda.items
    ]
    return {
        "session_id": view.session_id,
        "session_number": view.session_number,
        "number": view.number,
        "starts_at": view.starts_at.astimezone(BRUSSELS).isoformat(),
        "ends_at": view.ends_at.astimezone(BRUSSELS).isoformat(),
        "overrun_minutes": view.agenda.overrun_minutes,
        "items": items,
        "follow_ups": view.follow_ups,
    }
