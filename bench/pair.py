"""Our API and its peer, both served in one way over the same cases, and a client for both."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench import ours
from bench.data import load_cases
from bench.figures import in_turns, median_time, say
from bench.sink import LOOPBACK
from bench.stage import Stage, free_port, plain_url, running

PEOPLE = 20
Call = tuple[str, dict[str, str]]


class DifferentAnswers(Exception):
    """The two sides do not say the same: their times cannot be compared."""


@dataclass(frozen=True)
class Reader:
    """A reference worker with a token, and the cases they lead, by code."""

    token: str
    cases: tuple[UUID, ...]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Side:
    """One server, asked over one kept connection."""

    port: int
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)

    def get(self, call: Call) -> Any:
        path, headers = call
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise DifferentAnswers(f"{response.status}: {body[:200]!r}")
        return body


@dataclass(frozen=True)
class Pair:
    stage: Stage
    issuer: str
    ours: Side
    bare: Side
    ruleless: Side

    def readers(self, cases: int) -> list[Reader]:
        """Loads that many cases first."""
        say(f"loading {cases} cases")
        load_cases(self.stage, cases, issuer=self.issuer)
        for side in (self.ours, self.bare, self.ruleless):
            # Loading takes minutes, and a server closes what is idle; the next request connects.
            side.connection.close()
        query = """
            SELECT p.name, array_agg(c.id ORDER BY c.code) FROM professionals p
            JOIN access_grants g ON g.principal_id = p.id JOIN cases c ON c.id = g.case_id
            WHERE g.basis = ANY(%s) GROUP BY p.name ORDER BY md5(p.name) LIMIT %s
        """
        with self.stage.superuser() as connection:
            found = connection.execute(query, (["reference"], PEOPLE)).fetchall()
        return [Reader(self.token(name), tuple(keys)) for name, keys in found]

    def token(self, subject: str) -> str:
        return ours.token(self.stage.folder, self.issuer, subject)

    def alone(self, rounds: int, calls: list[Call]) -> list[float]:
        """The median time of our side in each round."""
        asking = self._asking(self.ours, [(call, call) for call in calls], 0)
        return in_turns(rounds, asking)[0]

    def in_turns(
        self, rounds: int, calls: list[tuple[Call, Call]]
    ) -> tuple[list[float], list[float]]:
        """The median time of each side in each round, over the same calls."""
        said = in_turns(
            rounds, self._asking(self.ours, calls, 0), self._asking(self.bare, calls, 1)
        )
        return said[0], said[1]

    def all_in_turns(
        self, rounds: int, calls: list[tuple[Call, Call]]
    ) -> tuple[list[float], list[float], list[float]]:
        """As `in_turns`, and what our own program takes without the rule."""
        said = in_turns(
            rounds,
            self._asking(self.ours, calls, 0),
            self._asking(self.bare, calls, 1),
            self._asking(self.ruleless, calls, 0),
        )
        return said[0], said[1], said[2]

    def check(self, mine: Call, theirs: Call, *, except_for: str = "") -> None:
        """Every side must say the same."""
        if self.ours.get(mine) != self.ruleless.get(mine):
            raise DifferentAnswers("without the rule")
        one, other = json.loads(self.ours.get(mine)), json.loads(self.bare.get(theirs))
        for item in [*one.get("items", []), *other.get("items", [])]:
            item.pop(except_for, None)
        if one != other:
            wrong = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
            raise DifferentAnswers(", ".join(wrong))

    def _asking(
        self, side: Side, calls: list[tuple[Call, Call]], which: int
    ) -> Callable[[], float]:
        for call in calls[:40]:
            side.get(call[which])

        def ask() -> float:
            turn = iter(calls)
            return median_time(lambda: side.get(next(turn)[which]), len(calls))

        return ask


@contextmanager
def served(stage: Stage) -> Iterator[Pair]:
    port, issuer_port = free_port(), free_port()
    issuer = f"http://{LOOPBACK}:{issuer_port}"
    settings = ours.settings(stage.cluster.url("maillage_api"), issuer, port)
    unruled = settings.to_environment() | {"DATABASE_URL": stage.cluster.url("postgres")}
    bare_url = plain_url(stage.cluster, "postgres")
    with (
        running("bench.issuer", issuer_port, ISSUER_FOLDER=str(stage.folder)),
        running("bench.ours", port, **settings.to_environment()),
        running("bench.reading.bare", free_port(), BARE_DATABASE_URL=bare_url) as bare_port,
        running("bench.reading.ruleless", free_port(), **unruled) as ruleless_port,
    ):
        yield Pair(stage, issuer, Side(port), Side(bare_port), Side(ruleless_port))
