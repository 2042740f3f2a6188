"""An act recorded by mistake is struck with a reason, and a strike can be taken back.

A hearing goes with its act. If it had moved another, that one is set again, since it never moved.
"""

from uuid import UUID

from sqlalchemy import exists, select, update

from services.consent.hold import hold
from services.evictions.dates.model import Act, Procedure
from services.evictions.hearings import invitations, planning, roster
from services.evictions.hearings.calling_off import lapse_act
from services.evictions.hearings.model import Hearing, HearingState
from services.evictions.policy import require_recorder
from services.evictions.procedures import striking
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound
from services.shared.loading import add_once, load, lock
from services.shared.unit_of_work import UnitOfWork


def strike_act(
    procedure_id: UUID, act_id: UUID, reason: str, *, actor: Actor, uow: UnitOfWork
) -> Act:
    """Strike an act that was recorded by mistake: it stays to be read, and nothing follows from it.

    Its dates, alerts, steps and terms end in this commit, and its hearing if it has one. Conflict
    for an act that was corrected, struck, or did not take place.
    """
    procedure, act, hearing = _held(procedure_id, act_id, uow=uow)
    if hearing is not None and act.lapsed_at is None:
        _strike(hearing, actor=actor, uow=uow)
    before = {"kind": act.kind, "ground": act.ground, "acted_on": act.acted_on}
    striking.strike(procedure, act, reason, actor=actor, uow=uow)
    after = {"struck_at": act.struck_at}
    uow.record("strike_act", act, actor=actor, before=before, after=after)
    return act


def take_back_strike(procedure_id: UUID, act_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Act:
    """Let a struck act count again, with all that followed from it; what is late is told at once.

    Conflict if it was not struck, or if another hearing was set in the place of its own.
    """
    procedure, act, hearing = _held(procedure_id, act_id, uow=uow)
    before = {"struck_at": act.struck_at}
    if hearing is not None and act.struck_at is not None:
        _take_back(hearing, actor=actor, uow=uow)
    striking.take_back(procedure, act, actor=actor, uow=uow)
    after = {"struck_at": None, "kind": act.kind, "acted_on": act.acted_on}
    uow.record("take_back_strike", act, actor=actor, before=before, after=after)
    return act


def _held(
    procedure_id: UUID, act_id: UUID, *, uow: UnitOfWork
) -> tuple[Procedure, Act, Hearing | None]:
    """The act with its procedure and its hearing, in the order in which everybody holds them."""
    act = load(Act, act_id, uow=uow)
    if act.procedure_id != procedure_id:
        raise NotFound
    found = uow.session.scalar(select(Hearing.id).where(Hearing.act_id == act_id))
    hearing = hold(Hearing, found, require_recorder, uow=uow) if found else None
    if hearing is not None and hearing.replaces_id is not None:
        load(Hearing, hearing.replaces_id, uow=uow, lock=True)
    procedure = hold(Procedure, procedure_id, require_recorder, uow=uow)
    lock(act, uow=uow)
    return procedure, act, hearing


def _strike(hearing: Hearing, *, actor: Actor, uow: UnitOfWork) -> None:
    was_ahead = planning.is_ahead(hearing, uow.now())
    before = {"state": hearing.state, "version": hearing.version}
    hearing.strike(uow.now())
    uow.session.flush()
    alerts.cancel(hearing.id, uow=uow)
    moved = _moved(hearing, uow=uow)
    if moved is not None:
        _set_again(moved, uow=uow)
        roster.ask_anew(hearing, moved, actor=actor, uow=uow)
    if was_ahead and (moved is None or not planning.is_ahead(moved, uow.now())):
        invitations.call_off(hearing, uow=uow)
    after = {"state": hearing.state, "version": hearing.version}
    uow.record("strike_hearing", hearing, actor=actor, before=before, after=after)


def _moved(hearing: Hearing, *, uow: UnitOfWork) -> Hearing | None:
    """The hearing that this one had moved, unless another stands in their place by now."""
    if hearing.replaces_id is None:
        return None
    others = exists().where(
        Hearing.procedure_id == hearing.procedure_id,
        (Hearing.state == HearingState.SET)
        | (Hearing.replaces_id == hearing.id) & (Hearing.state != HearingState.CANCELLED),
    )
    moved = load(Hearing, hearing.replaces_id, uow=uow)
    stands = moved.state != HearingState.ADJOURNED or moved.result is not None
    return None if stands or uow.session.scalar(select(others)) else moved


def _set_again(moved: Hearing, *, uow: UnitOfWork) -> None:
    moved.stand_again()
    uow.session.flush()
    again = update(Act).where(Act.id == moved.act_id, Act.struck_at.is_(None))
    uow.session.execute(again.values(lapsed_at=None))
    planning.plan_alerts(moved, uow=uow)


def _take_back(hearing: Hearing, *, actor: Actor, uow: UnitOfWork) -> None:
    before = {"state": hearing.state, "version": hearing.version}
    moved = None
    if hearing.replaces_id is not None:
        moved = load(Hearing, hearing.replaces_id, uow=uow)
        moved = moved if moved.state == HearingState.SET else None
    was_ahead = moved is not None and planning.is_ahead(moved, uow.now())
    if moved is not None:
        moved.adjourn()
        uow.session.flush()
        alerts.cancel(moved.id, uow=uow)
        lapse_act(moved, uow=uow)
    hearing.take_back()
    add_once(hearing, Conflict("hearing-already-set"), uow=uow)
    planning.plan_alerts(hearing, uow=uow)
    if moved is not None:
        roster.ask_anew(moved, hearing, actor=actor, uow=uow)
    elif planning.is_ahead(hearing, uow.now()):
        roster.remind_again(hearing, uow=uow)
    if moved is not None and was_ahead and not planning.is_ahead(hearing, uow.now()):
        invitations.call_off(moved, uow=uow)
    after = {"state": hearing.state, "version": hearing.version}
    uow.record("take_back_hearing", hearing, actor=actor, before=before, after=after)
