"""Operations on whom the household refuses, for the reference worker of the case alone."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.consent.schemas import ExcludeIn, ExclusionOut
from services.cases.team.exclusions import exclude
from services.consent import exclusions
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "exclusions", __name__, description="Whom the household refuses", url_prefix="/api/v1"
)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/exclusions",
    takes=ExcludeIn,
    gives=ExclusionOut,
    status=201,
    summary="Refuse a person or an organisation; all they have in the case ends at once",
)
def set_exclusion(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    made = exclude(exclusions.Exclude(case_id=case_id, **data), actor=actor, uow=uow)
    return _exclusion(case_id, made.id, actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/exclusions",
    gives=[ExclusionOut],
    summary="Whom the household refuses, lifted ones too",
)
def list_exclusions(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return exclusions.exclusions(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/exclusions/<uuid:exclusion_id>/lift",
    gives=ExclusionOut,
    status=200,
    expects_version=True,
    summary="Lift an exclusion; whoever was in the team is invited again",
)
def lift_exclusion(
    case_id: UUID, exclusion_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    exclusions.lift_exclusion(case_id, exclusion_id, version=version, actor=actor, uow=uow)
    return _exclusion(case_id, exclusion_id, actor=actor, uow=uow)


def _exclusion(case_id: UUID, exclusion_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    found = exclusions.exclusions(case_id, exclusion_id=exclusion_id, actor=actor, uow=uow)
    if not found:
        raise NotFound
    return Reply(found[0], version=found[0].version)
