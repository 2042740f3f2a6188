"""Operations on the team of a case."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.cases.team.schemas import InvitationOut, InviteIn, ParticipationOut
from services.cases.team import commands as team
from services.cases.team import queries as team_queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("team", __name__, description="Who takes part", url_prefix="/api/v1")


@api.command(
    "POST",
    "/cases/<uuid:case_id>/team",
    takes=InviteIn,
    gives=ParticipationOut,
    status=201,
    summary="Invite a professional; nothing opens before they accept and consent reaches them",
)
def invite(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    place = team.invite(team.Invite(case_id=case_id, **data), actor=actor, uow=uow)
    return Reply(place, version=place.version)


@api.query("/invitations", gives=[InvitationOut], summary="Invitations that wait for my answer")
def list_invitations(*, actor: Actor, uow: UnitOfWork) -> Any:
    return team_queries.my_invitations(uow=uow)


@api.command(
    "POST",
    "/invitations/<uuid:participation_id>/acceptance",
    gives=ParticipationOut,
    status=200,
    summary="Accept an invitation",
)
def accept_invitation(participation_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    place = team.answer_invitation(participation_id, accept=True, actor=actor, uow=uow)
    return Reply(place, version=place.version)


@api.command(
    "POST",
    "/invitations/<uuid:participation_id>/refusal",
    gives=ParticipationOut,
    status=200,
    summary="Decline an invitation",
)
def decline_invitation(participation_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    place = team.answer_invitation(participation_id, accept=False, actor=actor, uow=uow)
    return Reply(place, version=place.version)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/team/<uuid:participation_id>/end",
    gives=ParticipationOut,
    status=200,
    expects_version=True,
    summary="End a participation; access ends with it",
)
def end_participation(
    case_id: UUID, participation_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    place = team.end_participation(case_id, participation_id, version=version, actor=actor, uow=uow)
    return Reply(place, version=place.version)
