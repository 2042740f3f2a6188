"""The team of a case, and the handover of its reference worker."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from services.cases.events import (
    HandoverAccepted,
    HandoverDeclined,
    HandoverProposed,
    ParticipantDeclined,
    ParticipantInvited,
    ParticipantJoined,
    ParticipantLeft,
)
from services.cases.model import (
    Handover,
    HandoverState,
    Participation,
    ParticipationState,
    ReferenceAssignment,
    TeamRole,
)
from services.cases.policy import require_own_invitation, require_receiver, require_worker
from services.consent import policy
from services.consent.exclusions import excludes_actor, require_not_excluded
from services.consent.queries import access_to
from services.network.model import Professional
from services.network.queries import professional
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, load_of, lock, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Invite:
    case_id: UUID
    professional_id: UUID
    role: TeamRole
    reason: str
    ends_at: datetime | None = None


def invite(cmd: Invite, *, actor: Actor, uow: UnitOfWork) -> Participation:
    """An invitation opens nothing: it counts when accepted, and only as far as consent goes."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    _require_active(cmd.professional_id, uow=uow)
    if cmd.professional_id == actor.id:
        raise RuleBroken("already-the-reference-worker")
    if cmd.ends_at is not None and cmd.ends_at <= uow.now():
        raise RuleBroken("period-already-over")
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
    uow.audit("invite", place, actor=actor, case_id=cmd.case_id, after=after)
    uow.record(
        ParticipantInvited(
            case_id=cmd.case_id, participation_id=place.id, professional_id=place.professional_id
        ),
        actor=actor,
    )
    return place


def _require_active(professional_id: UUID, *, uow: UnitOfWork) -> None:
    if not load(Professional, professional_id, uow=uow).active:
        raise RuleBroken("professional-not-active")


def answer_invitation(
    participation_id: UUID, *, accept: bool, actor: Actor, uow: UnitOfWork
) -> Participation:
    place = load(Participation, participation_id, uow=uow)
    require_own_invitation(actor, place)
    if accept and excludes_actor(place.case_id, uow=uow):
        raise NotFound
    lock(place, uow=uow)
    place.answer(accept=accept, at=uow.now())
    uow.session.flush()
    uow.audit(
        "answer_invitation",
        place,
        actor=actor,
        case_id=place.case_id,
        before={"state": ParticipationState.INVITED},
        after={"state": place.state, "version": place.version},
    )
    happened = ParticipantJoined if accept else ParticipantDeclined
    uow.record(
        happened(
            case_id=place.case_id, participation_id=place.id, professional_id=place.professional_id
        ),
        actor=actor,
    )
    return place


def end_participation(
    case_id: UUID, participation_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Participation:
    """By the reference worker, or by the participant who leaves; access ends at commit."""
    access = access_to(case_id, uow=uow)
    place = load_of(Participation, participation_id, case_id, uow=uow)
    if place.professional_id != actor.id:
        policy.require_reference_worker(access)
    lock(place, uow=uow)
    require_version(place, version)
    before = {"state": place.state, "version": version}
    place.end(uow.now())
    uow.session.flush()
    uow.audit(
        "end_participation",
        place,
        actor=actor,
        case_id=case_id,
        before=before,
        after={"state": place.state, "ended_at": place.ended_at, "version": place.version},
    )
    uow.record(
        ParticipantLeft(
            case_id=case_id, participation_id=place.id, professional_id=place.professional_id
        ),
        actor=actor,
    )
    return place


@dataclass(frozen=True, kw_only=True)
class ProposeHandover:
    case_id: UUID
    to_id: UUID
    reason: str
    former_stays: bool


def propose_handover(cmd: ProposeHandover, *, actor: Actor, uow: UnitOfWork) -> Handover:
    """The actor stays responsible until the receiver accepts."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    receiver = professional(cmd.to_id, uow=uow)
    require_worker(receiver)
    require_not_excluded(cmd.to_id, cmd.case_id, uow=uow)
    if cmd.to_id == actor.id:
        raise RuleBroken("already-the-reference-worker")
    handover = Handover(
        **vars(cmd), from_id=actor.id, state=HandoverState.PROPOSED, proposed_at=uow.now()
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(handover)
    except IntegrityError as already:
        raise Conflict("handover-already-proposed") from already
    after = {"state": handover.state, "from": actor.id, "to": cmd.to_id}
    uow.audit("propose_handover", handover, actor=actor, case_id=cmd.case_id, after=after)
    uow.record(
        HandoverProposed(
            case_id=cmd.case_id, handover_id=handover.id, from_id=actor.id, to_id=cmd.to_id
        ),
        actor=actor,
    )
    return handover


def answer_handover(handover_id: UUID, *, accept: bool, actor: Actor, uow: UnitOfWork) -> Handover:
    """On acceptance the actor is the reference worker from this instant, and the other no more.

    Of two answers at once one wins; the other is a Conflict.
    """
    handover = load(Handover, handover_id, uow=uow)
    require_receiver(actor, handover)
    if excludes_actor(handover.case_id, uow=uow):
        raise NotFound
    lock(handover, uow=uow)
    if accept and handover.is_open:
        # While it stands as proposed: that is the receiver's only right to the rows it changes.
        _take_over(handover, actor=actor, uow=uow)
    handover.answer(accept=accept, at=uow.now())
    uow.session.flush()
    uow.audit(
        "answer_handover",
        handover,
        actor=actor,
        case_id=handover.case_id,
        before={"state": HandoverState.PROPOSED, "reference_worker": handover.from_id},
        after={
            "state": handover.state,
            "reference_worker": handover.to_id if accept else handover.from_id,
        },
    )
    happened = HandoverAccepted if accept else HandoverDeclined
    uow.record(
        happened(
            case_id=handover.case_id,
            handover_id=handover.id,
            from_id=handover.from_id,
            to_id=handover.to_id,
        ),
        actor=actor,
    )
    return handover


def _take_over(handover: Handover, *, actor: Actor, uow: UnitOfWork) -> None:
    current = uow.session.scalars(
        select(ReferenceAssignment)
        .where(ReferenceAssignment.case_id == handover.case_id)
        .where(ReferenceAssignment.period.contains(uow.now()))
        .with_for_update()
    ).one_or_none()
    if current is None:
        raise NotFound
    if current.professional_id != handover.from_id or current.period.lower == uow.now():
        raise Conflict("reference-worker-changed")
    current.period = Range(current.period.lower, uow.now())
    uow.session.flush()
    uow.session.add(
        ReferenceAssignment(
            case_id=handover.case_id, professional_id=actor.id, period=Range(uow.now(), None)
        )
    )
    uow.session.flush()
    _close_own_participation(handover.case_id, actor.id, uow=uow)
    if handover.former_stays:
        uow.session.add(_former_as_participant(handover, uow=uow))


def _close_own_participation(case_id: UUID, professional_id: UUID, *, uow: UnitOfWork) -> None:
    places = uow.session.scalars(
        select(Participation)
        .where(Participation.case_id == case_id)
        .where(Participation.professional_id == professional_id)
        .where(Participation.state.in_([ParticipationState.INVITED, ParticipationState.ACCEPTED]))
    )
    for place in places:
        place.end(uow.now())


def _former_as_participant(handover: Handover, *, uow: UnitOfWork) -> Participation:
    return Participation(
        case_id=handover.case_id,
        professional_id=handover.from_id,
        role=TeamRole.GENERALIST,
        reason=handover.reason,
        state=ParticipationState.ACCEPTED,
        invited_by=handover.to_id,
        invited_at=uow.now(),
        accepted_at=uow.now(),
    )
