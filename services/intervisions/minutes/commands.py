"""Minutes of a table: written by who sits there and signed, final by whoever takes the notes, and
brought back to the case by nobody but its reference worker.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from services.cases.model import Note
from services.cases.notes.commands import WriteNote, write_note
from services.intervisions.minutes.copied_words import repeats
from services.intervisions.minutes.model import Minutes, MinutesAddendum, MinutesRevision
from services.intervisions.minutes.screen import screened
from services.intervisions.model import IntervisionSession, SessionTable
from services.intervisions.tables import alerts as seat_alerts
from services.intervisions.tables.undertakings import require_signed
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

_SITS_AT = text("SELECT sits_at(:table)")
_AT_TABLE = text("SELECT professional_id FROM seats WHERE table_id = :table")
# Through the sealed link, for whoever answers for that case now.
_CASE_BEHIND = text(
    """
    SELECT s.case_id FROM minutes m
    JOIN proposal_sources s ON s.proposal_id = m.proposal_id
    JOIN may_see v ON v.case_id = s.case_id AND v.leads
    WHERE m.id = :minutes
    """
)


def table_of(table_id: UUID, *, actor: Actor, uow: UnitOfWork) -> SessionTable:
    """The reader's own table. To everybody else it has nothing to say, the facilitator too."""
    table = load(SessionTable, table_id, uow=uow)
    if not uow.session.scalar(_SITS_AT, {"table": table.id}):
        raise NotFound
    require_signed(table.session_id, actor=actor, uow=uow)
    return table


def begin_minutes(table_id: UUID, body: str, *, actor: Actor, uow: UnitOfWork) -> Minutes:
    """Whoever begins them takes the notes."""
    table = table_of(table_id, actor=actor, uow=uow)
    words = screened(body, table.proposal_id, uow=uow)
    minutes = Minutes(
        session_id=table.session_id,
        table_id=table.id,
        proposal_id=table.proposal_id,
        note_taker_id=actor.id,
        latest=1,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(minutes)
    except IntegrityError as begun:
        raise Conflict("minutes-begun") from begun
    _add(minutes, words, actor=actor, uow=uow)
    uow.record("begin_minutes", minutes, actor=actor, case_id=None, after={"number": 1})
    return minutes


def revise_minutes(
    minutes_id: UUID, body: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> Minutes:
    """The whole text anew, by anybody of the table; the wordings before stay."""
    minutes = _draft(minutes_id, version, actor=actor, uow=uow)
    words = screened(body, minutes.proposal_id, uow=uow)
    number = minutes.revise()
    uow.session.flush()
    _add(minutes, words, actor=actor, uow=uow)
    uow.record("revise_minutes", minutes, actor=actor, case_id=None, after={"number": number})
    return minutes


def take_notes(minutes_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Minutes:
    """Somebody else of the table does it from now on: whoever did may have lost their seat."""
    minutes = _draft(minutes_id, version, actor=actor, uow=uow)
    before = {"note_taker": minutes.note_taker_id}
    minutes.note_taker_id = actor.id
    uow.session.flush()
    after = {"note_taker": actor.id, "version": minutes.version}
    uow.record("take_notes", minutes, actor=actor, case_id=None, before=before, after=after)
    return minutes


def finalise_minutes(minutes_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Minutes:
    """From now on nobody changes them; what is missing is added beside them."""
    minutes = _draft(minutes_id, version, actor=actor, uow=uow)
    minutes.finalise(actor.id)
    uow.session.flush()
    after = {"state": minutes.state, "number": minutes.latest}
    uow.record("finalise_minutes", minutes, actor=actor, case_id=None, after=after)
    table = load(SessionTable, minutes.table_id, uow=uow)
    session = load(IntervisionSession, minutes.session_id, uow=uow)
    people = sorted(uow.session.scalars(_AT_TABLE, {"table": table.id}))
    rung = f"table {table.number}"
    seat_alerts.tell(seat_alerts.MINUTES_FINAL, session, people, rung=rung, uow=uow)
    return minutes


def add_to_minutes(
    minutes_id: UUID, body: str, *, actor: Actor, uow: UnitOfWork
) -> MinutesAddendum:
    minutes = load(Minutes, minutes_id, uow=uow)
    table_of(minutes.table_id, actor=actor, uow=uow)
    minutes.require_final()
    those = MinutesAddendum.minutes_id == minutes.id
    last = uow.session.scalar(select(func.max(MinutesAddendum.number)).where(those))
    words = screened(body, minutes.proposal_id, uow=uow)
    addendum = MinutesAddendum(
        minutes_id=minutes.id, number=1 + (last or 0), author_id=actor.id, body=words
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(addendum)
    except IntegrityError as together:
        raise Conflict("conflict") from together
    after = {"number": addendum.number}
    uow.record("add_to_minutes", minutes, actor=actor, case_id=None, after=after)
    return addendum


@dataclass(frozen=True, kw_only=True)
class CopyToCase:
    """`personal`: for the reference worker's eyes alone."""

    minutes_id: UUID
    category: Category
    body: str
    personal: bool = False


def copy_to_case(cmd: CopyToCase, *, actor: Actor, uow: UnitOfWork) -> Note:
    """A note in the case, by its reference worker, with the rights and under the rules of any note.

    In words of her own: whoever knew both texts could put the two together. What is for her alone
    may repeat the minutes. To everybody else, also at the table, there is no case.
    """
    minutes = load(Minutes, cmd.minutes_id, uow=uow)
    case_id = uow.session.scalar(_CASE_BEHIND, {"minutes": minutes.id})
    if case_id is None:
        raise NotFound
    minutes.require_final()
    if not cmd.personal and any(repeats(cmd.body, each) for each in _wordings(minutes, uow=uow)):
        raise RuleBroken("words-of-the-session")
    note = WriteNote(case_id=case_id, category=cmd.category, body=cmd.body, personal=cmd.personal)
    return write_note(note, actor=actor, uow=uow)


def _draft(minutes_id: UUID, version: int, *, actor: Actor, uow: UnitOfWork) -> Minutes:
    minutes = load(Minutes, minutes_id, uow=uow)
    table_of(minutes.table_id, actor=actor, uow=uow)
    minutes.require_draft()
    lock(minutes, uow=uow)
    require_version(minutes, version)
    return minutes


def _add(minutes: Minutes, words: str, *, actor: Actor, uow: UnitOfWork) -> None:
    uow.session.add(
        MinutesRevision(
            minutes_id=minutes.id, number=minutes.latest, author_id=actor.id, body=words
        )
    )
    uow.session.flush()


def _wordings(minutes: Minutes, *, uow: UnitOfWork) -> set[str]:
    revisions = select(MinutesRevision.body).where(MinutesRevision.minutes_id == minutes.id)
    addenda = select(MinutesAddendum.body).where(MinutesAddendum.minutes_id == minutes.id)
    return set(uow.session.scalars(revisions.union_all(addenda)))
