"""Clients of the API that ask, with one key, until they are answered: what a form in a browser or a
program of a partner does. What they were told is what we owe.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import requests

from tests.outside.issuer import Issuer

# Not now: worth asking again with the same key, as when nobody answers.
AGAIN = frozenset({503})
TOKEN_SECONDS = 60.0
READS = 1023


@dataclass(frozen=True)
class Answer:
    """`instant` is that of no other request: whoever finds it twice finds one effect too many."""

    instant: datetime
    task: UUID


@dataclass
class Callers:
    """Each gives tasks to itself that it is reminded of at once."""

    base: str
    issuer: Issuer
    people: dict[str, UUID]
    count: int
    # Whether this share of all may be asked for.
    turn: Callable[[float], bool]
    acknowledged: list[Answer] = field(default_factory=list)
    # Why requests were asked again, and answers that nobody should ever get.
    retried: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for number, (subject, case) in enumerate(self.people.items()):
            mine = range(number, self.count, len(self.people))
            thread = threading.Thread(target=self._ask_all, args=(subject, case, mine))
            thread.start()
            self._threads.append(thread)

    def answered(self) -> bool:
        try:
            return requests.get(f"{self.base}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    @property
    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        self._stop.set()

    def _ask_all(self, subject: str, case: UUID, mine: range) -> None:
        path = f"{self.base}/api/v1/cases/{case}/tasks"
        session, signed, token = requests.Session(), 0.0, ""
        for number in mine:
            while not self.turn(number / self.count) and not self._stop.wait(0.02):
                continue
            instant = _unlike_any(datetime.now(UTC), number)
            body = {"category": "tenancy", "title": "Call", "remind_at": instant.isoformat()}
            key = str(uuid4())
            answer = None
            while answer is None and not self._stop.is_set():
                if time.monotonic() - signed > TOKEN_SECONDS:
                    signed, token = time.monotonic(), self.issuer.token(sub=subject)
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
                answer = self._ask(session, path, body, headers)
            if answer is not None:
                self.acknowledged.append(Answer(instant, UUID(answer["id"])))
        session.close()

    def _ask(
        self, session: requests.Session, path: str, body: Any, headers: dict[str, str]
    ) -> dict[str, Any] | None:
        try:
            answer = session.post(path, json=body, headers=headers, timeout=10)
            if answer.status_code == 201:
                found: dict[str, Any] = answer.json()
                return found
            why = str(answer.status_code)
            if answer.status_code not in AGAIN:
                self.wrong.append(f"{why} {answer.text}")
                self._stop.set()
        except requests.RequestException as error:
            why = type(error).__name__
        self.retried[why] += 1
        self._stop.wait(0.1)
        return None


def _unlike_any(now: datetime, number: int) -> datetime:
    """Its last three digits are the number's, which no other of a thousand has."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000 + number % 1000)


def callers_of(world: Any, issuer: Issuer, count: int) -> dict[str, UUID]:
    """By subject, the case each is the reference worker of. They want mails at night as well."""
    people = {}
    start = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(count):
        person = world.professional()
        subject, case = f"caller{number}", world.case(person)
        world.put("identities", issuer=issuer.url, subject=subject, professional_id=person)
        world.put("professional_roles", professional_id=person, role="worker")
        world.put(
            "access_grants",
            case_id=case,
            principal_id=person,
            basis="reference",
            category_mask=READS,
            valid_from=start,
            valid_until=start + timedelta(days=36500),
        )
        world.put(
            "notification_preferences",
            professional_id=person,
            choices={},
            zone="Europe/Brussels",
            digest_rhythm="daily",
            digest_at="08:00",
            digest_weekday=1,
            changed_at=start,
        )
        people[subject] = case
    return people


_STORED = """
    SELECT t.id, a.id FROM tasks t LEFT JOIN alerts a ON a.object_id = t.id
"""
_TWICE = "SELECT remind_at FROM tasks GROUP BY remind_at HAVING count(*) > 1"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What became of the requests: whatever was answered stands once, with its alert."""

    alerts: list[UUID]
    not_stored: list[UUID]
    twice: list[datetime]
    # Committed, and the client was never told: it asked again, and must have been told the same.
    unanswered: int


def stored(world: Any, callers: Callers) -> Stored:
    rows = world.run(_STORED)
    alerts = dict(rows)
    told = [answer.task for answer in callers.acknowledged]
    return Stored(
        alerts=[alerts[task] for task in told if alerts.get(task)],
        not_stored=[task for task in told if not alerts.get(task)],
        twice=[instant for (instant,) in world.run(_TWICE)],
        unanswered=len(alerts) - len(set(told)),
    )
