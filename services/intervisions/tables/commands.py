"""Commands that make the tables of a session, allocate seats, move people and close the seating.

The rule of who can sit where stands in tables/functions.sql. It is asked three times: for the
allocation, inside the statement that seats, and whenever somebody reads by their seat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from services.intervisions.alerts import tell
from services.intervisions.model import IntervisionSession, SeriesKind
from services.intervisions.policy import Part, require_kind
from services.intervisions.proposals.model import Proposal, ProposalState
from services.intervisions.queries import part_in
from services.intervisions.seating.allotment import Participant, Seating, Table, allot
from services.intervisions.tables.model import (
    Placement,
    Seat,
    SeatPlan,
    SeatPlanState,
    SessionTable,
)
from services.intervisions.tables.policy import require_table_leader
from services.intervisions.tables.queries import seating, table_of_session
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

SEATED = "intervisions.seated"
_COMING = text(
    """
    SELECT v.professional_id, CAST(x.organisation_id AS text), o.sector
    FROM session_invitations v JOIN professionals x ON x.id = v.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    WHERE v.session_id = :session
      AND (v.attended OR v.attended IS NULL AND v.state = 'accepted')
    """
)
_BARS = text("SELECT professional_id, table_id FROM seat_bars(:session)")
_CLEAR = text("DELETE FROM seats WHERE session_id = :session AND placed = 'automatic'")
# A seat that became impossible since the allocation was worked out is not written.
_SEAT_ALL = text(
    """
    WITH bars AS MATERIALIZED (SELECT * FROM seat_bars(:session))
    INSERT INTO seats (session_id, professional_id, table_id, placed)
    SELECT :session, v.who, v.at, 'automatic'
    FROM unnest(CAST(:people AS uuid[]), CAST(:tables AS uuid[])) AS v(who, at)
    WHERE NOT EXISTS (SELECT 1 FROM bars b WHERE b.professional_id = v.who AND b.table_id = v.at)
    ON CONFLICT (session_id, professional_id)
      DO UPDATE SET table_id = excluded.table_id, placed = 'automatic', note = NULL
      WHERE seats.table_id <> excluded.table_id
    RETURNING professional_id
    """
)
_MOVE = text(
    """
    INSERT INTO seats (session_id, professional_id, table_id, placed, note)
    SELECT :session, :who, :table, 'moved', :note WHERE can_be_seated(:table, :who)
    ON CONFLICT (session_id, professional_id)
      DO UPDATE SET table_id = excluded.table_id, placed = 'moved', note = excluded.note
    RETURNING table_id
    """
)


@dataclass(frozen=True, kw_only=True)
class NewTable:
    """A table to make, over a proposal or over a topic."""

    proposal_id: UUID | None = None
    topic: str | None = None


def make_tables(
    session_id: UUID, tables: tuple[NewTable, ...], *, actor: Actor, uow: UnitOfWork
) -> list[SessionTable]:
    """Make further tables, numbered on from those there are."""
    part = part_in(session_id, uow=uow)
    require_table_leader(part)
    plan = _begun(part.session, uow=uow)
    plan.require_open()
    made = [_table(part, each, uow=uow) for each in tables]
    plan.touch()
    uow.session.flush()
    for table in made:
        uow.record("make_table", table, actor=actor, after={"number": table.number})
    return made


def remove_table(table_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> UUID:
    """Remove a table at which nothing was written; the result is the session's id."""
    table = load(SessionTable, table_id, uow=uow)
    part, plan = _led(table.session_id, version, uow=uow)
    uow.session.execute(delete(Seat).where(Seat.table_id == table.id))
    try:
        with uow.session.begin_nested():
            uow.session.delete(table)
    except IntegrityError as written:
        raise Conflict("table-in-use") from written
    plan.touch()
    uow.session.flush()
    before = {"number": table.number}
    uow.record("remove_table", table, actor=actor, before=before)
    return part.session.id


def _led(session_id: UUID, version: int, *, uow: UnitOfWork) -> tuple[Part, SeatPlan]:
    """The actor's part and the locked plan; RuleBroken as long as the session has no tables."""
    part = part_in(session_id, uow=uow)
    require_table_leader(part)
    plan = _plan(session_id, uow=uow)
    require_version(plan, version)
    return part, plan


def _begun(session: IntervisionSession, *, uow: UnitOfWork) -> SeatPlan:
    """The locked plan of the session, which is made if there is none."""
    lock(session, uow=uow)
    if uow.session.get(SeatPlan, session.id) is None:
        uow.session.add(SeatPlan(session_id=session.id))
        uow.session.flush()
    return _plan(session.id, uow=uow)


def _plan(session_id: UUID, *, uow: UnitOfWork) -> SeatPlan:
    plan = uow.session.get(SeatPlan, session_id)
    if plan is None:
        raise RuleBroken("no-tables")
    lock(plan, uow=uow)
    return plan


def _table(part: Part, new: NewTable, *, uow: UnitOfWork) -> SessionTable:
    if new.proposal_id is not None:
        _require_discussable(part, new.proposal_id, uow=uow)
    session_id = part.session.id
    of_session = SessionTable.session_id == session_id
    last = uow.session.scalar(select(func.max(SessionTable.number)).where(of_session))
    table = SessionTable(session_id=session_id, number=1 + (last or 0), **vars(new))
    uow.session.add(table)
    uow.session.flush()
    return table


def _require_discussable(part: Part, key: UUID, *, uow: UnitOfWork) -> None:
    proposal = load(Proposal, key, uow=uow)
    if proposal.session_id != part.session.id:
        raise NotFound
    require_kind(part, SeriesKind.INTERVISION)
    if proposal.state != ProposalState.VISIBLE:
        raise RuleBroken("proposal-not-visible")
    taken = select(SessionTable.id).where(SessionTable.proposal_id == key)
    if uow.session.scalar(taken) is not None:
        raise Conflict("proposal-has-table")


def preview(session_id: UUID, *, version: int, uow: UnitOfWork) -> Mapping[UUID, UUID]:
    """The seats (person to table) that an allocation would give; nothing is written."""
    _allocatable(session_id, version, uow=uow)
    return _allotted(session_id, uow=uow).seats


def allocate(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> None:
    """Seat everybody who comes; those moved by hand stay, as long as that is possible."""
    _, plan = _allocatable(session_id, version, uow=uow)
    seating = _allotted(session_id, uow=uow)
    uow.session.execute(_CLEAR, {"session": session_id})
    values = {"people": list(seating.seats), "tables": list(seating.seats.values())}
    seated = uow.session.execute(_SEAT_ALL, {"session": session_id, **values}).all()
    plan.touch()
    uow.session.flush()
    after = {"written": len(seated), "version": plan.version}
    uow.record("allocate_seats", plan, actor=actor, after=after)


def _allocatable(session_id: UUID, version: int, *, uow: UnitOfWork) -> tuple[Part, SeatPlan]:
    part, plan = _led(session_id, version, uow=uow)
    plan.require_open()
    return part, plan


def _allotted(session_id: UUID, *, uow: UnitOfWork) -> Seating:
    of_session = SessionTable.session_id == session_id
    rows = uow.session.execute(select(SessionTable.id, SessionTable.number).where(of_session)).all()
    people = uow.session.execute(_COMING, {"session": session_id})
    bars = uow.session.execute(_BARS, {"session": session_id})
    by_hand = select(Seat.professional_id, Seat.table_id).where(
        Seat.session_id == session_id, Seat.placed == Placement.MOVED
    )
    return allot(
        [Participant(id=key, organisation=house, sector=sector) for key, house, sector in people],
        [Table(id=row.id, number=row.number) for row in rows],
        barred={(who, table) for who, table in bars},
        kept={who: table for who, table in uow.session.execute(by_hand)},
    )


@dataclass(frozen=True, kw_only=True)
class MovePerson:
    session_id: UUID
    professional_id: UUID
    table_id: UUID
    note: str


def move_person(cmd: MovePerson, *, version: int, actor: Actor, uow: UnitOfWork) -> None:
    """Move somebody to a table that is possible for them, even once the seating is closed."""
    part, plan = _led(cmd.session_id, version, uow=uow)
    table_of_session(cmd.table_id, cmd.session_id, uow=uow)
    values = {"session": cmd.session_id, "who": cmd.professional_id, "table": cmd.table_id}
    if uow.session.scalar(_MOVE, {**values, "note": cmd.note}) is None:
        raise Conflict("seat-not-possible")
    plan.touch()
    uow.session.flush()
    after = {"professional": cmd.professional_id, "table": cmd.table_id, "version": plan.version}
    uow.record("move_seat", plan, actor=actor, after=after)
    if plan.state == SeatPlanState.CLOSED:
        _tell_seats(part, plan, [cmd.professional_id], uow=uow)


def close_seating(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> None:
    """Tell everybody their seat; from now on people are moved by hand alone."""
    part, plan = _allocatable(session_id, version, uow=uow)
    plan.close()
    uow.session.flush()
    after = {"state": plan.state, "version": plan.version}
    uow.record("close_seating", plan, actor=actor, after=after)
    shown = seating(session_id, uow=uow)
    seated = [each.professional_id for table in shown.tables for each in table.people]
    _tell_seats(part, plan, seated, uow=uow)


def _tell_seats(part: Part, plan: SeatPlan, people: list[UUID], *, uow: UnitOfWork) -> None:
    tell(SEATED, part.session, people, rung=f"seats {plan.version}", uow=uow)
