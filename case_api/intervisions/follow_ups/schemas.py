"""What requests and answers about follow-ups and needs hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import Day, Line, Prose, Schema, Uuid
from services.intervisions.follow_ups.model import Becomes
from services.shared.categories import NAMES, mask_of


class FollowUpOut(Schema):
    """A follow-up. `words` and `outcome` are null for those to whom its table is closed; `due_on`
    and `snoozed_until` are for its owner and the facilitators.
    """

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
    """One follow-up; `case_id` and `task_id` are for the reference worker alone."""

    case_id = Uuid(allow_none=True)
    task_id = Uuid(allow_none=True)


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
