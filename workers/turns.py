"""Turns at one conversation with a mail server: each mark writes how the mail before it ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import structlog
from sqlalchemy import Connection

from notifications import attempts, delivery
from notifications.failpoints import Step
from notifications.letters import SENT, Letter, Outcome, Turn
from notifications.model import DeliveryState
from workers.runtime import AWAY, POISON, Runtime

# A provider that takes longer makes a second commit cheap: the outcome is then written at once.
QUICK_SECONDS = 0.05
_MARK, _SETTLE = Step("mark"), Step("settle")
_log = structlog.get_logger()


class ClaimLost(Exception):
    """The lease is nearly over or somebody else holds the delivery: write nothing, send nothing."""


class RightLost(Exception):
    """The person may no longer know; the delivery is cancelled."""


class Turns:
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
            call_off(letter, self._runtime)
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

    def is_refused_alone(self, letter: Letter) -> bool:
        """Whether the server refused this one again and again, and took others in between."""
        if letter.attempts <= attempts.REFUSALS:
            return False
        return attempts.is_refused_alone(letter.delivery_id, connection=self._connection)

    def _written(self, ended: bool) -> None:
        if self._waiting is not None:
            _note(*self._waiting, written=ended)
            self._waiting = None


@contextmanager
def opened(runtime: Runtime, lease_end: float) -> Iterator[Turns]:
    with runtime.database.repeating.connect() as connection:
        turns = Turns(runtime, connection, lease_end)
        try:
            yield turns
            turns.settle()
        finally:
            turns.rescue()


def call_off(letter: Letter, runtime: Runtime) -> NoReturn:
    with runtime.transaction("withdraw") as uow:
        withdrawn = delivery.withdraw(letter, uow=uow)
        if letter.lines and not withdrawn:
            # Something in it may not be told any more: gathered again at once.
            delivery.release(letter, uow=uow)
    raise RightLost if withdrawn else ClaimLost


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
