"""Commands that plan, move and cancel sessions, and say that they took place.

This is the top floor of the feature: a planned session gets its agenda, and a session that took
place carries over what is still to do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm.attributes import flag_modified

from services.intervisions import invitations, policy, reminders
from services.intervisions.agendas.commands import open_agenda
from services.intervisions.alerts import tell
from services.intervisions.follow_ups.carry_over import carry_over
from services.intervisions.hold import hold
from services.intervisions.model import (
    IntervisionSeries,
    IntervisionSession,
    SeriesKind,
    SessionState,
)
from services.intervisions.queries import part_of
from services.intervisions.series import held_series, hosts_of, members_of
from services.shared.actor import Actor
from services.shared.clock import BRUSSELS
from services.shared.errors import RuleBroken, StaleVersion
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

# The version that `queries` shows: it rises with the session and with every answer to it.
_VERSION = text(
    """
    SELECT i.version + coalesce((SELECT sum(v.version) FROM session_invitations v
                                 WHERE v.session_id = i.id), 0)
    FROM intervision_sessions i WHERE i.id = :session
    """
)


@dataclass(frozen=True, kw_only=True)
class PlanSessions:
    """`count` sessions at the same hour on Brussels clocks, `every_weeks` apart.

    `host_id` hosts the first one; without it, the organisation whose turn it is. The next in turn
    host the others.
    """

    series_id: UUID
    starts_at: datetime
    ends_at: datetime
    every_weeks: int = 1
    count: int = 1
    host_id: UUID | None = None
    place: str | None = None
    link: str | None = None


def plan_sessions(cmd: PlanSessions, *, actor: Actor, uow: UnitOfWork) -> list[IntervisionSession]:
    """Plan sessions and invite the members of the series; a housing table invites nobody."""
    series = held_series(cmd.series_id, actor=actor, uow=uow)
    series.require_running()
    if cmd.ends_at <= cmd.starts_at or cmd.starts_at <= uow.now():
        raise RuleBroken("session-times")
    made = [_plan(series, cmd, nth, uow=uow) for nth in range(cmd.count)]
    invited = members_of(series.id, uow=uow)
    for session in made:
        after = {"starts_at": session.starts_at, "number": session.number}
        uow.record("plan_session", session, actor=actor, after=after)
        reminders.plan_for_facilitators(session, series, uow=uow)
        if series.kind != SeriesKind.HOUSING_TABLE:
            invitations.invite_all(session, invited, uow=uow)
    return made


def _plan(
    series: IntervisionSeries, cmd: PlanSessions, nth: int, *, uow: UnitOfWork
) -> IntervisionSession:
    number = 1 + (uow.session.scalar(_last_number(series)) or 0)
    session = IntervisionSession(
        series_id=series.id,
        number=number,
        starts_at=_weeks_later(cmd.starts_at, nth * cmd.every_weeks),
        ends_at=_weeks_later(cmd.ends_at, nth * cmd.every_weeks),
        host_id=_host(series, cmd, nth, number, uow=uow),
        place=cmd.place,
        link=cmd.link,
        sequence=0,
    )
    uow.session.add(session)
    uow.session.flush()
    open_agenda(session, uow=uow)
    return session


def _host(
    series: IntervisionSeries, cmd: PlanSessions, nth: int, number: int, *, uow: UnitOfWork
) -> UUID:
    hosts = hosts_of(series.id, uow=uow)
    if cmd.host_id is None:
        return hosts[(number - 1) % len(hosts)]
    if cmd.host_id not in hosts:
        raise RuleBroken("not-a-host")
    return hosts[(hosts.index(cmd.host_id) + nth) % len(hosts)]


def _weeks_later(moment: datetime, weeks: int) -> datetime:
    """The same hour on Brussels clocks some weeks later, even if the clocks changed in between."""
    return moment.astimezone(BRUSSELS) + timedelta(weeks=weeks)


def _last_number(series: IntervisionSeries) -> Select[int]:
    return select(func.max(IntervisionSession.number)).where(
        IntervisionSession.series_id == series.id
    )


@dataclass(frozen=True, kw_only=True)
class MoveSession:
    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str | None = None
    link: str | None = None


def move_session(
    cmd: MoveSession, *, version: int, actor: Actor, uow: UnitOfWork
) -> IntervisionSession:
    """Move a session: calendars follow, and everybody is asked again, as a yes was to a day."""
    session = _led(cmd.session_id, version=version, uow=uow)
    if cmd.starts_at <= uow.now():
        raise RuleBroken("session-times")
    before = {"starts_at": session.starts_at, "sequence": session.sequence}
    session.move(cmd.starts_at, cmd.ends_at)
    session.place, session.link = cmd.place, cmd.link
    uow.session.flush()
    after = {"starts_at": session.starts_at, "sequence": session.sequence}
    uow.record("move_session", session, actor=actor, before=before, after=after)
    reminders.forget(session, uow=uow)
    series = load(IntervisionSeries, session.series_id, uow=uow)
    reminders.plan_for_facilitators(session, series, uow=uow)
    invitations.ask_again(session, uow=uow)
    return session


def cancel_session(
    session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> IntervisionSession:
    """Cancel a session for good; calendars drop it, and everybody invited is told."""
    session = _led(session_id, version=version, uow=uow)
    session.cancel()
    uow.session.flush()
    after = {"state": session.state, "sequence": session.sequence}
    uow.record("cancel_session", session, actor=actor, after=after)
    reminders.forget(session, uow=uow)
    people = invitations.invited_people(session, uow=uow)
    tell(invitations.CANCELLED, session, people, uow=uow)
    return session


def record_attendance(
    session_id: UUID,
    present: frozenset[UUID],
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> IntervisionSession:
    """Say that a session took place, and which of those invited were there.

    It may be said again, to correct who was there.
    """
    session = _led(session_id, version=version, uow=uow)
    if session.state != SessionState.HELD:
        session.mark_held(uow.now())
    expected = {each.professional_id: each for each in invitations.invitations_of(session, uow=uow)}
    if present - expected.keys():
        raise RuleBroken("present-uninvited")
    for person, invitation in expected.items():
        if invitation.stands:
            invitation.attended = person in present
    flag_modified(session, "state")
    uow.session.flush()
    after = {"state": session.state, "present": len(present)}
    uow.record("hold_session", session, actor=actor, after=after)
    carry_over(session, actor=actor, uow=uow)
    reminders.forget(session, uow=uow)
    return session


def _led(session_id: UUID, *, version: int, uow: UnitOfWork) -> IntervisionSession:
    """A session that the actor facilitates, locked. The version counts the answers too."""
    session, _ = hold(IntervisionSession, session_id, part_of, policy.require_facilitator, uow=uow)
    if uow.session.scalar(_VERSION, {"session": session_id}) != version:
        raise StaleVersion
    return session
