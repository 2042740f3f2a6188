"""What is due becomes messages: alerts to deliveries, deliveries to mails, in bounded steps."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import structlog
from sqlalchemy import Connection

from notifications import delivery, expansion, set_aside
from notifications.catalogue import DIGEST_KIND
from notifications.channels.base import (
    AddressRejected,
    Deferred,
    Line,
    MessageRefused,
    Uncertain,
    Unreachable,
)
from notifications.delivery import MARGIN
from notifications.failpoints import Step
from notifications.letters import SENT, Letter, Outcome, Turn
from notifications.model import DeliveryState
from notifications.rendering import Unrenderable
from workers.letters import message_of
from workers.runtime import AWAY, POISON, Runtime

EXPAND_LIMIT = 500
BATCH = 20
SEND_LIMIT = 100
# A provider that takes longer makes a second commit cheap: the outcome is then written at once.
QUICK_SECONDS = 0.05
_MARK, _SETTLE = Step("mark"), Step("settle")
# Of a digest of which everything was told, acknowledged or called off: no mail.
NOTHING_TO_TELL = Outcome(state=DeliveryState.CANCELLED, error="nothing-to-tell")
# A letter that fails for any of these is set aside in the end, and the batch goes on.
FAULTY = (*POISON, OSError, Unrenderable)
_log = structlog.get_logger()


class ClaimLost(Exception):
    """The lease is nearly over or somebody else holds the delivery: write nothing, send nothing."""


class RightLost(Exception):
    """The person may no longer know; the delivery is cancelled."""


def expand_due(runtime: Runtime) -> int:
    """One batch of due alerts; how many were looked at.

    The statement is one for all of them: if it fails, each is looked at by itself.
    """
    try:
        with runtime.transaction("expand") as uow:
            moved = expansion.expand_due(limit=EXPAND_LIMIT, domain=runtime.mail_domain, uow=uow)
    except AWAY:
        raise
    except POISON as fault:
        _log.error("alerts.expanded_singly", code=type(fault).__name__)
        return _expand_singly(runtime)
    for state, count in moved.items():
        _log.info("alerts.expanded", outcome=state, count=count)
    return moved.total()


def _expand_singly(runtime: Runtime) -> int:
    for taken in range(EXPAND_LIMIT):
        with runtime.transaction("expand-one") as uow:
            due = expansion.claim(limit=1, uow=uow)
            if not due:
                return taken
            # Whether the later one can speak for it is not known yet: rather twice than never.
            due = [each._replace(is_overtaken=False) for each in due]
            try:
                with uow.session.begin_nested():
                    expansion.expand(due, domain=runtime.mail_domain, uow=uow)
            except AWAY:
                raise
            except POISON as fault:
                set_aside.postpone_alert(due[0].id, type(fault).__name__, uow=uow)
                _log.error("alert.postponed", alert_id=str(due[0].id), code=type(fault).__name__)
    return EXPAND_LIMIT


def send_due(runtime: Runtime, *, until: float) -> int:
    """E-mails in batches over one connection; how many were claimed.

    Stops between two messages when the monotonic clock passes `until`, when asked to leave, or
    when the provider cannot be reached; what was not tried goes back at once.
    """
    taken = 0
    with runtime.email.open() as line:
        while taken < SEND_LIMIT:
            claimed, all_tried = _send_batch(line, runtime, until)
            taken += claimed
            if claimed < BATCH or not all_tried:
                break
    return taken


class _Turns:
    """Outcomes wait for the next mark, so that each mail costs one durable commit, not two.

    At most one waits: if this process is killed then, one mail comes twice, and flagged. It waits
    no longer than a quick provider takes to answer for the next address.
    """

    def __init__(self, runtime: Runtime, connection: Connection, lease_end: float) -> None:
        self._runtime = runtime
        # One statement a turn: it is its own transaction, and none stays open.
        self._connection = connection
        self._lease_end = lease_end
        self._waiting: tuple[Letter, Outcome] | None = None

    def commit_to(self, letter: Letter) -> None:
        """The point of no return, committed before the content leaves."""
        try:
            turned = self._mark(letter)
        except AWAY:
            raise
        except POISON:
            # One of the two halves cannot be written: each by itself, so that it costs no other.
            self.settle()
            turned = self._mark(letter)
        self._written(turned.ended)
        if not turned.marked:
            _call_off(letter, self._runtime)
        # Also by our own clock: this process may have been frozen since the commit.
        if time.monotonic() > self._lease_end:
            raise ClaimLost

    def _mark(self, letter: Letter) -> Turn:
        now = self._runtime.clock.now()
        with _MARK:
            return delivery.turn(self._waiting, letter, now=now, connection=self._connection)

    def end(self, letter: Letter, outcome: Outcome, *, took: float) -> None:
        self.settle()
        self._waiting = (letter, outcome)
        if took > QUICK_SECONDS or outcome is not SENT:
            self.settle()

    def settle(self) -> None:
        """Write what waits. A row that refuses to be written is left to its lease: it comes back
        flagged, and the others of the batch go on.
        """
        if self._waiting is None:
            return
        now = self._runtime.clock.now()
        try:
            with _SETTLE:
                turned = delivery.turn(self._waiting, None, now=now, connection=self._connection)
        except AWAY:
            raise
        except POISON as fault:
            letter, _ = self._waiting
            self._waiting = None
            _log.error(
                "delivery.unwritten",
                delivery_id=str(letter.delivery_id),
                code=type(fault).__name__,
            )
            return
        self._written(turned.ended)

    def rescue(self) -> None:
        """Write what still waits after a fault, by a connection that was just proved."""
        if self._waiting is not None:
            with self._runtime.transaction("rescue") as uow:
                ended = delivery.finish(*self._waiting, uow=uow)
            self._written(ended)

    def _written(self, ended: bool) -> None:
        if self._waiting is not None:
            _note(*self._waiting, written=ended)
            self._waiting = None


@contextmanager
def _turns(runtime: Runtime, lease_end: float) -> Iterator[_Turns]:
    with runtime.database.repeating.connect() as connection:
        turns = _Turns(runtime, connection, lease_end)
        try:
            yield turns
            turns.settle()
        finally:
            turns.rescue()


def _send_batch(line: Line, runtime: Runtime, until: float) -> tuple[int, bool]:
    """How many were claimed, and whether each of them was tried."""
    lease_end = time.monotonic() + (runtime.lease - MARGIN).total_seconds()
    with runtime.transaction("claim") as uow:
        letters = delivery.claim(limit=BATCH, lease=runtime.lease, uow=uow)
    if not letters:
        return 0, True
    with _turns(runtime, lease_end) as turns:
        for position, letter in enumerate(letters):
            if runtime.stop.requested or time.monotonic() > min(until, lease_end):
                _release(letters[position:], runtime)
                return len(letters), False
            try:
                _deliver(letter, line, runtime, turns)
            except Unreachable as failure:
                for waiting in letters[position:]:
                    turns.end(waiting, _again(failure.code, reached_nobody=False), took=0)
                return len(letters), False
    return len(letters), True


def _deliver(letter: Letter, line: Line, runtime: Runtime, turns: _Turns) -> None:
    started = time.monotonic()
    try:
        empty = letter.kind == DIGEST_KIND and not letter.lines
        outcome = NOTHING_TO_TELL if empty else _attempt(letter, line, runtime, turns)
    except (ClaimLost, RightLost) as reason:
        _log.info(
            "delivery.called_off",
            delivery_id=str(letter.delivery_id),
            outcome=type(reason).__name__,
        )
        return
    turns.end(letter, outcome, took=time.monotonic() - started)


def _attempt(letter: Letter, line: Line, runtime: Runtime, turns: _Turns) -> Outcome:
    """Try once, and say how it ended. No transaction is open while the provider is asked."""
    if letter.to is None:
        _call_off(letter, runtime)
    try:
        message = message_of(letter, runtime)
        line.send(message, before_data=lambda: turns.commit_to(letter))
    except Deferred as failure:
        return _again(failure.code, reached_nobody=True)
    except Uncertain as failure:
        return _again(failure.code, reached_nobody=False)
    except AddressRejected as failure:
        return Outcome(state=DeliveryState.REJECTED, error=failure.code)
    except MessageRefused as failure:
        return Outcome(state=DeliveryState.FAILED, error=failure.code)
    except AWAY:
        raise
    except FAULTY as fault:
        return _faulty(letter, fault)
    return SENT


def _call_off(letter: Letter, runtime: Runtime) -> NoReturn:
    with runtime.transaction("withdraw") as uow:
        withdrawn = delivery.withdraw(letter, uow=uow)
        if letter.lines and not withdrawn:
            # Something in it may not be told any more: gathered again at once.
            delivery.release(letter, uow=uow)
    raise RightLost if withdrawn else ClaimLost


def _again(code: str, *, reached_nobody: bool) -> Outcome:
    return Outcome(state=DeliveryState.PENDING, error=code, reached_nobody=reached_nobody)


def _faulty(letter: Letter, fault: Exception) -> Outcome:
    """It failed here: the third time it is set aside, for a person to look at."""
    last = letter.faults + 1 >= set_aside.FAULTS_ALLOWED
    state = DeliveryState.SET_ASIDE if last else DeliveryState.PENDING
    code = "unrenderable" if isinstance(fault, Unrenderable) else type(fault).__name__
    return Outcome(state=state, error=code, faulty=True)


def _note(letter: Letter, outcome: Outcome, *, written: bool) -> None:
    level = "info" if outcome.state is DeliveryState.SENT else "warning"
    getattr(_log, level)(
        "delivery.attempted",
        delivery_id=str(letter.delivery_id),
        alert_id=str(letter.alert_id),
        attempt=letter.attempts,
        outcome=outcome.state.value if written else "fenced",
        code=outcome.error,
    )


def _release(letters: list[Letter], runtime: Runtime) -> None:
    with runtime.transaction("release") as uow:
        for letter in letters:
            delivery.release(letter, uow=uow)
