"""A network of people who act over HTTP, and the workers who tell them what is due."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from infra.demo.cast import Cast
from services.shared.actor import Actor
from tests.outside.fakes import FakeClock
from tests.outside.issuer import Issuer
from tests.outside.postbox import Postbox
from workers.draining import drain
from workers.runtime import Runtime

# What stands in an address as it is; the rest is quoted, as a browser does.
_ALLOWED = "!#$%&'()*+,/:;=?@[]~"
NETWORK = Path(__file__).parent / "journeys" / "network.toml"


def sent(method: str, url: str, **request: Any) -> requests.Response:
    """The answer itself, wherever it sends one. Proxies are for the outside: looking for them in
    the environment takes as long as the rest."""
    if request.keys() <= {"json", "headers"}:
        return _sent_json(method, url, **request)
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=60, allow_redirects=False, **request)


def _sent_json(
    method: str, url: str, *, json: Any = None, headers: Mapping[str, str] | None = None
) -> requests.Response:
    """As most are; by `http.client` alone, which takes half as long to ask."""
    told = dict(headers or {})
    body = None if json is None else dumps(json).encode()
    if body is not None:
        told.setdefault("Content-Type", "application/json")
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=60)
    path = f"{address.path}?{address.query}" if address.query else address.path
    connection.request(method, quote(path, safe=_ALLOWED), body, told)
    raw = connection.getresponse()
    answer = requests.Response()
    answer.status_code, answer.reason, answer.url = raw.status, raw.reason, url
    answer.headers = CaseInsensitiveDict(raw.headers.items())
    answer.encoding = get_encoding_from_headers(answer.headers)
    answer.raw = raw
    with closing(connection):
        assert answer.content is not None
    return answer


@dataclass
class Person:
    """One professional with a bearer token of their own."""

    actor: Actor
    email: str
    base: str
    issuer: Issuer
    subject: str
    # Claims of the token beyond who it is: {"auth_time": …} for when they logged in.
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def bearer(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.issuer.remembered(sub=self.subject, **self.claims)}"
        }

    def call(
        self, method: str, path: str, json: Any = None, *, status: int | None = None, **headers: str
    ) -> requests.Response:
        """The answer, which must have `status` if one is named."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = sent(method, self.base + path, json=json, headers=self.bearer | named)
        if status is not None:
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
        return answer

    def upload(
        self,
        path: str,
        name: str,
        content: bytes,
        *,
        status: int | None = 201,
        headers: dict[str, str] | None = None,
        **fields: str,
    ) -> requests.Response:
        """A file with its fields, as a browser's form sends it."""
        answer = sent(
            "POST",
            self.base + path,
            data=fields,
            files={"file": (name, content)},
            headers=self.bearer | (headers or {}),
        )
        if status is not None:
            assert answer.status_code == status, f"upload {name!r}: {answer.text}"
        return answer

    def get(self, path: str, *, status: int = 200) -> Any:
        return self.call("GET", path, status=status).json()

    def post(self, path: str, json: Any = None, *, status: int = 201, **headers: str) -> Any:
        return self.call("POST", path, json, status=status, **headers).json()

    @property
    def id(self) -> str:
        return str(self.actor.id)


@dataclass(frozen=True)
class Stand:
    """All rows as they are known to stand, how they came about, and the position in PostgreSQL's
    log up to which that holds (tests/once/beginnings.py)."""

    key: tuple[Any, ...]
    rows: dict[str, bytes]
    position: Any


@dataclass
class Network:
    people: dict[str, Person]
    clock: FakeClock
    runtime: Runtime
    postbox: Postbox
    database: psycopg.Connection
    cast: Cast
    case_keys: Path
    stand: Stand | None = None

    def __getitem__(self, key: str) -> Person:
        return self.people[key]

    def work(self) -> None:
        """The workers' turn: everything that is due goes out."""
        drain(self.runtime)

    def mails(self, key: str) -> list[Any]:
        """What reached this person so far, in the order of arrival."""
        pairs = zip(self.postbox.recipients, self.postbox.received, strict=True)
        return [message for address, message in pairs if address == self.people[key].email]

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.database.execute(query, values).fetchall()
