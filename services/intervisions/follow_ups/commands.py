"""What a session left to do: made by the facilitator or at a table, done, dropped, put off."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from services.intervisions import policy
from services.intervisions.follow_ups.events import FollowUpClosed, FollowUpPlanned
from services.intervisions.follow_ups.model import Becomes, FollowUp, FollowUpState, FollowUpWords
from services.intervisions.minutes.screen import screened
from services.intervisions.model import IntervisionSeries, SeriesKind, SessionState, SessionTable
from services.intervisions.policy import require_attending
from services.shared.actor import Actor
from services.shared.clock import legal_day
from services.shared.errors import Conflict, NotFound, Refused, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

_OF_TABLE = text("SELECT is_of_table(:table, :who)")
_NEXT = text("SELECT next_session_at(:series)")
_TELLING = (SeriesKind.INTERVISION, SeriesKind.CONCERTATION, SeriesKind.HOUSING_TABLE)


@dataclass(frozen=True, kw_only=True)
class PlanFollowUp:
    """Of a table, or of the session as a whole. `becomes` case: only of a table's proposal."""

    session_id: UUID
    words: str
    owner_id: UUID
    due_on: date
    becomes: Becomes
    table_id: UUID | None = None


def plan_follow_up(cmd: PlanFollowUp, *, actor: Actor, uow: UnitOfWork) -> FollowUp:
    """By whoever facilitates or is of the table; its owner comes to the session."""
    session = policy.session_of(cmd.session_id, uow=uow)
    table = _table(cmd, uow=uow)
    policy.require_kind(session, *_TELLING, uow=uow)
    if not is_of_table(cmd.table_id, actor.id, uow=uow):
        policy.require_facilitator(session, uow=uow)
    if session.state == SessionState.CANCELLED:
        raise Conflict("session-not-planned", state=session.state)
    _require_owner(cmd, table, uow=uow)
    proposal_id = table.proposal_id if table else None
    if cmd.becomes == Becomes.CASE and proposal_id is None:
        raise RuleBroken("follow-up-without-proposal")
    if cmd.due_on < uow.today():
        raise RuleBroken("follow-up-due-passed")
    words = screened(cmd.words, proposal_id, uow=uow)
    follow_up = FollowUp(
        series_id=session.series_id,
        session_id=session.id,
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
    uow.record("plan_follow_up", follow_up, actor=actor, case_id=None, after=after, event=planned)
    return follow_up


def finish(
    follow_up_id: UUID, outcome: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> FollowUp:
    """An action of the network, by its owner; one of a case closes with its task."""
    follow_up = load(FollowUp, follow_up_id, uow=uow)
    if follow_up.owner_id != actor.id:
        raise Refused("not-the-owner")
    if follow_up.becomes == Becomes.CASE:
        raise RuleBroken("follow-up-closes-with-its-task")
    return _close(follow_up, FollowUpState.DONE, outcome, version=version, actor=actor, uow=uow)


def drop(
    follow_up_id: UUID, outcome: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> FollowUp:
    """By its owner, or a facilitator to whom its words are open. A task that was written stays."""
    follow_up = load(FollowUp, follow_up_id, uow=uow)
    _require_keeper(follow_up, actor=actor, uow=uow)
    return _close(follow_up, FollowUpState.DROPPED, outcome, version=version, actor=actor, uow=uow)


def snooze(
    follow_up_id: UUID,
    until: date,
    *,
    beyond_next_session: bool,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> FollowUp:
    """Until then nobody is reminded, and no agenda brings it along. Not past the next session of
    the series unless that is what is meant."""
    follow_up = load(FollowUp, follow_up_id, uow=uow)
    _require_keeper(follow_up, actor=actor, uow=uow)
    _hold(follow_up, version, uow=uow)
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
        case_id=None,
        before=before,
        after=after,
        event=FollowUpPlanned(follow_up_id=follow_up.id),
    )
    return follow_up


def words_of(follow_up: FollowUp, *, uow: UnitOfWork) -> FollowUpWords | None:
    """None to whom they are closed, and once a case that was erased took them with it."""
    return uow.session.get(FollowUpWords, follow_up.id)


def is_of_table(table_id: UUID | None, who: UUID, *, uow: UnitOfWork) -> bool:
    return bool(uow.session.scalar(_OF_TABLE, {"table": table_id, "who": who}))


def _close(
    follow_up: FollowUp,
    state: FollowUpState,
    outcome: str,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> FollowUp:
    _hold(follow_up, version, uow=uow)
    follow_up.close(state, uow.now())
    words = words_of(follow_up, uow=uow)
    if words is not None:
        words.outcome = screened(outcome, follow_up.proposal_id, uow=uow)
    uow.session.flush()
    before = {"state": FollowUpState.OPEN.value, "version": version}
    after = {"state": follow_up.state, "version": follow_up.version}
    uow.record(
        "close_follow_up",
        follow_up,
        actor=actor,
        case_id=None,
        before=before,
        after=after,
        event=FollowUpClosed(follow_up_id=follow_up.id),
    )
    return follow_up


def _hold(follow_up: FollowUp, version: int, *, uow: UnitOfWork) -> None:
    lock(follow_up, uow=uow)
    require_version(follow_up, version)
    follow_up.require_open()


def _require_keeper(follow_up: FollowUp, *, actor: Actor, uow: UnitOfWork) -> None:
    if follow_up.owner_id == actor.id:
        return
    series = load(IntervisionSeries, follow_up.series_id, uow=uow)
    leads = actor.id in (series.facilitator_id, series.co_facilitator_id)
    if not leads or words_of(follow_up, uow=uow) is None:
        raise Refused("not-the-owner")


def _table(cmd: PlanFollowUp, *, uow: UnitOfWork) -> SessionTable | None:
    if cmd.table_id is None:
        return None
    table = load(SessionTable, cmd.table_id, uow=uow)
    if table.session_id != cmd.session_id:
        raise NotFound
    return table


def _require_owner(cmd: PlanFollowUp, table: SessionTable | None, *, uow: UnitOfWork) -> None:
    """Of a table with a proposal: somebody who sat at it."""
    require_attending(cmd.session_id, cmd.owner_id, uow=uow)
    of_proposal = table is not None and table.proposal_id is not None
    if of_proposal and not is_of_table(cmd.table_id, cmd.owner_id, uow=uow):
        raise RuleBroken("owner-not-attending")
