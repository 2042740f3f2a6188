"""Minutes, for whoever sits at the table and signed, and for who answers for the case behind it.

Row-level security decides (`seating_security.sql`): what these statements do not find is not there.
Nothing here says when anything was written.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.policy import require_lead
from services.consent.queries import access_to
from services.intervisions.minutes.commands import table_of
from services.shared.actor import Actor
from services.shared.categories import ALL
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class MinutesView:
    id: UUID
    table_id: UUID
    state: str
    version: int
    number: int
    note_taker_id: UUID
    note_taker: str
    body: str
    addenda: list[dict[str, Any]]


@dataclass(frozen=True)
class WordingView:
    number: int
    author_id: UUID
    author: str
    body: str


@dataclass(frozen=True)
class MinutesOfCase:
    id: UUID
    session_id: UUID
    proposal_id: UUID
    state: str


_MINUTES = text(
    """
    SELECT m.id, m.table_id, m.state, m.version, m.latest, m.note_taker_id, x.name, r.body,
      (SELECT coalesce(json_agg(json_build_object('number', a.number, 'author_id', a.author_id,
         'author', y.name, 'body', a.body) ORDER BY a.number), '[]')
       FROM minutes_addenda a JOIN professionals y ON y.id = a.author_id
       WHERE a.minutes_id = m.id) AS addenda
    FROM minutes m JOIN professionals x ON x.id = m.note_taker_id
    JOIN minutes_revisions r ON r.minutes_id = m.id AND r.number = m.latest
    WHERE m.id = :minutes
    """
)
_OF_TABLE = text("SELECT id FROM minutes WHERE table_id = :table")
_REVISIONS = text(
    """
    SELECT r.number, r.author_id, x.name, r.body
    FROM minutes_revisions r JOIN professionals x ON x.id = r.author_id
    WHERE r.minutes_id = :minutes ORDER BY r.number
    """
)
_OF_CASE = text(
    """
    SELECT m.id, m.session_id, m.proposal_id, m.state
    FROM proposal_sources s JOIN may_see v ON v.case_id = s.case_id AND v.leads
    JOIN minutes m ON m.proposal_id = s.proposal_id
    WHERE s.case_id = :case ORDER BY m.id
    """
)


def minutes(minutes_id: UUID, *, uow: UnitOfWork) -> MinutesView:
    found = uow.session.execute(_MINUTES, {"minutes": minutes_id}).one_or_none()
    if found is None:
        raise NotFound
    return MinutesView(*found)


def minutes_of_table(table_id: UUID, *, actor: Actor, uow: UnitOfWork) -> MinutesView:
    table_of(table_id, actor=actor, uow=uow)
    found = uow.session.scalar(_OF_TABLE, {"table": table_id})
    if found is None:
        raise NotFound
    return minutes(found, uow=uow)


def wordings(minutes_id: UUID, *, uow: UnitOfWork) -> list[WordingView]:
    """Every revision, the first first."""
    found = [WordingView(*row) for row in uow.session.execute(_REVISIONS, {"minutes": minutes_id})]
    if not found:
        raise NotFound
    return found


def minutes_of_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[MinutesOfCase]:
    """Where the case was discussed: for its reference worker alone."""
    require_lead(access_to(case_id, uow=uow))
    found = [MinutesOfCase(*row) for row in uow.session.execute(_OF_CASE, {"case": case_id})]
    uow.read(case_id, "intervision_minutes", int(ALL), actor=actor)
    return found
