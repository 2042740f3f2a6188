"""A hearing that ends before its hour and has no other date (F39)."""

from datetime import datetime
from uuid import UUID

from services.consent.queries import access_to
from services.evictions.dates.model import Act, Procedure
from services.evictions.dates.recompute import recompute
from services.evictions.hearings import invitations
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import Hearing
from services.evictions.policy import require_recorder
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


def call_off_hearing(
    procedure_id: UUID,
    hearing_id: UUID,
    because: CallOffReason,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    """It stays to be read; its reminders end, and the calendars of those invited drop it."""
    hearing = load(Hearing, hearing_id, uow=uow)
    require_recorder(access_to(hearing.case_id, uow=uow))
    lock(hearing, uow=uow)
    if hearing.procedure_id != procedure_id:
        raise NotFound
    require_version(hearing, version)
    call_off(hearing, because, actor=actor, uow=uow)
    return hearing


def call_off(hearing: Hearing, because: CallOffReason, *, actor: Actor, uow: UnitOfWork) -> None:
    """Of a hearing that is held, by whoever may."""
    procedure = load(Procedure, hearing.procedure_id, uow=uow, lock=True)
    before = {"state": hearing.state, "starts_at": hearing.starts_at, "version": hearing.version}
    hearing.call_off(because, uow.now())
    uow.session.flush()
    alerts.cancel(hearing.id, uow=uow)
    lapse_act(hearing, uow=uow)
    recompute(procedure, actor=actor, uow=uow)
    invitations.call_off(hearing, uow=uow)
    after = {"state": hearing.state, "because": because, "version": hearing.version}
    uow.record(
        "call_off_hearing",
        hearing,
        actor=actor,
        before=before,
        after=after,
    )


def lapse_act(hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Nobody sat on that day: no date runs from it. Of a hearing that began the act stands."""
    now: datetime = uow.now()
    if hearing.starts_at > now:
        act = load(Act, hearing.act_id, uow=uow)
        act.lapsed_at = now
        uow.session.flush()
