"""security.md row 3: who is revoked goes on reading. A read that begins after the revoker has the
answer holds nothing, whatever is revoked and however it is read.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.guards.canaries import canary
from tests.journeys.steps import join, note, open_shared_case, org, propose, take_over
from tests.people import Network, Person
from tests.security.endings.races import Race
from tests.slices import WHOLE, some, times

RACES = times(10_000, 20)
# So many in one world, then a new one: its days pass, and what was given for a time ends by itself.
IN_ONE_WORLD = 180
WORLDS = [min(IN_ONE_WORLD, RACES - begun) for begun in range(0, RACES, IN_ONE_WORLD)]
SHARED = ["identity", "tenancy", "procedure"]
NOTE, OWN, FILE = (canary(91 + i, what).encode() for i, what in enumerate(("note", "own", "file")))
# More than any buffer between the two ends holds.
LARGE = 16 * 1024 * 1024


@dataclass
class Right:
    """Whose right to which case, how it is taken, and how it is given again."""

    reader: Person
    case: Any
    close: Callable[[], None]
    reopen: Callable[[], None]
    # Something of the case stays open: it may go on being listed.
    in_part: bool = False
    document: str = ""


class Rights:
    """Every way in which somebody stops being allowed to read."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rw1, self.rw2 = network["rw1"], network["rw2"]
        self.case = open_shared_case(network)
        self.path = f"/api/v1/cases/{self.case['id']}"
        self.others = [each["id"] for each in self.rw1.get(f"{self.path}/consents")["items"]]
        for key in self.others:
            self._withdraw(key)
        self.consent = self._permit()
        self.place = self._join()
        self.made: Any = None

    def all(self) -> dict[str, Right]:
        ways = {
            "withdrawal": (lambda: self._withdraw(self.consent), self._permit_again),
            "end of participation": (self._end, self._join_again),
            "exclusion": (self._exclude, self._include),
            "narrowing": (self._narrow, lambda: self._withdraw(self.made)),
            "deactivation": (self._deactivate, self._activate),
            "protocol": (self._publish, self._sign),
            "expiry": (lambda: self.network.clock.advance(days=1), self._permit_again),
        }
        rights = {
            name: Right(self.rw2, self.case, *way, in_part=name == "narrowing")
            for name, way in ways.items()
        }
        return rights | {"handover": self._handover(), "substitute": self._substitute()}

    def _give(self, effect: str, until: timedelta) -> str:
        provision = {"recipient_kind": "organisation", "recipient_id": org(self.network, "rw2")}
        categories = SHARED if effect == "permit" else ["tenancy"]
        said = {
            **{"purpose": "Home", "evidence": "oral", "witness": "W", "language": "fr"},
            "valid_until": (self.network.clock.now() + until).isoformat(),
            "provisions": [{**provision, "effect": effect, "categories": categories}],
        }
        made = self.rw1.post(f"{self.path}/consents", said)
        return str(made["id"])

    def _permit(self) -> str:
        return self._give("permit", timedelta(days=1))

    def _permit_again(self) -> None:
        self.consent = self._permit()

    def _withdraw(self, key: str) -> None:
        self.rw1.post(f"{self.path}/consents/{key}/withdrawal", status=200, If_Match='"v1"')

    def _join(self) -> Any:
        return join(self.network, self.case, "rw2", "generalist")

    def _join_again(self) -> None:
        self.place = self._join()

    def _end(self) -> None:
        version = f'"v{self.place["version"]}"'
        path = f"{self.path}/team/{self.place['id']}/end"
        self.rw1.post(path, status=200, If_Match=version)

    def _exclude(self) -> None:
        asked = {"professional_id": self.rw2.id, "reason": "No"}
        self.made = self.rw1.post(f"{self.path}/exclusions", asked)["id"]

    def _include(self) -> None:
        path = f"{self.path}/exclusions/{self.made}/lift"
        self.rw1.post(path, status=200, If_Match='"v1"')
        self._join_again()

    def _narrow(self) -> None:
        self.made = self._give("deny", timedelta(days=1))

    def _deactivate(self) -> None:
        path = f"/api/v1/professionals/{self.rw2.id}/deactivation"
        self.network["coordinator"].post(path, status=200)

    def _activate(self) -> None:
        """No command opens an account again."""
        query = "UPDATE professionals SET active = true WHERE id = %s RETURNING id"
        self.network.rows(query, self.rw2.id)
        self._join_again()

    def _publish(self) -> None:
        body = {"title": "Next", "body": "Again."}
        self.made = self.network["coordinator"].post("/api/v1/protocols", body)["id"]

    def _sign(self) -> None:
        self.rw2.post(f"/api/v1/protocols/{self.made}/signatures")

    def _handover(self) -> Right:
        """A case of the specialist goes to a colleague, and comes back for the next race."""
        holder = self.network["specialist"]
        case = holder.post("/api/v1/cases", {"language": "fr", "commune": "Jette"})

        def pass_on(frm: str, to: str) -> None:
            take_over(self.network, propose(self.network, case, frm, to), to)

        return Right(
            holder,
            case,
            lambda: pass_on("specialist", "colleague"),
            lambda: pass_on("colleague", "specialist"),
        )

    def _substitute(self) -> Right:
        """Somebody stands in for the reference worker until they come back."""
        named: list[str] = []
        today = self.network.clock.now().date()

        def name() -> None:
            days = {"first_day": f"{today}", "last_day": f"{today + timedelta(days=300)}"}
            asked = {"substitute_id": self.network["colleague"].id, **days}
            named.append(self.rw1.post("/api/v1/me/substitutions", asked)["id"])

        def come_back() -> None:
            self.rw1.post(f"/api/v1/me/substitutions/{named.pop()}/end", status=200)

        name()
        return Right(self.network["colleague"], self.case, come_back, name)


@pytest.fixture
def rights(network) -> dict[str, Right]:
    """Each of a case with a note and a file that are open to its reader."""
    found = Rights(network).all()
    furnished: dict[str, str] = {}
    for right in found.values():
        key = right.case["id"]
        if key not in furnished:
            who = "specialist" if right.reader is network["specialist"] else "rw1"
            note(network, right.case, who, NOTE.decode())
            furnished[key] = put(network[who], right.case, FILE)
        right.document = furnished[key]
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")
    return found


def put(who: Person, case: Any, content: bytes) -> str:
    kind = {"category": "tenancy", "kind": "other", "title": "Letter"}
    sent = who.upload(f"/api/v1/cases/{case['id']}/documents", "letter.txt", content, **kind)
    return str(sent.json()["id"])


def readers_of(right: Right) -> dict[str, Callable[[], bool]]:
    """Ways to read, each of which says whether the answer held something."""
    reader, path = right.reader, f"/api/v1/cases/{right.case['id']}"
    notes = f"{path}/notes"
    key = {"Idempotency-Key": f"race-{uuid4()}"}
    own = {"category": "tenancy", "body": OWN.decode()}
    tag: dict[str, str] = {}

    def asked_again() -> bool:
        answer = reader.call("GET", notes, **tag)
        if NOTE in answer.content:
            tag["If-None-Match"] = answer.headers["ETag"]
        return answer.status_code == 304 or NOTE in answer.content

    ways = {
        "notes": lambda: NOTE in reader.call("GET", notes).content,
        "not modified": asked_again,
        "download": lambda: (
            FILE in reader.call("GET", f"/api/v1/documents/{right.document}/content").content
        ),
        "documents": lambda: right.document in reader.call("GET", f"{path}/documents").text,
        "stored answer": lambda: OWN in reader.call("POST", notes, own, **key).content,
    }
    if not right.in_part:
        ways["case"] = lambda: reader.call("GET", path).ok
        ways["list"] = lambda: right.case["code"] in reader.call("GET", "/api/v1/cases").text
    return ways


def in_a_race(rights: dict[str, Right]) -> list[str]:
    """All; of a slice four, and the others are those whose download is cut."""
    return some(list(rights), 4)


@pytest.mark.parametrize("races", WORLDS)
def test_no_read_begun_after_the_acknowledgement_holds_anything(network, rights, figures, races):
    run, raced = 0, in_a_race(rights)
    while run < races:
        for name in raced:
            right = rights[name]
            network.clock.advance(seconds=1)
            race = Race(readers_of(right), right.close)
            looks = race.run()
            late = race.late(looks)
            assert {each.what for each in late} == race.readers.keys()
            assert [each for each in late if each.held] == [], name
            run += len(race.readers)
            figures(
                "readers against a revoker",
                races=len(race.readers),
                reads=len(looks),
                begun_after=len(late),
                holding_something=sum(each.held for each in late),
                longest_in_flight_ms=round(1000 * race.longest_in_flight(looks), 1),
            )
            network.clock.advance(seconds=1)
            right.reopen()


def test_a_revocation_that_revokes_nothing_is_noticed(rights):
    """A race that nobody can lose would prove nothing."""
    race = Race(readers_of(rights["withdrawal"]), lambda: None)
    late = race.late(race.run())
    assert {each.what for each in late if each.held} == race.readers.keys()


@dataclass
class Download:
    """A file that is fetched slowly, by somebody who keeps what has arrived."""

    right: Right

    def __enter__(self) -> "Download":
        reader, port = self.right.reader, int(self.right.reader.base.rsplit(":", 1)[1])
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        self._socket.settimeout(20)
        self._socket.connect(("127.0.0.1", port))
        token = reader.issuer.token(sub=reader.subject)
        self._socket.sendall(
            f"GET /api/v1/documents/{self.right.document}/content HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode()
        )
        self.begun = self._socket.recv(16 * 1024)
        return self

    def __exit__(self, *_) -> None:
        self._socket.close()

    def rest(self) -> int:
        """How many bytes still come."""
        count = 0
        try:
            while piece := self._socket.recv(256 * 1024):
                count += len(piece)
        except ConnectionResetError:
            pass
        return count


def test_a_download_under_way_is_cut(network, rights, figures):
    letter = b"A line of a long letter.\n" * (LARGE // 25)
    large: dict[str, str] = {}
    raced = () if WHOLE else in_a_race(rights)
    cut = {name: right for name, right in rights.items() if name not in raced}
    for name, right in cut.items():
        key = right.case["id"]
        if key not in large:
            who = "specialist" if name == "handover" else "rw1"
            large[key] = put(network[who], right.case, letter)
        right.document = large[key]
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")
    for name, right in cut.items():
        network.clock.advance(seconds=1)
        with Download(right) as download:
            assert b" 200 " in download.begun.split(b"\r\n", 1)[0]
            right.close()
            acknowledged = time.monotonic()
            arrived = download.rest()
            took = time.monotonic() - acknowledged
        assert arrived < len(letter) * 3 // 4, name
        figures(
            "downloads under way at a revocation",
            cut=1,
            longest_went_on_ms=round(1000 * took, 1),
            longest_went_on_kb=arrived // 1024,
        )
        network.clock.advance(seconds=1)
        right.reopen()
