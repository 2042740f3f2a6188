"""What somebody is told of follow-ups. Row-level security says which, and whose words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.intervisions import policy
from services.intervisions.follow_ups.model import FLAGGED_AT, FollowUpState
from services.intervisions.follow_ups.views import FollowUpView
from services.intervisions.weeks import week_of
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SealedSide:
    """For the reference worker alone: which case it is about, and the task that was written."""

    case_id: UUID
    task_id: UUID | None


# The day is for whoever has something to keep by it. Order: what is open first, then by week.
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


def one(follow_up_id: UUID, *, actor: Actor, uow: UnitOfWork) -> FollowUpView:
    values = {"id": follow_up_id, "me": actor.id}
    row = uow.session.execute(_ONE, values).one_or_none()
    if row is None:
        raise NotFound
    return _view(row, uow=uow)


def sealed_side(follow_up_id: UUID, *, actor: Actor, uow: UnitOfWork) -> SealedSide | None:
    """None to anybody but the reference worker; to her it is a reading of the case."""
    row = uow.session.execute(_SEALED, {"id": follow_up_id}).one_or_none()
    if row is None:
        return None
    uow.read(row.case_id, "follow-up", 0, actor=actor)
    return SealedSide(case_id=row.case_id, task_id=row.task_id)


def mine(*, actor: Actor, uow: UnitOfWork) -> list[FollowUpView]:
    """What I own, and what waits for the reference worker of a case, who I am."""
    return _views(_MINE, {"me": actor.id}, uow=uow)


def made_in(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[FollowUpView]:
    """For whoever attends that session."""
    policy.session_of(session_id, uow=uow)
    return _views(_MADE_IN, {"id": session_id, "me": actor.id}, uow=uow)


def of_agenda(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[FollowUpView]:
    """What opens the agenda: not closed, or closed since the session before."""
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
