"""Minutes, for those who sit at the table and signed, and for the case's reference worker.

Row-level security decides (tables/security.sql): what these statements do not find does not exist.
No answer says when anything was written.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.policy import require_lead
from services.consent.queries import access_to
from services.intervisions.minutes.model import Minutes
from services.intervisions.minutes.policy import Writing
from services.intervisions.tables.model import SessionTable
from services.intervisions.tables.policy import require_seat
from services.intervisions.tables.queries import sitting_at
from services.shared.actor import Actor
from services.shared.categories import ALL
from services.shared.errors import NotFound
from services.shared.loading import load
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


def own_table(table_id: UUID, *, uow: UnitOfWork) -> SessionTable:
    """The table at which the actor sits; to everybody else it does not exist."""
    table = load(SessionTable, table_id, uow=uow)
    require_seat(sitting_at(table.id, table.session_id, uow=uow))
    return table


def writing_of(minutes: Minutes, /, *, uow: UnitOfWork) -> Writing:
    """These minutes, and what the actor is to their table."""
    sitting = sitting_at(minutes.table_id, minutes.session_id, uow=uow)
    return Writing(minutes=minutes, sitting=sitting)


def minutes_of_table(table_id: UUID, *, uow: UnitOfWork) -> MinutesView:
    own_table(table_id, uow=uow)
    found = uow.session.scalar(_OF_TABLE, {"table": table_id})
    if found is None:
        raise NotFound
    return minutes(found, uow=uow)


def wordings(minutes_id: UUID, *, uow: UnitOfWork) -> list[WordingView]:
    """Every revision of the text, the oldest first."""
    found = [WordingView(*row) for row in uow.session.execute(_REVISIONS, {"minutes": minutes_id})]
    if not found:
        raise NotFound
    return found


def minutes_of_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[MinutesOfCase]:
    """The minutes of the tables that discussed a case, for its reference worker alone."""
    require_lead(access_to(case_id, uow=uow))
    found = [MinutesOfCase(*row) for row in uow.session.execute(_OF_CASE, {"case": case_id})]
    uow.read(case_id, "intervision_minutes", int(ALL), actor=actor)
    return found
