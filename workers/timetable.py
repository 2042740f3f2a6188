"""What is done periodically, by whichever sweeper comes first; doing it twice is harmless."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from infra.files.store import DocumentStore
from notifications import canary
from notifications.set_aside import page, try_again
from services.audit.commands import note_unusual_reading, seal_entries
from services.cases.closings import expire_closings
from services.cases.handovers import expire_handovers
from services.cases.leaving import report_orphans
from services.evictions.hearing_lists import forget_unmatched_rows
from services.evictions.missing import miss_overdue
from services.evictions.recomputation import advance_recomputation
from services.retention.purging import forget_old_rows, purge_cases, warn_of_purges
from services.shared.attempts import forget_old_attempts
from services.shared.idempotency import forget_old_answers
from services.shared.unit_of_work import UnitOfWork
from workers.scanning import sweep_orphans


class Chore(Protocol):
    def __call__(self, *, uow: UnitOfWork) -> object: ...


@dataclass(frozen=True)
class Row:
    """`run` asks for a window ("older than"), never for an instant: a missed turn heals itself."""

    every: timedelta
    run: Chore


TIMETABLE: tuple[Row, ...] = (
    Row(timedelta(seconds=1), seal_entries),
    Row(timedelta(seconds=1), advance_recomputation),
    Row(timedelta(minutes=10), try_again),
    Row(timedelta(seconds=10), page),
    Row(timedelta(minutes=1), note_unusual_reading),
    Row(timedelta(minutes=1), expire_handovers),
    Row(timedelta(minutes=1), expire_closings),
    Row(timedelta(minutes=10), report_orphans),
    Row(timedelta(minutes=10), miss_overdue),
    Row(timedelta(hours=1), forget_old_answers),
    Row(timedelta(hours=1), forget_old_attempts),
    Row(timedelta(minutes=10), forget_unmatched_rows),
    Row(timedelta(hours=1), warn_of_purges),
    Row(timedelta(hours=1), purge_cases),
    Row(timedelta(hours=1), forget_old_rows),
)


def canary_chores(address: str) -> tuple[Row, ...]:
    """None without a mailbox that somebody watches."""
    return (Row(timedelta(seconds=30), partial(canary.send, address)),) if address else ()


def file_chores(store: DocumentStore) -> tuple[Row, ...]:
    """What is done about files; it needs to know where they are."""
    return (Row(timedelta(hours=1), partial(sweep_orphans, store)),)
