"""The team of a case: invited, joined, ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.cases.events import (
    ParticipantInvited,
    ParticipantLeft,
)
from services.cases.model import Participation, ParticipationState, TeamRole
from services.cases.policy import require_own_invitation
from services.consent import policy
from services.consent.exclusions import excludes_actor, require_not_excluded
from services.consent.hold import hold_if
from services.consent.queries import access_to
from services.households.queries import require_adult_of
from services.network.model import Professional
from services.network.queries import require_active
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Invite:
    case_id: UUID
    professional_id: UUID
    role: TeamRole
    reason: str
    ends_at: datetime | None = None
    confidential_to: UUID | None = None


def invite(cmd: Invite, *, actor: Actor, uow: UnitOfWork) -> Participation:
    """An invitation opens nothing: it counts when accepted, and only as far as consent goes."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    load(Professional, cmd.professional_id, uow=uow)
    require_active(cmd.professional_id, uow=uow)
    if cmd.professional_id == actor.id:
        raise RuleBroken("already-the-reference-worker")
    if cmd.ends_at is not None and cmd.ends_at <= uow.now():
        raise RuleBroken("period-already-over")
    require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
    place = Participation(
        **vars(cmd),
        state=ParticipationState.INVITED,
        invited_by=actor.id,
        invited_at=uow.now(),
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(place)
    except IntegrityError as already:
        raise Conflict("already-in-the-team") from already
    # Now that the insert holds the case: an exclusion committed meanwhile is seen here.
    require_not_excluded(cmd.professional_id, cmd.case_id, uow=uow)
    after = {
        "professional": place.professional_id,
        "role": cmd.role,
        "state": place.state,
        "ends_at": cmd.ends_at,
    }
    uow.record(
        "invite",
        place,
        actor=actor,
        after=after,
        event=ParticipantInvited(
            case_id=cmd.case_id, participation_id=place.id, professional_id=place.professional_id
        ),
    )
    return place


def answer_invitation(
    participation_id: UUID, *, accept: bool, actor: Actor, uow: UnitOfWork
) -> Participation:
    place = load(Participation, participation_id, uow=uow)
    require_own_invitation(actor, place)
    if excludes_actor(place.case_id, uow=uow):
        raise NotFound
    lock(place, uow=uow)
    place.answer(accept=accept, at=uow.now())
    uow.session.flush()
    uow.record(
        "answer_invitation",
        place,
        actor=actor,
        before={"state": ParticipationState.INVITED},
        after={"state": place.state, "version": place.version},
    )
    return place


def end_participation(
    case_id: UUID, participation_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Participation:
    """The reference worker or the participant ends a place; access ends at commit."""

    def may(place: Participation, access: policy.Access) -> None:
        if place.professional_id != actor.id:
            policy.require_reference_worker(access)

    of = {"case_id": case_id}
    place = hold_if(Participation, participation_id, may, of=of, version=version, uow=uow)
    before = {"state": place.state, "version": version}
    place.end(uow.now())
    uow.session.flush()
    uow.record(
        "end_participation",
        place,
        actor=actor,
        before=before,
        after={"state": place.state, "ended_at": place.ended_at, "version": place.version},
        event=ParticipantLeft(
            case_id=case_id, participation_id=place.id, professional_id=place.professional_id
        ),
    )
    return place
