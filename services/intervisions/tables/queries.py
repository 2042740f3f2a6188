"""Who sits where: the facilitator sees every table, the others their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from services.intervisions import policy
from services.intervisions.tables.model import Placed
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Sitting:
    """`placed`, `note` and `signed` are for the facilitator; to the others they are null."""

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
    people: list[Sitting]


@dataclass(frozen=True)
class SeatingView:
    """`unseated`: who comes and has no seat that is possible; for the facilitator alone."""

    version: int
    state: str
    dry_run: bool
    tables: list[TableView]
    unseated: list[Sitting]


_TABLES = text(
    """
    SELECT t.id, t.number, t.proposal_id, t.topic, sits_at(t.id) AS mine
    FROM session_tables t WHERE t.session_id = :session ORDER BY t.number
    """
)
_PLAN = text("SELECT version, state FROM seat_plans WHERE session_id = :session")
# Everybody who comes, with the seat they have as long as it is possible. Each table is read once:
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
    """As it is; with `instead`, as it would be with those seats."""
    session = policy.session_of(session_id, uow=uow)
    asked = {"session": session.id}
    leads = policy.facilitates(session, uow=uow)
    rows = uow.session.execute(_ALL if leads else _MINE, asked).all()
    at: dict[UUID | None, list[Sitting]] = {}
    for key, name, organisation, sector, table, placed, note, signed in rows:
        seat = table if instead is None else instead.get(key)
        stays = seat == table
        how = placed if stays else Placed.AUTOMATIC if seat else None
        why = note if stays else None
        person = Sitting(key, name, organisation, sector, how, why, signed)
        at.setdefault(seat, []).append(person)
    tables = [
        TableView(key, number, proposal, topic, mine, at.get(key, []))
        for key, number, proposal, topic, mine in uow.session.execute(_TABLES, asked)
    ]
    version, state = uow.session.execute(_PLAN, asked).one_or_none() or (0, "open")
    return SeatingView(version, state, instead is not None, tables, at.get(None, []))
