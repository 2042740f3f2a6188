"""Everything that one person can get: each GET of the API that finds something, mail, calendar.

From the API's own document: a path with ids is asked with all ids that a list above it showed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.people import Network

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLACE = re.compile(r"\{(\w+)\}")
_TAG = re.compile(r"<[^>]+>")
_HOUSE = "https://maillage.example"
_WHOLE = {"case_id", "session_id", "table_id"}
SESSION, CASE, OTHER = "session", "case", "other"
_OF_SESSIONS = re.compile(
    r"/api/v1/(intervision|proposals|ballots|session-tables|minutes|follow-ups)"
)
_OF_CASES = re.compile(
    r"/api/v1/(cases|notes|tasks|documents|goals|actions|hearings|procedures|impasses|invitations"
    r"|deadlines|postings|terms|bundles|handovers|break-glass|closings|recomputed-deadlines)"
)
# Not a professional's, or of nobody's life: the household's door; figures, which need a period.
_LEFT_OUT = ("/api/v1/household", "/api/v1/intervision-needs")
_SINGULAR = {"series": "series", "minutes": "minutes", "seating": "session", "alerts": "alert"}


@dataclass(frozen=True)
class Piece:
    """One answer, mail or calendar, and which side of a life it belongs to."""

    side: str
    name: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""


@dataclass
class Collector:
    network: Network
    who: str
    feed: str
    document: Any
    # Path -> the names of the ids by which other paths go on from it.
    below: dict[str, set[str]] = field(default_factory=dict)

    def all(self) -> list[Piece]:
        """Every address that the person knows an id for; again, until no new one is named."""
        found: dict[str, set[str]] = {}
        pieces: dict[str, list[Piece]] = {}
        while new := [each for each in self._known(self._paths(), found) if each[1] not in pieces]:
            for path, address in new:
                pieces[address] = list(self._asked(path, address, found))
        return self._sorted([piece for each in pieces.values() for piece in each])

    def glance(self) -> list[Piece]:
        """The lists of both sides, which change with whatever changes in them."""
        found: dict[str, set[str]] = {}
        mixed = [each for each in self._paths() if "alerts" in each or _side(each) != OTHER]
        lists = [each for each in mixed if set(_PLACE.findall(each)) <= _WHOLE and "." not in each]
        pieces = [
            piece
            for path in sorted(lists, key=lambda each: each.count("{"))
            for _, address in self._known([path], found)
            for piece in self._asked(path, address, found)
        ]
        return self._sorted(pieces)

    def _known(self, paths: list[str], found: dict[str, set[str]]) -> list[tuple[str, str]]:
        return [(path, each) for path in paths for each in _addresses(path, found)]

    def _asked(self, path: str, address: str, found: dict[str, set[str]]) -> Iterator[Piece]:
        answer = self.network[self.who].call("GET", address)
        if answer.status_code == 200:
            self._learn(path, answer, found)
            yield from _pieces(path, address, answer)

    def _sorted(self, pieces: list[Piece]) -> list[Piece]:
        """With the mails and the calendar, each on the side of what it tells of."""
        ours = "".join(each.text for each in pieces if each.side == SESSION)
        return [*pieces, *self._mails(), *self._calendar(ours)]

    def _mails(self) -> Iterator[Piece]:
        for number, mail in enumerate(self.network.mails(self.who)):
            parts = [
                part.get_payload(decode=True).decode(errors="replace")
                for part in mail.walk()
                if not part.is_multipart()
            ]
            # Without how it is set, and without where the house is: both are in every mail.
            body = _TAG.sub("\n", "\n".join(parts)).replace(_HOUSE, "")
            side = SESSION if self._is_of_session(_UUID.findall(body)) else CASE
            headers = tuple((name, str(value)) for name, value in mail.items())
            yield Piece(side, f"mail {number}", body, headers)

    def _is_of_session(self, alerts: list[str]) -> bool:
        """By what the mail tells, which its words keep to themselves."""
        query = "SELECT 1 FROM alerts WHERE id = ANY(%s::uuid[]) AND kind LIKE 'intervisions.%%'"
        return bool(self.network.rows(query, alerts))

    def _calendar(self, ours: str) -> Iterator[Piece]:
        text = requests.get(self.network[self.who].base + self.feed, timeout=20).text
        for event in text.replace("\r\n ", "").split("BEGIN:VEVENT")[1:]:
            uid = event.split("UID:", 1)[1].split("\r\n", 1)[0]
            # That it was asked for now says nothing (RFC 5545 §3.8.7.2).
            plain = event.replace(self.network.clock.now().strftime("DTSTAMP:%Y%m%dT%H%M%SZ"), "")
            yield Piece(SESSION if uid.split("@")[0] in ours else CASE, f"feed {uid}", plain)

    def _paths(self) -> list[str]:
        return [
            path
            for path, item in self.document["paths"].items()
            if "get" in item and path.startswith("/api/v1/") and not path.startswith(_LEFT_OUT)
        ]

    def _learn(self, path: str, answer: requests.Response, found: dict[str, set[str]]) -> None:
        """`id` is that of the paths that go on from here; `x_id` that of each path with an x."""
        if "json" not in answer.headers.get("Content-Type", ""):
            return
        if path not in self.below:
            further = re.compile(re.escape(path) + r"/\{(\w+)\}")
            found_there = (further.match(other) for other in self._paths())
            self.below[path] = {match.group(1) for match in found_there if match}
        below = self.below[path]
        for key, value in leaves(answer.json()):
            if isinstance(value, str) and _UUID.fullmatch(value):
                above, _, last = key.rpartition(".")
                nested = above.rpartition(".")[2]
                own = {nested} - {"", "items"} or {path.rsplit("/", 1)[-1]}
                names = {f"{_single(each)}_id" for each in own} | below
                for name in names if last == "id" else {last}:
                    found.setdefault(name, set()).add(value)


def _addresses(path: str, found: dict[str, set[str]]) -> list[str]:
    """With each id that is known for each of its names."""
    pending = [path]
    for name in _PLACE.findall(path):
        pool = {"1", "2"} if name == "number" else found.get(name, set())
        pending = [each.replace(f"{{{name}}}", one) for each in pending for one in sorted(pool)]
    return pending


def _side(path: str) -> str:
    if _OF_SESSIONS.match(path) or path.endswith("/intervision-minutes"):
        return SESSION
    return CASE if _OF_CASES.match(path) else OTHER


def _single(word: str) -> str:
    """What a list holds: `follow-ups` holds things that are called `follow_up`."""
    bare = word.removeprefix("intervision-").removeprefix("session-").replace("-", "_")
    return _SINGULAR.get(bare, bare.removesuffix("s"))


def _pieces(path: str, address: str, answer: requests.Response) -> Iterator[Piece]:
    """A list that mixes both sides, as alerts do, is taken apart."""
    headers = tuple(
        (name, value)
        for name, value in answer.headers.items()
        if name in ("ETag", "Last-Modified", "Location", "Link", "Content-Disposition")
    )
    side = _side(path)
    if "alerts" in path and side == OTHER and not path.startswith("/api/v1/operations"):
        given = answer.json()
        for each in given.get("items", [given]):
            kind = str(each.get("kind", ""))
            of = SESSION if kind.startswith("intervisions.") else CASE
            yield Piece(of, f"{address} {kind}", json.dumps(each))
    elif (path.endswith("/deadlines") and side == OTHER) or path == "/api/v1/deadlines":
        for each in answer.json()["items"]:
            of = SESSION if each["about"] == "session" else CASE
            yield Piece(of, f"{address} {each['about']}", json.dumps(each))
    else:
        yield Piece(side, address, answer.text, headers, answer.content)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, f"{key}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, key)
    else:
        yield key, value
