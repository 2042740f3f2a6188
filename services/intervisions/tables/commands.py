"""Tables of a session, and who sits at them: made, allocated, moved by hand, closed.

The rule of who can sit where stands in `seating.sql`. It is asked three times: for the allocation,
inside the statement that seats, and whenever somebody reads by their seat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from services.intervisions import policy
from services.intervisions.model import (
    IntervisionSession,
    Proposal,
    ProposalState,
    SeriesKind,
    SessionState,
    SessionTable,
)
from services.intervisions.seating.allotment import Participant, Seating, Table, allot
from services.intervisions.tables import alerts as seat_alerts
from services.intervisions.tables.model import Placed, Seat, SeatPlan, SeatPlanState
from services.intervisions.tables.queries import seating
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

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
# What became impossible since the allocation was worked out is not written.
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
    """About one of the two: a proposal, or a topic."""

    proposal_id: UUID | None = None
    topic: str | None = None


def make_tables(
    session_id: UUID, tables: tuple[NewTable, ...], *, actor: Actor, uow: UnitOfWork
) -> list[SessionTable]:
    """Further tables, numbered on from those there are."""
    session = _led(session_id, uow=uow)
    plan = _begun(session, uow=uow)
    plan.require_open()
    made = [_table(session, each, uow=uow) for each in tables]
    plan.touch()
    uow.session.flush()
    for table in made:
        uow.record("make_table", table, actor=actor, case_id=None, after={"number": table.number})
    return made


def remove_table(table_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> UUID:
    """As long as nothing was written there: its people are without a seat. The session's id."""
    table = load(SessionTable, table_id, uow=uow)
    session = _led(table.session_id, uow=uow)
    plan = _held(session, uow=uow)
    require_version(plan, version)
    uow.session.execute(delete(Seat).where(Seat.table_id == table.id))
    try:
        with uow.session.begin_nested():
            uow.session.delete(table)
    except IntegrityError as written:
        raise Conflict("table-in-use") from written
    plan.touch()
    uow.session.flush()
    before = {"number": table.number}
    uow.record("remove_table", table, actor=actor, case_id=None, before=before)
    return session.id


def _led(session_id: UUID, *, uow: UnitOfWork) -> IntervisionSession:
    """A session with tables that has not been cancelled, for whoever facilitates it."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_facilitator(session, uow=uow)
    kinds = (SeriesKind.INTERVISION, SeriesKind.CONCERTATION, SeriesKind.HOUSING_TABLE)
    policy.require_kind(session, *kinds, uow=uow)
    if session.state == SessionState.CANCELLED:
        raise Conflict("session-not-planned", state=session.state)
    return session


def _begun(session: IntervisionSession, *, uow: UnitOfWork) -> SeatPlan:
    """The plan of the session, held until the transaction ends; a first one if there is none."""
    lock(session, uow=uow)
    if uow.session.get(SeatPlan, session.id) is None:
        uow.session.add(SeatPlan(session_id=session.id))
        uow.session.flush()
    return _held(session, uow=uow)


def _held(session: IntervisionSession, *, uow: UnitOfWork) -> SeatPlan:
    plan = uow.session.get(SeatPlan, session.id)
    if plan is None:
        raise RuleBroken("no-tables")
    lock(plan, uow=uow)
    return plan


def _table(session: IntervisionSession, new: NewTable, *, uow: UnitOfWork) -> SessionTable:
    if new.proposal_id is not None:
        _require_discussable(session, new.proposal_id, uow=uow)
    of_session = SessionTable.session_id == session.id
    last = uow.session.scalar(select(func.max(SessionTable.number)).where(of_session))
    table = SessionTable(session_id=session.id, number=1 + (last or 0), **vars(new))
    uow.session.add(table)
    uow.session.flush()
    return table


def _require_discussable(session: IntervisionSession, key: UUID, *, uow: UnitOfWork) -> None:
    proposal = load(Proposal, key, uow=uow)
    if proposal.session_id != session.id:
        raise NotFound
    policy.require_kind(session, SeriesKind.INTERVISION, uow=uow)
    if proposal.state != ProposalState.VISIBLE:
        raise RuleBroken("proposal-not-visible")
    taken = select(SessionTable.id).where(SessionTable.proposal_id == key)
    if uow.session.scalar(taken) is not None:
        raise Conflict("proposal-has-table")


def preview(session_id: UUID, *, version: int, uow: UnitOfWork) -> Mapping[UUID, UUID]:
    """What an allocation would give, written nowhere."""
    session, _ = _allocatable(session_id, version, uow=uow)
    return _allotted(session, uow=uow).seats


def allocate(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> None:
    """Everybody who comes; whom the facilitator moved by hand stays, if that is still possible."""
    session, plan = _allocatable(session_id, version, uow=uow)
    seating = _allotted(session, uow=uow)
    uow.session.execute(_CLEAR, {"session": session.id})
    values = {"people": list(seating.seats), "tables": list(seating.seats.values())}
    seated = uow.session.execute(_SEAT_ALL, {"session": session.id, **values}).all()
    plan.touch()
    uow.session.flush()
    after = {"written": len(seated), "version": plan.version}
    uow.record("allocate_seats", plan, actor=actor, case_id=None, after=after)


def _allocatable(
    session_id: UUID, version: int, *, uow: UnitOfWork
) -> tuple[IntervisionSession, SeatPlan]:
    session = _led(session_id, uow=uow)
    plan = _held(session, uow=uow)
    require_version(plan, version)
    plan.require_open()
    return session, plan


def _allotted(session: IntervisionSession, *, uow: UnitOfWork) -> Seating:
    of_session = SessionTable.session_id == session.id
    rows = uow.session.execute(select(SessionTable.id, SessionTable.number).where(of_session)).all()
    people = uow.session.execute(_COMING, {"session": session.id})
    bars = uow.session.execute(_BARS, {"session": session.id})
    by_hand = select(Seat.professional_id, Seat.table_id).where(
        Seat.session_id == session.id, Seat.placed == Placed.MOVED
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
    """To a table that is possible for them; also once the seats are closed."""
    session = _led(cmd.session_id, uow=uow)
    plan = _held(session, uow=uow)
    require_version(plan, version)
    if load(SessionTable, cmd.table_id, uow=uow).session_id != session.id:
        raise NotFound
    values = {"session": session.id, "who": cmd.professional_id, "table": cmd.table_id}
    if uow.session.scalar(_MOVE, {**values, "note": cmd.note}) is None:
        raise Conflict("seat-not-possible")
    plan.touch()
    uow.session.flush()
    after = {"professional": cmd.professional_id, "table": cmd.table_id, "version": plan.version}
    uow.record("move_seat", plan, actor=actor, case_id=None, after=after)
    if plan.state == SeatPlanState.CLOSED:
        _tell(session, plan, [cmd.professional_id], uow=uow)


def close_seating(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> None:
    """Everybody who has a seat is told so; from now on people are moved by hand alone."""
    session, plan = _allocatable(session_id, version, uow=uow)
    plan.close()
    uow.session.flush()
    after = {"state": plan.state, "version": plan.version}
    uow.record("close_seating", plan, actor=actor, case_id=None, after=after)
    shown = seating(session.id, uow=uow)
    seated = [each.professional_id for table in shown.tables for each in table.people]
    _tell(session, plan, seated, uow=uow)


def _tell(
    session: IntervisionSession, plan: SeatPlan, people: list[UUID], *, uow: UnitOfWork
) -> None:
    rung = f"seats {plan.version}"
    seat_alerts.tell(seat_alerts.SEATED, session, people, rung=rung, uow=uow)
