"""What is due becomes messages: alerts to deliveries, deliveries to mails, in bounded steps."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NoReturn
from uuid import UUID

import structlog
from sqlalchemy import Connection

from notifications import delivery, expansion
from notifications.catalogue import DIGEST_KIND
from notifications.channels.base import (
    AddressRejected,
    Deferred,
    Line,
    Message,
    MessageRefused,
    Uncertain,
    Unreachable,
)
from notifications.channels.calendar import METHODS, Invitation
from notifications.delivery import MARGIN, SENT, Letter, Outcome
from notifications.failpoints import Step
from notifications.model import DeliveryState
from notifications.rendering import Rendered, Unrenderable, render, render_digest
from services.shared.clock import legal_day
from workers.runtime import Runtime

EXPAND_LIMIT = 100
BATCH = 20
SEND_LIMIT = 100
# A provider that takes longer makes a second commit cheap: the outcome is then written at once.
QUICK_SECONDS = 0.05
_MARK, _SETTLE = Step("mark"), Step("settle")
# Of a digest of which everything was told, acknowledged or called off: no mail.
NOTHING_TO_TELL = Outcome(state=DeliveryState.CANCELLED, error="nothing-to-tell")
_log = structlog.get_logger()


class ClaimLost(Exception):
    """The lease is nearly over or somebody else holds the delivery: write nothing, send nothing."""


class RightLost(Exception):
    """The person may no longer know; the delivery is cancelled."""


def expand_due(runtime: Runtime) -> int:
    """One batch of due alerts; how many were looked at."""
    with runtime.transaction("expand") as uow:
        moved = expansion.expand_due(limit=EXPAND_LIMIT, domain=runtime.mail_domain, uow=uow)
    for state, count in moved.items():
        _log.info("alerts.expanded", outcome=state, count=count)
    return moved.total()


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
        self._connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        self._lease_end = lease_end
        self._waiting: tuple[Letter, Outcome] | None = None

    def commit_to(self, letter: Letter) -> None:
        """The point of no return, committed before the content leaves."""
        now = self._runtime.clock.now()
        with _MARK:
            turned = delivery.turn(self._waiting, letter, now=now, connection=self._connection)
        self._written(turned.ended)
        if not turned.marked:
            _call_off(letter, self._runtime)
        # Also by our own clock: this process may have been frozen since the commit.
        if time.monotonic() > self._lease_end:
            raise ClaimLost

    def end(self, letter: Letter, outcome: Outcome, *, took: float) -> None:
        self.settle()
        self._waiting = (letter, outcome)
        if took > QUICK_SECONDS or outcome is not SENT:
            self.settle()

    def settle(self) -> None:
        """Write what waits."""
        if self._waiting is not None:
            now = self._runtime.clock.now()
            with _SETTLE:
                turned = delivery.turn(self._waiting, None, now=now, connection=self._connection)
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
    with runtime.database.engine.connect() as connection:
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
        message = _message(letter, runtime)
        line.send(message, before_data=lambda: turns.commit_to(letter))
    except Unrenderable:
        return _again("unrenderable", reached_nobody=False)
    except Deferred as failure:
        return _again(failure.code, reached_nobody=True)
    except Uncertain as failure:
        return _again(failure.code, reached_nobody=False)
    except AddressRejected as failure:
        return Outcome(state=DeliveryState.REJECTED, error=failure.code)
    except MessageRefused as failure:
        return Outcome(state=DeliveryState.FAILED, error=failure.code)
    return SENT


def _message(letter: Letter, runtime: Runtime) -> Message:
    now = runtime.clock.now()
    content = _content(letter, runtime, legal_day(now))
    return Message(
        to=letter.to or "",
        message_id=letter.message_id,
        content=content,
        at=now,
        possible_duplicate=letter.possible_duplicate,
        invitation=_invitation(letter, content.language),
    )


def _content(letter: Letter, runtime: Runtime, today: date) -> Rendered:
    link = f"{runtime.public_url}/alerts/"
    if letter.lines:
        told = [
            (each.kind, each.facts, each.code, f"{link}{each.alert_id}") for each in letter.lines
        ]
        home = f"{runtime.public_url}/"
        return render_digest(told, language=letter.language, link=home, today=today)
    return render(
        letter.kind,
        letter.facts,
        language=letter.language,
        code=letter.code,
        link=f"{link}{letter.alert_id}",
        today=today,
    )


def _invitation(letter: Letter, language: str) -> Invitation | None:
    """The hearing itself, where the alert is an invitation; the message was rendered before, so
    that its facts are there."""
    method = METHODS.get(letter.kind)
    if method is None:
        return None
    return Invitation(
        method=method,
        uid=UUID(letter.facts["uid"]),
        sequence=int(letter.facts["sequence"]),
        starts_at=datetime.fromisoformat(letter.facts["hearing_at"]),
        case_code=letter.code or "",
        language=language,
    )


def _call_off(letter: Letter, runtime: Runtime) -> NoReturn:
    with runtime.transaction("withdraw") as uow:
        withdrawn = delivery.withdraw(letter, uow=uow)
        if letter.lines and not withdrawn:
            # Something in it may not be told any more: gathered again at once.
            delivery.release(letter, uow=uow)
    raise RightLost if withdrawn else ClaimLost


def _again(code: str, *, reached_nobody: bool) -> Outcome:
    return Outcome(state=DeliveryState.PENDING, error=code, reached_nobody=reached_nobody)


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
