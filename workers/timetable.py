"""What is done periodically, by whichever sweeper comes first; doing it twice is harmless."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, update_wrapper
from typing import Protocol

from infra.files.store import DocumentStore
from notifications.delivery.next_channel import fail_without_gateway, take_next_channel
from notifications.mobile.sending import forget_numbers
from notifications.operations import canary
from notifications.operations.set_aside import page, try_again
from notifications.planning.escalation import climb
from notifications.webhooks.failing import forget_waiting
from services.audit.commands import note_unusual_reading, seal_entries
from services.cases.closings.commands import expire_closings
from services.cases.handovers.commands import expire_handovers
from services.cases.team.leaving import report_orphans
from services.evictions.hearing_lists.commands import forget_unmatched_rows
from services.evictions.hearing_lists.matching_run import advance_matching
from services.evictions.hearings.attendees import settle_invitations
from services.evictions.hearings.roster_watch import watch_rosters
from services.evictions.law_changes.run import advance_recomputation
from services.evictions.terms.missed import miss_overdue
from services.intervisions.ballots.closing import close_ballots
from services.intervisions.ballots.key_destruction import (
    destroy_ballot_keys,
    destroy_returned_keys,
)
from services.intervisions.ballots.opening import open_ballots, remind_voters
from services.intervisions.follow_ups.tasks import settle
from services.retention.purging import forget_old_rows, purge_cases, warn_of_purges
from services.shared.attempts import forget_old_attempts
from services.shared.idempotency import forget_old_answers
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys
from workers.chores.scanning import sweep_orphans


class Chore(Protocol):
    def __call__(self, *, uow: UnitOfWork) -> object: ...


@dataclass(frozen=True)
class Row:
    """`run` asks for a window ("older than"), never for an instant: a missed turn heals itself."""

    every: timedelta
    run: Chore
    # So long a turn goes on, a transaction each, while it says that there was something to do.
    goes_on: timedelta = timedelta(0)


TIMETABLE: tuple[Row, ...] = (
    Row(timedelta(seconds=1), seal_entries),
    Row(timedelta(seconds=1), advance_recomputation, goes_on=timedelta(seconds=1)),
    Row(timedelta(seconds=1), advance_matching, goes_on=timedelta(seconds=5)),
    # In this order: who cannot be told makes the next rung due.
    Row(timedelta(seconds=1), take_next_channel),
    Row(timedelta(seconds=1), climb),
    Row(timedelta(minutes=10), try_again),
    Row(timedelta(seconds=10), page),
    Row(timedelta(minutes=1), note_unusual_reading),
    Row(timedelta(minutes=1), expire_handovers),
    Row(timedelta(minutes=1), expire_closings),
    Row(timedelta(minutes=1), watch_rosters),
    Row(timedelta(minutes=10), report_orphans),
    Row(timedelta(minutes=10), miss_overdue),
    Row(timedelta(minutes=1), settle_invitations),
    Row(timedelta(minutes=10), settle),
    Row(timedelta(hours=1), forget_old_answers),
    Row(timedelta(hours=1), forget_old_attempts),
    Row(timedelta(hours=1), forget_numbers),
    Row(timedelta(minutes=10), forget_waiting),
    Row(timedelta(minutes=10), forget_unmatched_rows),
    Row(timedelta(hours=1), warn_of_purges),
    Row(timedelta(hours=1), purge_cases),
    Row(timedelta(hours=1), forget_old_rows),
)


def canary_chores(address: str) -> tuple[Row, ...]:
    """None without a mailbox that somebody watches."""
    return (Row(timedelta(seconds=30), partial(canary.send, address)),) if address else ()


def sms_chores(*, offered: bool) -> tuple[Row, ...]:
    """Chores of text messages; without a gateway nothing waits for one."""
    return () if offered else (Row(timedelta(seconds=1), fail_without_gateway),)


def file_chores(store: DocumentStore) -> tuple[Row, ...]:
    """What is done about files; it needs to know where they are."""
    return (Row(timedelta(hours=1), partial(sweep_orphans, store)),)


def ballot_chores(keys: CaseKeys | None) -> tuple[Row, ...]:
    """A ballot opens and closes within a second of its instants. One a turn; then the next."""
    second = timedelta(seconds=1)
    return (
        Row(second, _with(keys, open_ballots), goes_on=second),
        Row(second, remind_voters, goes_on=second),
        Row(second, _with(keys, close_ballots), goes_on=second),
        Row(second, _with(keys, destroy_ballot_keys), goes_on=second),
        Row(timedelta(hours=1), _with(keys, destroy_returned_keys)),
    )


def _with(keys: CaseKeys | None, chore: Callable[..., int]) -> Chore:
    """The chore under its own name, for the line in the log that says which one failed."""
    return update_wrapper(partial(chore, keys), chore)
