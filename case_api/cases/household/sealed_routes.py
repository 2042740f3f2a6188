"""Operations on what is sealed about a member of the household: safe address, safe phone."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.cases.household.sealed_schemas import CompartmentOut, SealContactsIn, SealedTextOut
from case_api.context import maillage
from services.cases.household import sealed_contacts as sealed
from services.households.sealed_contacts import SealedField
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "compartments",
    __name__,
    description="A member's safe address and phone: sealed, for whom they are meant only",
    url_prefix="/api/v1",
)
MEMBER = "/cases/<uuid:case_id>/members/<uuid:member_id>/compartment"


@api.query(
    "/cases/<uuid:case_id>/compartments",
    gives=[CompartmentOut],
    summary="Which members have a compartment; not what is in it",
)
def list_compartments(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return sealed.compartments(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    MEMBER,
    gives=CompartmentOut,
    status=201,
    location="/cases/{case_id}/members/{member_id}/compartment",
    summary="Give a member a compartment",
)
def open_compartment(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return sealed.open_compartment(case_id, member_id, actor=actor, uow=uow)


@api.query(MEMBER, gives=CompartmentOut, summary="Whether there is a safe address or phone")
def get_compartment(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return sealed.compartment(case_id, member_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    MEMBER,
    takes=SealContactsIn,
    gives=CompartmentOut,
    expects_version=True,
    step_up=True,
    summary="Seal a safe address and phone; the answer does not repeat them",
)
def seal_contacts(
    data: Any, case_id: UUID, member_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = sealed.SealContacts(case_id=case_id, member_id=member_id, **data)
    return sealed.seal_contacts(
        cmd,
        version=version,
        keyring=maillage().keyring,
        case_keys=maillage().case_keys,
        actor=actor,
        uow=uow,
    )


@api.query(
    f"{MEMBER}/address",
    gives=SealedTextOut,
    step_up=True,
    summary="The safe address; 503 if its key is not there",
)
def get_safe_address(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _field(SealedField.ADDRESS, case_id, member_id, actor=actor, uow=uow)


@api.query(
    f"{MEMBER}/phone",
    gives=SealedTextOut,
    step_up=True,
    summary="The safe phone; 503 if its key is not there",
)
def get_safe_phone(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _field(SealedField.PHONE, case_id, member_id, actor=actor, uow=uow)


def _field(
    field: SealedField, case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Reply:
    """The ETag is the compartment's number: a hash of a phone number would give it away."""
    view, text = sealed.sealed_field(
        case_id,
        member_id,
        field,
        keyring=maillage().keyring,
        case_keys=maillage().case_keys,
        actor=actor,
        uow=uow,
    )
    return Reply({"text": text}, version=view.version)
