"""Who sits where: a facilitator sees every table, the others see their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from services.intervisions.queries import attended
from services.intervisions.tables.model import Placement, SessionTable
from services.intervisions.tables.policy import Sitting
from services.shared.errors import NotFound
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class PersonView:
    """One person of a session. `placed`, `note` and `signed` are null for all but facilitators."""

    professional_id: UUID
    name: str
    organisation: str
    sector: str
    placed: str | None
    note: str | None
    signed: bool | None


@dataclass(frozen=True)
class TableView:
    id: UUID
    number: int
    proposal_id: UUID | None
    topic: str | None
    mine: bool
    people: list[PersonView]


@dataclass(frozen=True)
class SeatingView:
    """The seats of a session. `unseated` lists, for a facilitator, those who come and have no seat
    that is possible.
    """

    version: int
    state: str
    dry_run: bool
    tables: list[TableView]
    unseated: list[PersonView]


_TABLES = text(
    """
    SELECT t.id, t.number, t.proposal_id, t.topic, sits_at(t.id) AS mine
    FROM session_tables t WHERE t.session_id = :session ORDER BY t.number
    """
)
_PLAN = text("SELECT version, state FROM seat_plans WHERE session_id = :session")
# Everybody who comes, with their seat as long as that is possible. Each table is read once:
# a policy that a join asks again for every pair would make hundreds of people wait.
_ALL = text(
    """
    WITH bars AS MATERIALIZED (SELECT * FROM seat_bars(:session)),
    coming AS MATERIALIZED (
      SELECT v.professional_id FROM session_invitations v
      WHERE v.session_id = :session
        AND (v.attended OR v.attended IS NULL AND v.state = 'accepted')),
    seated AS MATERIALIZED (
      SELECT s.professional_id, s.table_id, s.placed, s.note FROM seats s
      WHERE s.session_id = :session),
    signed AS MATERIALIZED (
      SELECT u.professional_id FROM undertakings u WHERE u.session_id = :session)
    SELECT v.professional_id, x.name, o.name AS organisation, o.sector, s.table_id,
      s.placed, s.note, u.professional_id IS NOT NULL AS signed
    FROM coming v
    JOIN professionals x ON x.id = v.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    LEFT JOIN seated s ON s.professional_id = v.professional_id
      AND (s.professional_id, s.table_id) NOT IN (
        SELECT b.professional_id, b.table_id FROM bars b)
    LEFT JOIN signed u ON u.professional_id = v.professional_id
    ORDER BY x.name, v.professional_id
    """
)
# Row-level security shows the seats of the reader's own table, as far as they are possible.
_MINE = text(
    """
    SELECT s.professional_id, x.name, o.name AS organisation, o.sector, s.table_id,
      NULL AS placed, NULL AS note, NULL AS signed
    FROM seats s JOIN professionals x ON x.id = s.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    WHERE s.session_id = :session AND sits_at(s.table_id)
    ORDER BY x.name, s.professional_id
    """
)


def seating(
    session_id: UUID, *, uow: UnitOfWork, instead: Mapping[UUID, UUID] | None = None
) -> SeatingView:
    """The seats as they are, or as they would be with those of `instead` (person to table)."""
    part = attended(session_id, uow=uow)
    asked = {"session": session_id}
    rows = uow.session.execute(_ALL if part.facilitates else _MINE, asked).all()
    at: dict[UUID | None, list[PersonView]] = {}
    for key, name, organisation, sector, table, placed, note, signed in rows:
        seat = table if instead is None else instead.get(key)
        stays = seat == table
        how = placed if stays else Placement.AUTOMATIC if seat else None
        why = note if stays else None
        person = PersonView(key, name, organisation, sector, how, why, signed)
        at.setdefault(seat, []).append(person)
    tables = [
        TableView(key, number, proposal, topic, mine, at.get(key, []))
        for key, number, proposal, topic, mine in uow.session.execute(_TABLES, asked)
    ]
    version, state = uow.session.execute(_PLAN, asked).one_or_none() or (0, "open")
    return SeatingView(version, state, instead is not None, tables, at.get(None, []))


_SITTING = text(
    """
    SELECT sits_at(:table) AS sits,
           EXISTS (SELECT FROM undertakings u WHERE u.session_id = :session
                   AND u.professional_id = app_professional()) AS signed
    """
)


def table_of_session(table_id: UUID, session_id: UUID, *, uow: UnitOfWork) -> SessionTable:
    """The table, if it belongs to that session; NotFound otherwise."""
    table = load(SessionTable, table_id, uow=uow)
    if table.session_id != session_id:
        raise NotFound
    return table


def sitting_at(table_id: UUID, session_id: UUID, *, uow: UnitOfWork) -> Sitting:
    """What the actor is to this table of this session."""
    values = {"table": table_id, "session": session_id}
    return Sitting(**uow.session.execute(_SITTING, values).mappings().one())
