"""What is done periodically, by whichever sweeper comes first; doing it twice is harmless."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from services.audit.commands import note_unusual_reading, seal_entries
from services.shared.attempts import forget_old_attempts
from services.shared.idempotency import forget_old_answers
from services.shared.unit_of_work import UnitOfWork


class Chore(Protocol):
    def __call__(self, *, uow: UnitOfWork) -> object: ...


@dataclass(frozen=True)
class Row:
    """`run` asks for a window ("older than"), never for an instant: a missed turn heals itself."""

    every: timedelta
    run: Chore


TIMETABLE: tuple[Row, ...] = (
    Row(timedelta(seconds=1), seal_entries),
    Row(timedelta(minutes=1), note_unusual_reading),
    Row(timedelta(hours=1), forget_old_answers),
    Row(timedelta(hours=1), forget_old_attempts),
)
