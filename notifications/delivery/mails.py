"""E-mails that are due, in batches over one connection."""

import time

import structlog

from notifications.catalogue import DIGEST_KIND
from notifications.channels.base import ChannelFailure, OpenChannel, Unexplained, Unreachable
from notifications.delivery import letters
from notifications.delivery.content import message_of
from notifications.delivery.conversation import Conversation, call_off, conversing
from notifications.delivery.letters import Letter
from notifications.delivery.outcomes import FAULTY, CalledOff, again, failed, faulty, judged
from notifications.lease import MARGIN, SENT, Outcome
from notifications.model import DeliveryState
from notifications.runtime import AWAY, Runtime

BATCH = 20
SEND_LIMIT = 100
# Of a digest of which everything was told, acknowledged or called off: no mail.
NOTHING_TO_TELL = Outcome(state=DeliveryState.CANCELLED, error="nothing-to-tell")
_log = structlog.get_logger()


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


def _send_batch(line: OpenChannel, runtime: Runtime, until: float) -> tuple[int, bool]:
    """How many were claimed, and whether each of them was tried."""
    lease_end = time.monotonic() + (runtime.lease - MARGIN).total_seconds()
    held_by = runtime.held_by()
    with runtime.transaction("claim") as uow:
        claimed = letters.claim(limit=BATCH, lease=runtime.lease, held_by=held_by, uow=uow)
    if not claimed:
        return 0, True
    with conversing(runtime, lease_end) as conversation:
        batch = _Batch(line, runtime, conversation, until=min(until, lease_end))
        for position, letter in enumerate(claimed):
            if batch.is_over():
                _give_back(claimed[position:], runtime)
                batch.put_off()
                return len(claimed), False
            try:
                batch.deliver(letter)
            except Unreachable as failure:
                batch.put_off()
                for waiting in claimed[position:]:
                    conversation.end(waiting, failed(failure), took=0)
                return len(claimed), False
        batch.judge()
    return len(claimed), True


class _Batch:
    """The letters of one claim. What the server refuses without saying why is judged at the end:
    it is about the address or the message only if the server refuses it before and after it takes
    another. Else it is the server's own trouble, and comes again when that may be over.
    """

    def __init__(
        self, line: OpenChannel, runtime: Runtime, conversation: Conversation, *, until: float
    ) -> None:
        self._line, self._runtime, self._conversation = line, runtime, conversation
        self._until = until
        self._sent = 0
        # With how many had been sent when it was refused.
        self._unexplained: list[tuple[Letter, Unexplained, int]] = []

    def is_over(self) -> bool:
        return self._runtime.stop.requested or time.monotonic() > self._until

    def deliver(self, letter: Letter) -> None:
        try:
            self._try(letter)
        except Unexplained as refusal:
            self._unexplained.append((letter, refusal, self._sent))

    def judge(self) -> None:
        """Whoever was refused before another was taken is asked for again."""
        for letter, refusal, sent_before in self._unexplained:
            if self._sent == sent_before or self.is_over():
                is_final = self._conversation.is_refused_alone(letter)
                self._end(letter, refusal, is_final=is_final)
                continue
            try:
                self._try(letter)
            except Unexplained as repeated:
                self._end(letter, repeated, is_final=True)
            except Unreachable as failure:
                self._conversation.end(letter, failed(failure), took=0)

    def put_off(self) -> None:
        """There is no time to find out."""
        for letter, refusal, _ in self._unexplained:
            self._end(letter, refusal, is_final=False)

    def _try(self, letter: Letter) -> None:
        started = time.monotonic()
        try:
            empty = letter.kind == DIGEST_KIND and not letter.lines
            outcome = NOTHING_TO_TELL if empty else self._attempt(letter)
        except CalledOff as reason:
            key = str(letter.delivery_id)
            _log.info("delivery.called_off", delivery_id=key, outcome=str(reason))
            return
        self._sent += outcome is SENT
        self._conversation.end(letter, outcome, took=time.monotonic() - started)

    def _attempt(self, letter: Letter) -> Outcome:
        """Try once, and say how it ended. No transaction is open while the provider is asked."""
        if letter.to is None:
            call_off(letter, self._runtime)
        try:
            message = message_of(letter, self._runtime)
            self._line.send(message, before_data=lambda: self._conversation.commit_to(letter))
        except (Unreachable, Unexplained):
            raise
        except ChannelFailure as failure:
            return failed(failure)
        except AWAY:
            raise
        except FAULTY as fault:
            return faulty(letter, fault)
        return SENT

    def _end(self, letter: Letter, refusal: Unexplained, *, is_final: bool) -> None:
        outcome = again(refusal.code, reached_nobody=True)
        if is_final:
            outcome = judged(refusal.verdict, refusal.code)
        self._conversation.end(letter, outcome, took=0)


def _give_back(untried: list[Letter], runtime: Runtime) -> None:
    with runtime.transaction("give-back") as uow:
        for letter in untried:
            letters.give_back(letter, uow=uow)
