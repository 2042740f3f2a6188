"""Call off a hearing that ends before its hour and has no other date (F39)."""

from uuid import UUID

from sqlalchemy import update

from services.consent.hold import hold
from services.evictions.dates.model import Act, Procedure
from services.evictions.hearings import invitations
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import Hearing
from services.evictions.policy import require_recorder
from services.evictions.procedures import consequences
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.loading import load
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
    """Call off a hearing that is still ahead.

    It stays to be read; its reminders end, and the calendars of those invited drop it.
    """
    of = {"procedure_id": procedure_id}
    hearing = hold(Hearing, hearing_id, require_recorder, of=of, version=version, uow=uow)
    call_off(hearing, because, actor=actor, uow=uow)
    return hearing


def call_off(hearing: Hearing, because: CallOffReason, *, actor: Actor, uow: UnitOfWork) -> None:
    """Call off a hearing that the caller has locked and may change."""
    procedure = load(Procedure, hearing.procedure_id, uow=uow, lock=True)
    before = {"state": hearing.state, "starts_at": hearing.starts_at, "version": hearing.version}
    hearing.call_off(because, uow.now())
    uow.session.flush()
    alerts.cancel(hearing.id, uow=uow)
    lapse_act(hearing, uow=uow)
    consequences.follow(procedure, actor=actor, uow=uow)
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
    """Let no date run from a day on which nobody sat. The act of a hearing that began stands."""
    now = uow.now()
    if hearing.starts_at > now:
        lapsed = update(Act).where(Act.id == hearing.act_id).values(lapsed_at=now)
        uow.session.execute(lapsed)
