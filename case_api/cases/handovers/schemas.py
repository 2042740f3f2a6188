"""What requests and answers about handovers and the household's wishes hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import AwareDateTime, Dated, Line, Schema, Uuid
from services.cases.handover_model import ChecklistItem


class ProposeHandoverIn(Schema):
    to_id = Uuid(required=True)
    reason = Line(500, required=True)
    former_stays = fields.Boolean(required=True, truthy={True}, falsy={False})


class ChecklistIn(Schema):
    items = fields.List(
        fields.String(validate=validate.OneOf([i.value for i in ChecklistItem])),
        required=True,
        validate=validate.Length(min=1, max=len(ChecklistItem)),
    )

    @post_load
    def named(self, data: dict[str, Any], **_: Any) -> list[ChecklistItem]:
        return sorted({ChecklistItem(item) for item in data["items"]})


class ChecklistLineOut(Schema):
    item = fields.String()
    empty = fields.Boolean(metadata={"description": "Nothing there for this reader: no tick."})
    ticked_at = Dated(allow_none=True)


class ConsentInForceOut(Schema):
    valid_until = Dated()
    categories = fields.List(fields.String())


class HandoverOut(Schema):
    """The package. Lists hold only what the reader may see of the case."""

    id = Uuid()
    case_id = Uuid()
    case_code = fields.String(allow_none=True)
    from_id = Uuid()
    from_name = fields.String()
    to_id = Uuid()
    to_name = fields.String()
    reason = fields.String()
    former_stays = fields.Boolean()
    state = fields.String()
    proposed_at = AwareDateTime()
    answered_at = AwareDateTime(allow_none=True)
    deadlines = fields.List(fields.Dict())
    hearings = fields.List(fields.Dict())
    tasks = fields.List(fields.Dict())
    consents = fields.List(fields.Nested(ConsentInForceOut))
    last_contact_at = AwareDateTime(allow_none=True)
    checklist = fields.List(fields.Nested(ChecklistLineOut))


class RequestWorkerIn(Schema):
    wanted_id = Uuid(metadata={"description": "Whom the household would like, if they say."})
    reason = Line(500, required=True)


class AnswerRequestIn(Schema):
    answer = Line(500, required=True)


class WorkerRequestOut(Schema):
    id = Uuid()
    wanted_id = Uuid(allow_none=True)
    wanted = fields.String(allow_none=True)
    reason = fields.String()
    recorded_by = Uuid(allow_none=True)
    recorded_at = Dated()
    state = fields.String()
    answer = fields.String(allow_none=True)
    closed_at = Dated(allow_none=True)
    version = fields.Integer()
