"""Commands by which people at a table write its minutes, and the note taker makes them final.

Only the reference worker of the case behind a table brings something of its minutes to the case.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from services.cases.model import Note
from services.cases.notes.commands import WriteNote, write_note
from services.intervisions.alerts import tell
from services.intervisions.hold import hold
from services.intervisions.minutes.model import Minutes, MinutesAddendum, MinutesRevision
from services.intervisions.minutes.policy import require_writer
from services.intervisions.minutes.queries import own_table, writing_of
from services.intervisions.model import IntervisionSession
from services.intervisions.screening.session_screen import screened
from services.intervisions.screening.verbatim import repeats
from services.intervisions.tables.model import SessionTable
from services.intervisions.tables.policy import require_seat
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

MINUTES_FINAL = "intervisions.minutes_final"
_AT_TABLE = text("SELECT professional_id FROM seats WHERE table_id = :table")
# Only the case's present reference worker finds it, through the sealed link.
_CASE_BEHIND = text(
    """
    SELECT s.case_id FROM minutes m
    JOIN proposal_sources s ON s.proposal_id = m.proposal_id
    JOIN may_see v ON v.case_id = s.case_id AND v.leads
    WHERE m.id = :minutes
    """
)


def begin_minutes(table_id: UUID, body: str, *, actor: Actor, uow: UnitOfWork) -> Minutes:
    """Begin the minutes of the actor's table; the actor becomes their note taker."""
    table = own_table(table_id, uow=uow)
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
    uow.record("begin_minutes", minutes, actor=actor, after={"number": 1})
    return minutes


def revise_minutes(
    minutes_id: UUID, body: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> Minutes:
    """Write the whole text anew, as anybody of the table may; earlier wordings stay."""
    minutes = _draft(minutes_id, version, uow=uow)
    words = screened(body, minutes.proposal_id, uow=uow)
    number = minutes.revise()
    uow.session.flush()
    _add(minutes, words, actor=actor, uow=uow)
    uow.record("revise_minutes", minutes, actor=actor, after={"number": number})
    return minutes


def take_notes(minutes_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Minutes:
    """Become the note taker, as anybody of the table may if the former one lost their seat."""
    minutes = _draft(minutes_id, version, uow=uow)
    before = {"note_taker": minutes.note_taker_id}
    minutes.note_taker_id = actor.id
    uow.session.flush()
    after = {"note_taker": actor.id, "version": minutes.version}
    uow.record("take_notes", minutes, actor=actor, before=before, after=after)
    return minutes


def finalise_minutes(minutes_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Minutes:
    """Make the minutes final: nobody changes them any more, and what is missing is added beside."""
    minutes = _draft(minutes_id, version, uow=uow)
    minutes.finalise(actor.id)
    uow.session.flush()
    after = {"state": minutes.state, "number": minutes.latest}
    uow.record("finalise_minutes", minutes, actor=actor, after=after)
    table = load(SessionTable, minutes.table_id, uow=uow)
    session = load(IntervisionSession, minutes.session_id, uow=uow)
    people = uow.session.scalars(_AT_TABLE, {"table": table.id})
    tell(MINUTES_FINAL, session, people, rung=f"table {table.number}", uow=uow)
    return minutes


def add_to_minutes(
    minutes_id: UUID, body: str, *, actor: Actor, uow: UnitOfWork
) -> MinutesAddendum:
    minutes = load(Minutes, minutes_id, uow=uow)
    require_seat(writing_of(minutes, uow=uow).sitting)
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
    uow.record("add_to_minutes", minutes, actor=actor, after=after)
    return addendum


@dataclass(frozen=True, kw_only=True)
class CopyToCase:
    """A note to write into the case; a `personal` one is for the reference worker's eyes alone."""

    minutes_id: UUID
    category: Category
    body: str
    personal: bool = False


def copy_to_case(cmd: CopyToCase, *, actor: Actor, uow: UnitOfWork) -> Note:
    """Write a note into the case, as its reference worker, under the rules of any note.

    It must be in other words than the minutes, as a reader of both texts could put the two
    together; a personal note may repeat them. To everybody else at the table there is no case.
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


def _draft(minutes_id: UUID, version: int, *, uow: UnitOfWork) -> Minutes:
    """The draft of the actor's table, locked."""
    minutes, _ = hold(Minutes, minutes_id, writing_of, require_writer, version=version, uow=uow)
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
