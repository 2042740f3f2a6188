"""One connection's worth of e-mails: how one ended is written in the commit to send the next."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import structlog
from sqlalchemy import Connection

from notifications.delivery import attempts, letters
from notifications.delivery.letters import Letter
from notifications.delivery.outcomes import CalledOff, note
from notifications.failpoints import Crossing
from notifications.lease import SENT, Done, Outcome
from notifications.runtime import AWAY, POISON, Runtime

# A provider that takes longer makes a second commit cheap: the outcome is then written at once.
QUICK_SECONDS = 0.05
_COMMIT, _END = Crossing("commit-to"), Crossing("end")
_log = structlog.get_logger()


class Conversation:
    """An outcome waits for the next letter, so that each mail costs one durable commit, not two.

    At most one waits: if this process is killed then, one mail comes twice, and flagged. It waits
    no longer than a quick provider takes to answer for the next address.
    """

    def __init__(self, runtime: Runtime, connection: Connection, lease_end: float) -> None:
        self._runtime = runtime
        # One statement at a time: it is its own transaction, and none stays open.
        self._connection = connection
        self._lease_end = lease_end
        self._waiting: tuple[Letter, Outcome] | None = None

    def commit_to(self, letter: Letter) -> None:
        """Durable before the content leaves. CalledOff if it may not leave."""
        try:
            done = self._commit_to(letter)
        except AWAY:
            raise
        except POISON:
            # One of the two halves cannot be written: each by itself, so that it costs no other.
            self.write()
            done = self._commit_to(letter)
        self._written(done.ended)
        if not done.committed:
            call_off(letter, self._runtime)
        # Also by our own clock: this process may have been frozen since the commit.
        if time.monotonic() > self._lease_end:
            raise CalledOff("claim-lost")

    def end(self, letter: Letter, outcome: Outcome, *, took: float) -> None:
        self.write()
        self._waiting = (letter, outcome)
        if took > QUICK_SECONDS or outcome is not SENT:
            self.write()

    def write(self) -> None:
        """A row that refuses to be written is left to its lease: it comes back flagged, and the
        others go on.
        """
        if self._waiting is None:
            return
        now = self._runtime.clock.now()
        try:
            with _END:
                done = letters.step(self._waiting, None, now=now, connection=self._connection)
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
        self._written(done.ended)

    def is_refused_alone(self, letter: Letter) -> bool:
        """Whether the server refused this one again and again, and took others in between."""
        if letter.attempts <= attempts.REFUSALS:
            return False
        return attempts.is_refused_alone(letter.delivery_id, connection=self._connection)

    def rescue(self) -> None:
        """Write what still waits after a fault, by a connection that was just proved."""
        if self._waiting is not None:
            with self._runtime.transaction("rescue") as uow:
                ended = letters.end(*self._waiting, uow=uow)
            self._written(ended)

    def _commit_to(self, letter: Letter) -> Done:
        now = self._runtime.clock.now()
        with _COMMIT:
            return letters.step(self._waiting, letter, now=now, connection=self._connection)

    def _written(self, ended: bool) -> None:
        if self._waiting is None:
            return
        letter, outcome = self._waiting
        self._waiting = None
        note(
            "delivery.attempted",
            ended_as=outcome.state.value if ended else "fenced",
            code=outcome.error,
            attempt=letter.attempts,
            delivery_id=letter.delivery_id,
            alert_id=letter.alert_id,
        )


@contextmanager
def conversing(runtime: Runtime, lease_end: float) -> Iterator[Conversation]:
    with runtime.repeating() as connection:
        conversation = Conversation(runtime, connection, lease_end)
        try:
            yield conversation
            conversation.write()
        finally:
            conversation.rescue()


def call_off(letter: Letter, runtime: Runtime) -> NoReturn:
    """Withdraw what may not be told any more; a claim that is lost is left alone."""
    with runtime.transaction("withdraw") as uow:
        withdrawn = letters.withdraw(letter, uow=uow)
        if letter.lines and not withdrawn:
            # Something in it may not be told any more: gathered again at once.
            letters.give_back(letter, uow=uow)
    raise CalledOff("right-lost" if withdrawn else "claim-lost")
