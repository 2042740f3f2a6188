"""What is due becomes messages: alerts to deliveries, deliveries to mails, in bounded steps."""

import time

import structlog

from notifications import delivery, expansion, set_aside
from notifications.catalogue import DIGEST_KIND
from notifications.channels.base import (
    AddressRejected,
    ChannelFailure,
    Deferred,
    Line,
    MessageRefused,
    Uncertain,
    Unexplained,
    Unreachable,
)
from notifications.delivery import MARGIN
from notifications.letters import SENT, Letter, Outcome
from notifications.model import DeliveryState
from notifications.rendering import Unrenderable
from workers.letters import message_of
from workers.runtime import AWAY, POISON, Runtime
from workers.turns import ClaimLost, RightLost, Turns, call_off, opened

EXPAND_LIMIT = 500
BATCH = 20
SEND_LIMIT = 100
# Of a digest of which everything was told, acknowledged or called off: no mail.
NOTHING_TO_TELL = Outcome(state=DeliveryState.CANCELLED, error="nothing-to-tell")
# A letter that fails for any of these is set aside in the end, and the batch goes on.
FAULTY = (*POISON, OSError, Unrenderable)
_log = structlog.get_logger()


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


def _send_batch(line: Line, runtime: Runtime, until: float) -> tuple[int, bool]:
    """How many were claimed, and whether each of them was tried."""
    lease_end = time.monotonic() + (runtime.lease - MARGIN).total_seconds()
    with runtime.transaction("claim") as uow:
        letters = delivery.claim(limit=BATCH, lease=runtime.lease, uow=uow)
    if not letters:
        return 0, True
    with opened(runtime, lease_end) as turns:
        batch = _Batch(line, runtime, turns, until=min(until, lease_end))
        for position, letter in enumerate(letters):
            if batch.is_over():
                _release(letters[position:], runtime)
                batch.put_off()
                return len(letters), False
            try:
                batch.deliver(letter)
            except Unreachable as failure:
                batch.put_off()
                for waiting in letters[position:]:
                    turns.end(waiting, _again(failure.code, reached_nobody=False), took=0)
                return len(letters), False
        batch.judge()
    return len(letters), True


class _Batch:
    """The letters of one claim. What the server refuses without saying why is judged at the end:
    it is about the address or the message only if the server refuses it before and after it takes
    another. Else it is the server's own trouble, and comes again when that may be over.
    """

    def __init__(self, line: Line, runtime: Runtime, turns: Turns, *, until: float) -> None:
        self._line, self._runtime, self._turns = line, runtime, turns
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
                self._end(letter, refusal, is_final=self._turns.is_refused_alone(letter))
                continue
            try:
                self._try(letter)
            except Unexplained as again:
                self._end(letter, again, is_final=True)
            except Unreachable as failure:
                self._turns.end(letter, _again(failure.code, reached_nobody=False), took=0)

    def put_off(self) -> None:
        """There is no time to find out."""
        for letter, refusal, _ in self._unexplained:
            self._end(letter, refusal, is_final=False)

    def _try(self, letter: Letter) -> None:
        started = time.monotonic()
        try:
            empty = letter.kind == DIGEST_KIND and not letter.lines
            outcome = NOTHING_TO_TELL if empty else self._attempt(letter)
        except (ClaimLost, RightLost) as reason:
            _log.info(
                "delivery.called_off",
                delivery_id=str(letter.delivery_id),
                outcome=type(reason).__name__,
            )
            return
        self._sent += outcome is SENT
        self._turns.end(letter, outcome, took=time.monotonic() - started)

    def _attempt(self, letter: Letter) -> Outcome:
        """Try once, and say how it ended. No transaction is open while the provider is asked."""
        if letter.to is None:
            call_off(letter, self._runtime)
        try:
            message = message_of(letter, self._runtime)
            self._line.send(message, before_data=lambda: self._turns.commit_to(letter))
        except Deferred as failure:
            return _again(failure.code, reached_nobody=True)
        except Uncertain as failure:
            return _again(failure.code, reached_nobody=False)
        except (AddressRejected, MessageRefused) as failure:
            return _refused(type(failure), failure.code)
        except AWAY:
            raise
        except FAULTY as fault:
            return _faulty(letter, fault)
        return SENT

    def _end(self, letter: Letter, refusal: Unexplained, *, is_final: bool) -> None:
        outcome = _again(refusal.code, reached_nobody=True)
        if is_final:
            outcome = _refused(refusal.verdict, refusal.code)
        self._turns.end(letter, outcome, took=0)


def _refused(verdict: type[ChannelFailure], code: str) -> Outcome:
    is_address = issubclass(verdict, AddressRejected)
    return Outcome(state=DeliveryState.REJECTED if is_address else DeliveryState.FAILED, error=code)


def _again(code: str, *, reached_nobody: bool) -> Outcome:
    return Outcome(state=DeliveryState.PENDING, error=code, reached_nobody=reached_nobody)


def _faulty(letter: Letter, fault: Exception) -> Outcome:
    """It failed here: the third time it is set aside, for a person to look at."""
    last = letter.faults + 1 >= set_aside.FAULTS_ALLOWED
    state = DeliveryState.SET_ASIDE if last else DeliveryState.PENDING
    code = "unrenderable" if isinstance(fault, Unrenderable) else type(fault).__name__
    return Outcome(state=state, error=code, faulty=True)


def _release(letters: list[Letter], runtime: Runtime) -> None:
    with runtime.transaction("release") as uow:
        for letter in letters:
            delivery.release(letter, uow=uow)
