"""Commands that make follow-ups, finish and drop them, and put them off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from services.intervisions.follow_ups.events import FollowUpClosed, FollowUpPlanned
from services.intervisions.follow_ups.model import Becomes, FollowUp, FollowUpState, FollowUpWords
from services.intervisions.follow_ups.policy import (
    Keeping,
    require_finisher,
    require_keeper,
    require_planner,
)
from services.intervisions.follow_ups.queries import is_of_table, keeping_of, words_of
from services.intervisions.hold import hold
from services.intervisions.policy import require_owner_attends
from services.intervisions.queries import attended, attends
from services.intervisions.screening.session_screen import screened
from services.intervisions.tables.model import SessionTable
from services.intervisions.tables.queries import table_of_session
from services.shared.actor import Actor
from services.shared.clock import legal_day
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork

_NEXT = text("SELECT next_session_at(:series)")


@dataclass(frozen=True, kw_only=True)
class PlanFollowUp:
    """A follow-up of one table, or of the session as a whole. Only one that comes from a table with
    a proposal may become a case's task.
    """

    session_id: UUID
    words: str
    owner_id: UUID
    due_on: date
    becomes: Becomes
    table_id: UUID | None = None


def plan_follow_up(cmd: PlanFollowUp, *, actor: Actor, uow: UnitOfWork) -> FollowUp:
    """Give somebody who comes to the session something to do."""
    part = attended(cmd.session_id, uow=uow)
    table = None
    if cmd.table_id is not None:
        table = table_of_session(cmd.table_id, cmd.session_id, uow=uow)
    require_planner(part, of_table=is_of_table(cmd.table_id, actor.id, uow=uow))
    _require_owner(cmd, table, uow=uow)
    proposal_id = table.proposal_id if table else None
    if cmd.becomes == Becomes.CASE and proposal_id is None:
        raise RuleBroken("follow-up-without-proposal")
    if cmd.due_on < uow.today():
        raise RuleBroken("follow-up-due-passed")
    words = screened(cmd.words, proposal_id, uow=uow)
    follow_up = FollowUp(
        series_id=part.session.series_id,
        session_id=cmd.session_id,
        table_id=cmd.table_id,
        proposal_id=proposal_id,
        owner_id=cmd.owner_id,
        due_on=cmd.due_on,
        becomes=cmd.becomes,
        created_by=actor.id,
        state=FollowUpState.OPEN,
        carried=0,
    )
    uow.session.add(follow_up)
    uow.session.flush()
    uow.session.add(FollowUpWords(follow_up_id=follow_up.id, words=words))
    after = {"becomes": follow_up.becomes, "owner": cmd.owner_id, "due_on": cmd.due_on}
    planned = FollowUpPlanned(follow_up_id=follow_up.id)
    uow.record("plan_follow_up", follow_up, actor=actor, after=after, event=planned)
    return follow_up


def finish(
    follow_up_id: UUID, outcome: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> FollowUp:
    """Say that an action of the network is done."""
    follow_up = _held(follow_up_id, require_finisher, version=version, uow=uow)
    return _close(follow_up, FollowUpState.DONE, outcome, actor=actor, uow=uow)


def drop(
    follow_up_id: UUID, outcome: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> FollowUp:
    """Give a follow-up up, with a word; a task that was written for it stays."""
    follow_up = _held(follow_up_id, require_keeper, version=version, uow=uow)
    return _close(follow_up, FollowUpState.DROPPED, outcome, actor=actor, uow=uow)


def snooze(
    follow_up_id: UUID,
    until: date,
    *,
    beyond_next_session: bool,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> FollowUp:
    """Put a follow-up off: until that day nobody is reminded of it, and no agenda carries it over.

    A day after the next session of the series is refused unless `beyond_next_session` says so.
    """
    follow_up = _held(follow_up_id, require_keeper, version=version, uow=uow)
    if until <= uow.today():
        raise RuleBroken("snooze-not-ahead")
    upcoming: datetime | None = uow.session.scalar(_NEXT, {"series": follow_up.series_id})
    if upcoming is not None and until > legal_day(upcoming) and not beyond_next_session:
        raise RuleBroken("snooze-beyond-next-session", session_on=legal_day(upcoming))
    before = {"snoozed_until": follow_up.snoozed_until, "version": version}
    follow_up.snooze(until)
    uow.session.flush()
    after = {"snoozed_until": until, "version": follow_up.version}
    uow.record(
        "snooze_follow_up",
        follow_up,
        actor=actor,
        before=before,
        after=after,
        event=FollowUpPlanned(follow_up_id=follow_up.id),
    )
    return follow_up


def _close(
    follow_up: FollowUp, state: FollowUpState, outcome: str, *, actor: Actor, uow: UnitOfWork
) -> FollowUp:
    before = {"state": FollowUpState.OPEN.value, "version": follow_up.version}
    follow_up.close(state, uow.now())
    words = words_of(follow_up, uow=uow)
    if words is not None:
        words.outcome = screened(outcome, follow_up.proposal_id, uow=uow)
    uow.session.flush()
    after = {"state": follow_up.state, "version": follow_up.version}
    uow.record(
        "close_follow_up",
        follow_up,
        actor=actor,
        before=before,
        after=after,
        event=FollowUpClosed(follow_up_id=follow_up.id),
    )
    return follow_up


def _held(
    follow_up_id: UUID, may: Callable[[Keeping], None], *, version: int, uow: UnitOfWork
) -> FollowUp:
    """An open follow-up, locked."""
    follow_up, _ = hold(FollowUp, follow_up_id, keeping_of, may, version=version, uow=uow)
    follow_up.require_open()
    return follow_up


def _require_owner(cmd: PlanFollowUp, table: SessionTable | None, *, uow: UnitOfWork) -> None:
    """The owner attends the session; if a table with a proposal made it, they sat at that table."""
    require_owner_attends(attends(cmd.session_id, cmd.owner_id, uow=uow))
    if table is not None and table.proposal_id is not None:
        require_owner_attends(is_of_table(cmd.table_id, cmd.owner_id, uow=uow))
