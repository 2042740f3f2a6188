"""An agenda is published, a follow-up is due, or is brought along once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from services.intervisions.agendas.events import AgendaChanged, AgendaPublished
from services.intervisions.follow_ups.events import FollowUpCarried, FollowUpClosed, FollowUpPlanned
from services.intervisions.follow_ups.model import FLAGGED_AT
from services.intervisions.model import (
    IntervisionSeries,
    IntervisionSession,
    InvitationState,
    SessionInvitation,
    SessionState,
)
from services.intervisions.reminders import new_alert
from services.shared import alerts
from services.shared.alerts import Alert, AlertState, NewAlert, RecipientRole
from services.shared.clock import brussels
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

CARRIED = "intervisions.follow_up_carried"
DUE = "intervisions.follow_up_due"
# Before the day on which it is due, at the hour at which people begin.
AHEAD = timedelta(days=3)
AT = time(9, 0)
_COMING = (InvitationState.INVITED, InvitationState.ACCEPTED, InvitationState.WAITING)
_FOLLOW_UP = text(
    """
    SELECT f.id, f.session_id, f.owner_id, f.due_on, f.snoozed_until, f.state, f.version, i.number
    FROM follow_ups f JOIN intervision_sessions i ON i.id = f.session_id WHERE f.id = :id
    """
)


@dataclass(frozen=True)
class _Kept:
    id: UUID
    session_id: UUID
    owner_id: UUID
    due_on: date
    snoozed_until: date | None
    state: str
    version: int
    number: int


def tell_agenda(event: AgendaPublished | AgendaChanged, *, uow: UnitOfWork) -> None:
    """Whoever may come, and whoever facilitates; nobody once the session is over or called off."""
    session = load(IntervisionSession, event.session_id, uow=uow)
    if session.state != SessionState.PLANNED or session.ends_at <= uow.now():
        return
    people = {*_invited(session, uow=uow), *_leading(session, uow=uow)}
    _tell(event.name, session, people, rung=f"agenda {event.number}", uow=uow)


def tell_carried(event: FollowUpCarried, *, uow: UnitOfWork) -> None:
    """Tell owner and facilitators from the third time on; it says which session, not what."""
    follow_up = _kept(event.follow_up_id, uow=uow)
    if event.times < FLAGGED_AT or follow_up.state != "open":
        return
    made = load(IntervisionSession, follow_up.session_id, uow=uow)
    onto = load(IntervisionSession, event.session_id, uow=uow)
    rung = f"{follow_up.id} {event.times}"
    # The owner attended where it was made; to the later session they may not be invited.
    _tell(CARRIED, made, {follow_up.owner_id}, rung=rung, uow=uow)
    leading = set(_leading(onto, uow=uow)) - {follow_up.owner_id}
    _tell(CARRIED, onto, leading, rung=rung, uow=uow)


def remind(event: FollowUpPlanned, *, uow: UnitOfWork) -> None:
    """Once, before the day; after a day to which it was put off, on that day. Planned anew with
    each change, so what was planned before falls away."""
    _cancel(event.follow_up_id, uow=uow)
    follow_up = _kept(event.follow_up_id, uow=uow)
    if follow_up.state != "open":
        return
    day = max(follow_up.due_on - AHEAD, follow_up.snoozed_until or date.min)
    on = [each for each in (day, follow_up.due_on) if brussels(each, AT) > uow.now()]
    if on:
        alerts.plan([_due(follow_up, on[0])], uow=uow)


def forget(event: FollowUpClosed, *, uow: UnitOfWork) -> None:
    _cancel(event.follow_up_id, uow=uow)


def _due(follow_up: _Kept, on: date) -> NewAlert:
    return NewAlert(
        kind=DUE,
        object_id=follow_up.session_id,
        due_at=brussels(on, AT),
        recipient_role=RecipientRole.PERSON,
        recipient_id=follow_up.owner_id,
        rung=f"{follow_up.id} {follow_up.version}",
        facts={"due_on": follow_up.due_on.isoformat(), "number": follow_up.number},
    )


def _cancel(follow_up_id: UUID, *, uow: UnitOfWork) -> None:
    """Only what is about this one: an alert is filed under its session."""
    uow.session.execute(
        update(Alert)
        .where(Alert.kind == DUE, Alert.rung.startswith(f"{follow_up_id} "))
        .where(Alert.object_id == _session_of(follow_up_id, uow=uow))
        .where(Alert.state.in_([AlertState.PLANNED, AlertState.SENDING]))
        .values(state=AlertState.CANCELLED),
        execution_options={"synchronize_session": False},
    )


def _session_of(follow_up_id: UUID, *, uow: UnitOfWork) -> UUID:
    return _kept(follow_up_id, uow=uow).session_id


def _kept(follow_up_id: UUID, *, uow: UnitOfWork) -> _Kept:
    return _Kept(*uow.session.execute(_FOLLOW_UP, {"id": follow_up_id}).one())


def _tell(
    kind: str, session: IntervisionSession, people: Iterable[UUID], *, rung: str, uow: UnitOfWork
) -> None:
    now = uow.now()
    told = [new_alert(kind, session, each, due_at=now, rung=rung) for each in sorted(people)]
    alerts.plan(told, uow=uow)


def _invited(session: IntervisionSession, *, uow: UnitOfWork) -> Iterable[UUID]:
    found = select(SessionInvitation.professional_id).where(
        SessionInvitation.session_id == session.id, SessionInvitation.state.in_(_COMING)
    )
    return uow.session.scalars(found)


def _leading(session: IntervisionSession, *, uow: UnitOfWork) -> list[Any]:
    series = load(IntervisionSeries, session.series_id, uow=uow)
    return [each for each in (series.facilitator_id, series.co_facilitator_id) if each]
