"""The handover of a case: proposed, looked through, answered, withdrawn or left to expire.

Until the receiver says yes the proposer is responsible, from that instant the receiver (F07-F09).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from services.cases.events import HandoverAccepted, HandoverDeclined, HandoverProposed
from services.cases.handover_model import ChecklistItem, Handover, HandoverState, HandoverTick
from services.cases.handovers import taking_over
from services.cases.handovers.queries import handover as package_of
from services.cases.policy import require_proposer, require_receiver, require_worker
from services.cases.standing import (
    HANDOVERS,
    expire,
    expire_of_case,
    hold_course,
    open_items,
    require_no_closing,
)
from services.consent import policy
from services.consent.exclusions import excludes_actor, require_not_excluded
from services.consent.queries import access_to
from services.network.queries import professional
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.events import Event
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ProposeHandover:
    case_id: UUID
    to_id: UUID
    reason: str
    former_stays: bool


def propose_handover(cmd: ProposeHandover, *, actor: Actor, uow: UnitOfWork) -> Handover:
    """The actor stays responsible until the receiver accepts.

    Refused while an urgent alert waits: nobody hands over a hearing they have not taken note of.
    """
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    require_worker(professional(cmd.to_id, uow=uow))
    require_not_excluded(cmd.to_id, cmd.case_id, uow=uow)
    if cmd.to_id == actor.id:
        raise RuleBroken("already-the-reference-worker")
    hold_course(cmd.case_id, uow=uow)
    require_no_closing(cmd.case_id, uow=uow)
    urgent = open_items(cmd.case_id, uow=uow)["urgent_alerts"]
    if urgent:
        raise Conflict("urgent-alert-unacknowledged", count=urgent)
    expire_of_case(HANDOVERS, cmd.case_id, actor=actor, uow=uow)
    handover = Handover(
        **vars(cmd), from_id=actor.id, state=HandoverState.PROPOSED, proposed_at=uow.now()
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(handover)
    except IntegrityError as already:
        raise Conflict("handover-already-proposed") from already
    after = {"state": handover.state, "from": actor.id, "to": cmd.to_id}
    uow.record(
        "propose_handover",
        handover,
        actor=actor,
        after=after,
        event=_event(HandoverProposed, handover),
    )
    return handover


def tick_checklist(
    handover_id: UUID, items: Sequence[ChecklistItem], *, actor: Actor, uow: UnitOfWork
) -> Handover:
    """The receiver has looked at these parts of the package. Ticking twice is the same as once."""
    handover = load(Handover, handover_id, uow=uow)
    require_receiver(actor, handover)
    handover.require_answerable(uow.now())
    rows = [
        {
            "handover_id": handover.id,
            "item": item.value,
            "ticked_by": actor.id,
            "ticked_at": uow.now(),
        }
        for item in items
    ]
    uow.session.execute(insert(HandoverTick).values(rows).on_conflict_do_nothing())
    after = {"items": sorted(item.value for item in items)}
    uow.record("tick_checklist", handover, actor=actor, after=after)
    return handover


def answer_handover(handover_id: UUID, *, accept: bool, actor: Actor, uow: UnitOfWork) -> Handover:
    """The actor who accepts is the reference worker from this instant, and the other no more.

    Of two answers at once one wins; the other is a Conflict.
    """
    handover = load(Handover, handover_id, uow=uow)
    require_receiver(actor, handover)
    if excludes_actor(handover.case_id, uow=uow):
        raise NotFound
    lock(handover, uow=uow)
    handover.require_answerable(uow.now())
    if accept:
        _require_ticked(handover, actor=actor, uow=uow)
        # While it stands as proposed: that is the receiver's only right to the rows it changes.
        taking_over.take_over(handover, actor=actor, uow=uow)
    handover.answer(accept=accept, at=uow.now())
    uow.session.flush()
    if accept:
        taking_over.pass_on(handover, actor=actor, uow=uow)
    uow.record(
        "answer_handover",
        handover,
        actor=actor,
        before={"state": HandoverState.PROPOSED, "reference_worker": handover.from_id},
        after={
            "state": handover.state,
            "reference_worker": handover.to_id if accept else handover.from_id,
        },
        event=_event(HandoverAccepted if accept else HandoverDeclined, handover),
    )
    return handover


def _require_ticked(handover: Handover, *, actor: Actor, uow: UnitOfWork) -> None:
    # A first lawful day that is over is shown and needs no tick.
    missing = package_of(handover.id, from_today=None, actor=actor, uow=uow).missing
    if missing:
        raise Conflict("checklist-incomplete", missing=", ".join(missing))


def withdraw_handover(handover_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Handover:
    """The proposer takes the handover back, as long as nobody answered."""
    handover = load(Handover, handover_id, uow=uow)
    require_proposer(actor, handover)
    lock(handover, uow=uow)
    handover.withdraw(uow.now())
    uow.session.flush()
    uow.record(
        "withdraw_handover",
        handover,
        actor=actor,
        before={"state": HandoverState.PROPOSED},
        after={"state": handover.state, "version": handover.version},
    )
    return handover


def expire_handovers(*, uow: UnitOfWork) -> int:
    """End every proposal left unanswered for five days. For the timetable."""
    return expire(HANDOVERS, uow=uow)


_Happened = type[HandoverProposed] | type[HandoverAccepted] | type[HandoverDeclined]


def _event(happened: _Happened, handover: Handover) -> Event:
    return happened(
        case_id=handover.case_id,
        handover_id=handover.id,
        from_id=handover.from_id,
        to_id=handover.to_id,
    )
