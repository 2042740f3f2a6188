"""What requests and answers about agendas, follow-ups and needs hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import Day, Line, Prose, Schema, StrictInteger, Uuid
from services.intervisions.agendas.times import LONGEST, ItemKind
from services.intervisions.agendas.views import AgendaView
from services.intervisions.follow_ups.model import Becomes
from services.shared.categories import NAMES, mask_of
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
    """`starts_at`, `ends_at`: as clocks in Brussels show them, with their offset."""

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


class FollowUpOut(Schema):
    """`words` and `outcome`: null to whom the table it comes from is closed. `due_on`,
    `snoozed_until`: to its owner and the facilitators. `case_id`, `task_id`: to the reference
    worker, where one follow-up is asked for."""

    id = Uuid()
    words = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    becomes = fields.String()
    owner_id = Uuid()
    owner_name = fields.String()
    due_week = fields.String()
    due_on = Day(allow_none=True)
    snoozed = fields.Boolean()
    snoozed_until = Day(allow_none=True)
    state = fields.String()
    carried = fields.Integer()
    flagged = fields.Boolean(metadata={"description": "Brought along three times or more."})


class OneFollowUpOut(FollowUpOut):
    case_id = Uuid(allow_none=True)
    task_id = Uuid(allow_none=True)


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
    """The answer; without the version, which is the draft's alone."""
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


class PlanFollowUpIn(Schema):
    words = Prose(1000, required=True)
    owner_id = Uuid(required=True)
    due_on = Day(required=True)
    becomes = fields.String(
        load_default=Becomes.NETWORK.value,
        validate=validate.OneOf([each.value for each in Becomes]),
        metadata={
            "description": "case: a task that its reference worker writes; only of a table's"
            " proposal. network: its owner's to do."
        },
    )
    table_id = Uuid(load_default=None, allow_none=True)


class CloseFollowUpIn(Schema):
    outcome = Prose(1000, required=True)


class SnoozeFollowUpIn(Schema):
    until = Day(required=True)
    beyond_next_session = fields.Boolean(load_default=False)


class FollowUpTaskIn(Schema):
    title = Line(
        200,
        required=True,
        metadata={"description": "In one's own words; refused with those of the session."},
    )
    category = fields.String(required=True, validate=validate.OneOf(list(NAMES)))
    assignee_id = Uuid(load_default=None, allow_none=True)
    due_on = Day(load_default=None, allow_none=True)

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"category": mask_of([data["category"]])}


class NeedsIn(Schema):
    tags = fields.List(Line(40), required=True, validate=validate.Length(max=40))
    table_id = Uuid(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of one table; left out: of the session as a whole."},
    )


class NeedsOut(Schema):
    tags = fields.List(fields.String())


class NeedsArgs(Schema):
    since = Day(required=True, data_key="from", metadata={"description": "First of a month."})
    until = Day(required=True, metadata={"description": "Last day of a month."})


class NeedCountOut(Schema):
    tag = fields.String()
    labels = fields.Dict(keys=fields.String(), values=fields.String())
    sessions = fields.String(metadata={"description": "The figure, or <5."})


class NeedOut(Schema):
    tag = fields.String()
    labels = fields.Dict(keys=fields.String(), values=fields.String())
