"""What the reference worker does for the household's own view."""

from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from case_api.api import Blueprint, Reply
from case_api.http.fields import AwareDateTime, Day, Prose, Schema, Uuid
from services.portal import codes, requests
from services.portal.compartments import Item, set_compartment
from services.portal.model import RequestState
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "portal",
    __name__,
    description="The household's own view, as its reference worker serves it",
    url_prefix="/api/v1",
)
MEMBER = "/cases/<uuid:case_id>/members/<uuid:member_id>/portal-codes"
REQUESTS = "/cases/<uuid:case_id>/household-requests"


class PortalCodeOut(Schema):
    id = Uuid()
    code = fields.String(metadata={"description": "Shown here once and kept nowhere."})
    expires_at = AwareDateTime()


class HouseholdRequestOut(Schema):
    id = Uuid()
    member_id = Uuid()
    task_id = Uuid()
    kind = fields.String()
    about = fields.String()
    words = fields.String()
    asked_at = AwareDateTime()
    due_on = Day()
    state = fields.String()
    answer = fields.String(allow_none=True)
    answered_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class AnswerHouseholdIn(Schema):
    outcome = fields.String(
        required=True, validate=validate.OneOf(["accepted", "refused", "answered"])
    )
    answer = Prose(2_000, required=True, metadata={"description": "The household reads it."})

    @post_load
    def state(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"outcome": RequestState(data["outcome"])}


class CompartmentIn(Schema):
    item = fields.String(required=True, validate=validate.OneOf([item.value for item in Item]))
    object_id = Uuid(required=True)
    confidential_to = Uuid(
        required=True, allow_none=True, metadata={"description": "An adult; null for nobody."}
    )


@api.command(
    "POST",
    MEMBER,
    gives=PortalCodeOut,
    status=201,
    summary="A one-time code for an adult; it replaces the open one and ends their sessions",
)
def issue_portal_code(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return codes.issue_code(case_id, member_id, actor=actor, uow=uow)


@api.command("DELETE", MEMBER, summary="Take the open code back and end the member's sessions")
def shut_portal(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    codes.shut_portal(case_id, member_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    "/cases/<uuid:case_id>/confidentiality",
    takes=CompartmentIn,
    summary="Keep an item for one adult of the household; professionals read as before",
)
def set_confidentiality(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    set_compartment(
        case_id,
        Item(data["item"]),
        data["object_id"],
        data["confidential_to"],
        actor=actor,
        uow=uow,
    )


@api.query(REQUESTS, gives=[HouseholdRequestOut], summary="What the household asked, first first")
def list_household_requests(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return requests.household_requests(case_id, actor=actor, uow=uow)


@api.query(
    f"{REQUESTS}/<uuid:request_id>", gives=HouseholdRequestOut, summary="A request of the household"
)
def get_household_request(case_id: UUID, request_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    found = requests.household_requests(case_id, request_id=request_id, actor=actor, uow=uow)
    return Reply(found[0], version=found[0].version)


@api.command(
    "POST",
    f"{REQUESTS}/<uuid:request_id>/answer",
    takes=AnswerHouseholdIn,
    gives=HouseholdRequestOut,
    status=200,
    expects_version=True,
    summary="Accept or refuse a correction, or answer a question, with the reason",
)
def answer_household_request(
    data: Any, case_id: UUID, request_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    requests.answer_request(case_id, request_id, **data, version=version, actor=actor, uow=uow)
    found = requests.household_requests(case_id, request_id=request_id, actor=actor, uow=uow)
    return Reply(found[0], version=found[0].version)
