"""What is done to the journals periodically, by whichever sweeper comes first."""

from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from services.audit.events import ReadingUnusual
from services.audit.model import UnusualReading
from services.shared.unit_of_work import UnitOfWork

# A sweep seals at most this many entries, well within its statement's five seconds.
SEAL_AT_MOST = 2_000
# Different cases one professional reads (security.md, top 20, row 8): beyond it people are told.
CASES_IN_AN_HOUR = 30
CASES_IN_A_DAY = 100

_SEAL = text("SELECT seal_audit(:max)")
_UNUSUAL = text(
    "SELECT professional_id, span, since, cases FROM unusual_readers(:now, :in_an_hour, :in_a_day)"
)


def seal_entries(*, uow: UnitOfWork) -> int:
    """Put what waits into the chain; returns how many. Two at once: one seals, one does nothing."""
    sealed: int = uow.session.execute(_SEAL, {"max": SEAL_AT_MOST}).scalar_one()
    return sealed


def note_unusual_reading(*, uow: UnitOfWork) -> int:
    """One record and one event per person and window, found in this window or the last."""
    limits = {"in_an_hour": CASES_IN_AN_HOUR, "in_a_day": CASES_IN_A_DAY}
    found = uow.session.execute(_UNUSUAL, {"now": uow.now(), **limits}).all()
    new = 0
    for row in found:
        reading_id = uow.session.scalar(
            insert(UnusualReading)
            .values(id=uuid4(), found_at=uow.now(), **row._mapping)
            .on_conflict_do_nothing(constraint="uq_unusual_readings_once")
            .returning(UnusualReading.id)
        )
        if reading_id is not None:
            new += 1
            uow.announce(ReadingUnusual(reading_id=reading_id), actor=None)
    return new
