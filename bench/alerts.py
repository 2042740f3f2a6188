"""From due to accepted by the mail server, against a program that only speaks SMTP."""

import contextlib
import os
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from bench.data import load_cases
from bench.figures import Figure, in_turns, ratios, say, timed
from bench.sink import LOOPBACK
from bench.stage import Stage, plain_url
from infra import logs
from infra.database import Database
from infra.files.store import DocumentStore
from notifications.channels.base import Message
from notifications.channels.email import EmailChannel, compose
from notifications.delivery import letters, mails
from notifications.planning import expansion
from notifications.rendering import render
from workers.clock import DatabaseClock
from workers.draining import drain
from workers.runtime import Runtime

SENDER = "alerts@maillage.example"
Times = list[float]
DUE = (Path(__file__).parent / "alerts.sql").read_text()
_HAND_OVER = (Path(__file__).parent / "handed_over.sql").read_text()
_CLAIM_ALL = """
    UPDATE deliveries d SET state = 'sending', fence = fence + 1, attempts = attempts + 1,
      lease_until = clock_timestamp() + interval '60 s'
    FROM (SELECT id FROM deliveries WHERE channel = 'email' AND state = 'pending'
          AND next_at <= clock_timestamp() ORDER BY next_at FOR UPDATE SKIP LOCKED) due
    WHERE d.id = due.id RETURNING d.id, d.alert_id, d.message_id
"""
# What the rules ask of each mail and no more: the outcome of the last and the mark of the next.
_BARE_COMMIT = """
    WITH ended AS (UPDATE deliveries SET state = 'sent', lease_until = NULL, sent_at = now()
                   WHERE id = %s AND fence = 1 AND state = 'sending' RETURNING id),
    marked AS (UPDATE deliveries SET data_at = now() WHERE id = %s AND fence = 1
               AND state = 'sending' AND lease_until > clock_timestamp() RETURNING id)
    SELECT (SELECT id FROM ended), (SELECT id FROM marked)
"""


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    count, rounds = (3000, 9) if full else (600, 7)
    load_cases(stage, max(1000, count), issuer="-")
    with running_parts(stage) as runtime, stage.superuser() as superuser:
        bench = _Bench(stage, runtime, superuser, count)
        with logs_discarded():
            bench.delivered()
            say(f"alerts: {rounds} rounds of {count}")
            mails = in_turns(rounds, bench.delivered, bench.bare_smtp, bench.floor)
            claims = in_turns(rounds, bench.claimed, bench.claimed_at_once)
            handed = in_turns(rounds, bench.handed_over, bench.handed_over_at_once)
    ours, bare, floor = mails
    say(f"alerts: this run {count / min(ours):.0f} mails/s, bare smtplib {count / min(bare):.0f}")
    n = f"{rounds} × {count}"
    what = "alerts due → accepted by the mail server"
    smtp, commits = "bare smtplib, one connection", "smtplib + one bare durable commit a mail"
    statement = "one set-based statement"
    claiming = "due deliveries claimed in leased batches"
    handing = "due alerts claimed and handed over"
    return [
        _rate("alerts", what, smtp, n=n, theirs=bare, ours=ours),
        _rate("alerts-floor", commits, smtp, n=n, theirs=bare, ours=floor),
        _rate("alerts-of-floor", what, commits, n=n, theirs=floor, ours=ours),
        _rate("claims", claiming, statement, n=n, theirs=claims[1], ours=claims[0]),
        _rate("handed-over", handing, statement, n=n, theirs=handed[1], ours=handed[0]),
    ]


def _rate(name: str, what: str, peer: str, *, n: str, theirs: Times, ours: Times) -> Figure:
    """Of the same number of rows, so the rates compare as the times do the other way round."""
    return Figure(name=name, what=what, peer=peer, kind="rate", ratios=ratios(theirs, ours), n=n)


class _Bench:
    def __init__(
        self, stage: Stage, runtime: Runtime, superuser: psycopg.Connection, count: int
    ) -> None:
        self._stage, self._runtime, self._superuser = stage, runtime, superuser
        self._count = count
        self._mails = [example_mail(number) for number in range(count)]
        self._worker = psycopg.connect(plain_url(stage.cluster, "maillage_worker"), autocommit=True)

    def delivered(self) -> float:
        """What a worker does when a hint wakes it, until nothing is due."""
        self._due()
        return timed(self._drain)

    def bare_smtp(self) -> float:
        return timed(self._send_bare)

    def floor(self) -> float:
        """Claimed beforehand; then only one durable statement between RCPT and DATA."""
        self._expanded()
        ids = [row[0] for row in self._worker.execute(_CLAIM_ALL)]
        return timed(lambda: self._send_with_commits(ids))

    def claimed(self) -> float:
        self._expanded()
        return timed(self._claim_batches)

    def claimed_at_once(self) -> float:
        self._expanded()
        return timed(lambda: self._worker.execute(_CLAIM_ALL).fetchall())

    def handed_over(self) -> float:
        self._due()
        return timed(self._expand)

    def handed_over_at_once(self) -> float:
        self._due()
        return timed(lambda: self._worker.execute(_HAND_OVER.encode()))

    def _due(self) -> None:
        self._superuser.execute(DUE.replace(":alerts", str(self._count)).encode())

    def _expanded(self) -> None:
        self._due()
        self._expand()
        self._superuser.execute("ANALYZE deliveries")

    def _expand(self) -> None:
        while expansion.expand_due(self._runtime):
            pass

    def _drain(self) -> None:
        while drain(self._runtime):
            pass

    def _send_bare(self) -> None:
        with smtplib.SMTP(LOOPBACK, self._stage.mail.port) as smtp:
            for number, mail in enumerate(self._mails):
                smtp.sendmail(SENDER, f"p{number}@example.org", mail)

    def _send_with_commits(self, ids: list[object]) -> None:
        previous: object = None
        with smtplib.SMTP(LOOPBACK, self._stage.mail.port) as smtp:
            smtp.ehlo()
            for number, key in enumerate(ids):
                smtp.mail(SENDER)
                smtp.rcpt(f"p{number}@example.org")
                self._worker.execute(_BARE_COMMIT, (previous, key), prepare=True).fetchone()
                smtp.data(self._mails[number])
                previous = key
        self._worker.execute(_BARE_COMMIT, (previous, None), prepare=True)

    def _claim_batches(self) -> None:
        claimed = [None]
        while claimed:
            with self._runtime.transaction() as uow:
                claimed = letters.claim(limit=mails.BATCH, uow=uow)


@contextlib.contextmanager
def running_parts(stage: Stage) -> Iterator[Runtime]:
    """As `workers.main` builds it."""
    database = Database(stage.cluster.url("maillage_worker"), pool_size=3)
    email = EmailChannel(server=stage.mail, sender=SENDER)
    yield Runtime(
        database=database,
        clock=DatabaseClock(database.engine),
        email=email,
        documents=DocumentStore(Path("/nonexistent")),
        public_url="https://maillage.example",
        mail_domain=email.domain,
    )
    database.dispose()


@contextlib.contextmanager
def logs_discarded() -> Iterator[None]:
    """Logs are written as a worker writes them, to nowhere."""
    with open(os.devnull, "w") as nowhere:
        logs.configure(nowhere)
        yield
        logs.configure()


def example_mail(number: int) -> bytes:
    """What the worker sends, made beforehand."""
    now = datetime.now(UTC)
    content = render(
        "evictions.hearing_approaching",
        {"hearing_at": "2027-03-08T08:30:00+00:00"},
        language=("fr", "nl", "en")[number % 3],
        code="BX-2222",
        link=f"https://maillage.example/alerts/{uuid4()}",
        today=now.date(),
    )
    to = f"p{number}@example.org"
    return compose(Message(to=to, message_id=f"<{uuid4()}@x>", content=content, at=now), SENDER)
