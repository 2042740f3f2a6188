"""What a reader sees of follow-ups. Row-level security decides which, and whose words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.intervisions.follow_ups.model import (
    FLAGGED_AT,
    Becomes,
    FollowUp,
    FollowUpState,
    FollowUpWords,
)
from services.intervisions.follow_ups.policy import Keeping
from services.intervisions.follow_ups.views import FollowUpView
from services.intervisions.follow_ups.weeks import week_of
from services.intervisions.queries import attended
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.loading import still_there
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SealedSide:
    """The case of a follow-up and the task that was written, for its reference worker alone."""

    case_id: UUID
    task_id: UUID | None


# Only who has something to keep by the day sees it. Order: what is open first, then by week.
_FOLLOW_UPS = """
    SELECT f.id, w.words, w.outcome, f.becomes, f.owner_id, x.name AS owner_name, f.due_on,
           f.snoozed_until, f.state, f.carried, f.version,
           f.owner_id = :me OR facilitates_series(f.series_id) AS keeps
    FROM follow_ups f
    JOIN professionals x ON x.id = f.owner_id
    LEFT JOIN follow_up_words w ON w.follow_up_id = f.id
    WHERE {which}
    ORDER BY f.state = 'open' DESC, to_char(f.due_on, 'IYYY-IW'), f.id
"""
_ONE = text(_FOLLOW_UPS.format(which="f.id = :id"))
_OF_AGENDA = text(_FOLLOW_UPS.format(which="f.id IN (SELECT agenda_follow_ups(:id))"))
_MADE_IN = text(_FOLLOW_UPS.format(which="f.session_id = :id"))
_MINE = text(
    _FOLLOW_UPS.format(
        which="f.state = 'open' AND (f.owner_id = :me OR answers_for_proposal(f.proposal_id)"
        " AND f.becomes = 'case')"
    )
)
_SEALED = text(
    """
    SELECT s.case_id, t.task_id
    FROM follow_ups f
    JOIN proposal_sources s ON s.proposal_id = f.proposal_id
    JOIN may_see m ON m.case_id = s.case_id AND m.leads
    LEFT JOIN follow_up_sources t ON t.follow_up_id = f.id
    WHERE f.id = :id AND f.becomes = 'case'
    """
)


_KEEPING = text(
    """
    SELECT f.owner_id = app_professional() AS owns, facilitates_series(f.series_id) AS facilitates,
           EXISTS (SELECT FROM follow_up_words w WHERE w.follow_up_id = f.id) AS reads_words
    FROM follow_ups f WHERE f.id = :id
    """
)
_OF_TABLE = text("SELECT is_of_table(:table, :who)")


def keeping_of(follow_up: FollowUp, /, *, uow: UnitOfWork) -> Keeping:
    """What the actor is to this follow-up."""
    row = still_there(uow.session.execute(_KEEPING, {"id": follow_up.id}).mappings())
    return Keeping(**row, becomes=Becomes(follow_up.becomes))


def words_of(follow_up: FollowUp, *, uow: UnitOfWork) -> FollowUpWords | None:
    """The words of a follow-up. None if they are hidden, or were erased with their case."""
    return uow.session.get(FollowUpWords, follow_up.id)


def is_of_table(table_id: UUID | None, who: UUID, *, uow: UnitOfWork) -> bool:
    """Whether somebody has a seat at this table that is still possible."""
    return bool(uow.session.scalar(_OF_TABLE, {"table": table_id, "who": who}))


def one(follow_up_id: UUID, *, actor: Actor, uow: UnitOfWork) -> FollowUpView:
    values = {"id": follow_up_id, "me": actor.id}
    row = uow.session.execute(_ONE, values).one_or_none()
    if row is None:
        raise NotFound
    return _view(row, uow=uow)


def sealed_side(follow_up_id: UUID, *, actor: Actor, uow: UnitOfWork) -> SealedSide | None:
    """The sealed side, for the reference worker, who thereby reads the case; None for others."""
    row = uow.session.execute(_SEALED, {"id": follow_up_id}).one_or_none()
    if row is None:
        return None
    uow.read(row.case_id, "follow-up", 0, actor=actor)
    return SealedSide(case_id=row.case_id, task_id=row.task_id)


def mine(*, actor: Actor, uow: UnitOfWork) -> list[FollowUpView]:
    """Open follow-ups that the actor owns, or that wait for them as a case's reference worker."""
    return _views(_MINE, {"me": actor.id}, uow=uow)


def made_in(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[FollowUpView]:
    """The follow-ups that were made in a session, for those who attend it."""
    attended(session_id, uow=uow)
    return _views(_MADE_IN, {"id": session_id, "me": actor.id}, uow=uow)


def of_agenda(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[FollowUpView]:
    """The follow-ups that open an agenda: those open, or closed since the session before."""
    return _views(_OF_AGENDA, {"id": session_id, "me": actor.id}, uow=uow)


def _views(query: Any, values: dict[str, Any], *, uow: UnitOfWork) -> list[FollowUpView]:
    return [_view(row, uow=uow) for row in uow.session.execute(query, values)]


def _view(row: Any, *, uow: UnitOfWork) -> FollowUpView:
    is_open = row.state == FollowUpState.OPEN
    return FollowUpView(
        id=row.id,
        words=row.words,
        outcome=row.outcome,
        becomes=row.becomes,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        due_week=week_of(row.due_on),
        due_on=row.due_on if row.keeps else None,
        snoozed=row.snoozed_until is not None and row.snoozed_until > uow.today(),
        snoozed_until=row.snoozed_until if row.keeps else None,
        state=row.state,
        carried=row.carried,
        flagged=is_open and row.carried >= FLAGGED_AT,
        version=row.version,
    )
