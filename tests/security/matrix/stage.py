"""Two cases with everything in them, and everybody around the first, as the matrix asks them.

What is common is committed once. What the household said about one person is said inside a
transaction that is never committed, and each question is asked inside a savepoint of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import psycopg
from flask import Flask
from psycopg.pq import ExecStatus
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from infra.database import Database, bind_context
from infra.demo.cast import Cast
from services.network import sessions
from services.shared.actor import Actor
from services.shared.categories import NAMES
from services.shared.clock import Clock
from services.shared.unit_of_work import UnitOfWork
from tests.outside.fakes import FakeClock
from tests.outside.issuer import Issuer
from tests.printed import text_of

CANTON = "Schaerbeek 1"
FACTS = ["identity", "tenancy", "procedure"]
EVERY = list(NAMES)
UNTIL = timedelta(minutes=4)

# organisation -> who works there: (key, roles). The first signs the protocol for all.
HOUSES: dict[str, list[tuple[str, list[str]]]] = {
    "net": [("network_administrator", ["administrator", "coordinator"]), ("coordinator", [])],
    "adm": [("administrator", ["administrator"])],
    "uln": [
        ("uln_signs", ["worker", "administrator"]),
        *((key, ["worker"]) for key in ("reference_worker", "substitute", "receiver")),
        *((key, ["worker"]) for key in ("former_reference_worker", "second_look")),
    ],
    "cpas": [
        ("cpas_signs", ["worker", "administrator"]),
        *((key, ["worker"]) for key in ("generalist", "colleague", "former_participant")),
        ("lapsed_participant", ["worker"]),
    ],
    "ssm": [
        ("ssm_signs", ["worker", "administrator"]),
        *((key, ["worker"]) for key in ("specialist", "invited", "invited_elsewhere")),
    ],
    "law": [("law_signs", ["worker", "administrator"]), ("lawyer", ["worker"])],
    "jpl": [
        ("jpl_signs", ["administrator"]),
        ("liaison", ["liaison"]),
        ("liaison_elsewhere", ["liaison"]),
        ("liaison_far", ["liaison"]),
    ],
    "peer": [
        ("peer_signs", ["worker", "administrator"]),
        ("facilitator", ["facilitator"]),
        ("facilitator_elsewhere", ["facilitator"]),
    ],
    "uns": [("uns_signs", ["worker", "administrator"]), ("unsigned_participant", ["worker"])],
    "far": [
        ("far_signs", ["worker", "administrator"]),
        *((key, ["worker"]) for key in ("outsider", "neighbour", "break_glass_holder", "spare")),
        *((key, ["worker"]) for key in ("neighbour_second", "second_look_elsewhere")),
    ],
}
CANTONS = {"liaison": [CANTON], "liaison_elsewhere": ["Uccle"], "liaison_far": ["Ixelles"]}
ROLE_OF = {"generalist": "generalist", "specialist": "specialist", "lawyer": "lawyer"}


def people() -> dict[str, Any]:
    """As a network file says it (infra.demo.cast)."""
    houses = [
        {"key": key, "name": key.upper(), "sector": "s", "kind": "specialist"} for key in HOUSES
    ]
    staff = [
        {
            **{"key": key, "organisation": house, "name": key, "language": "fr"},
            **{"roles": roles or [key], "cantons": CANTONS.get(key, [])},
        }
        for house, members in HOUSES.items()
        for key, roles in members
    ]
    return {"organisation": houses, "professional": staff}


def _past_psycopg(command: str) -> Callable[[Connection, str], None]:
    """A command about a savepoint, as the dialect would give it.

    psycopg would prepare it under each new name, forget a statement of the program for it, and at
    the first that is undone forget every plan (as `KeepsPlans`).
    """

    def told(connection: Connection, name: str) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        result = driver.pgconn.exec_(f"{command} {name}".encode())
        assert result.status == ExecStatus.COMMAND_OK, result.get_error_message()

    return told


@contextmanager
def _savepoints(dialect: Any) -> Iterator[None]:
    ways = {
        "do_savepoint": "SAVEPOINT",
        "do_release_savepoint": "RELEASE SAVEPOINT",
        "do_rollback_to_savepoint": "ROLLBACK TO SAVEPOINT",
    }
    for name, command in ways.items():
        setattr(dialect, name, _past_psycopg(command))
    try:
        yield
    finally:
        for name in ways:
            delattr(dialect, name)


class OneConnection(Database):
    """Every transaction is a savepoint on one connection; what is judged at commit is judged at
    its end, as it would be."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=1)
        self.held: Connection | None = None

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A transaction around all the others, which leaves nothing behind."""
        with _savepoints(self.engine.dialect), self.engine.connect() as connection:
            transaction = connection.begin()
            # psycopg begins it at the first statement.
            connection.exec_driver_sql("SELECT")
            self.held = connection
            try:
                yield connection
            finally:
                self.held = None
                transaction.rollback()

    @contextmanager
    def transaction(
        self, *, clock: Clock, actor: Actor | None, request_id: str | None = None
    ) -> Iterator[UnitOfWork]:
        session = Session(
            self.held, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        with session, session.begin():
            uow = UnitOfWork(session, clock, request_id)
            bind_context(session, actor=actor, now=uow.now())
            yield uow
            uow.write_entries()
            session.flush()
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


@dataclass(frozen=True)
class AtHome:
    """An adult of the household who entered with a code of their own."""

    member: UUID
    session: UUID
    cookie: str
    csrf: str


@dataclass
class Stage:
    cast: Cast
    clock: FakeClock
    issuer: Issuer
    app: Flask
    superuser: psycopg.Connection
    database: OneConnection
    # "this_case" and "another_case" -> the parameter's name in a path -> the id.
    ids: dict[str, dict[str, UUID | str]] = field(default_factory=dict)
    # A mark in a text -> what kind of text it is in.
    marks: dict[str, str] = field(default_factory=dict)
    # Of those who come with another token than one of now.
    tokens: dict[str, str] = field(default_factory=dict)
    # Adults of the case by their kind, and what a mark is to them if not what it is to others.
    adults: dict[str, AtHome] = field(default_factory=dict)
    to_adults: dict[str, str] = field(default_factory=dict)

    def who(self, key: str) -> UUID:
        return self.cast.actors[key].id

    def house(self, key: str) -> UUID:
        return self.cast.actors[key].organisation_id

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def call(self, key: str | None, method: str, path: str, **request: Any) -> Any:
        headers = dict(request.pop("headers", {}))
        if key in self.adults:
            adult = self.adults[key]
            headers |= {"Cookie": adult.cookie, "X-CSRF-Token": adult.csrf}
        elif key is not None:
            token = self.tokens.get(key) or self.issuer.remembered(sub=key)
            headers["Authorization"] = f"Bearer {token}"
        client = self.app.test_client(use_cookies=False)
        return client.open(path, method=method, headers=headers, buffered=True, **request)

    def does(
        self, key: str, path: str, body: Any = None, *, version: int = 1, method: str = "POST"
    ) -> Any:
        """What came of a request that must succeed."""
        sent = {} if body is None else {"json": body}
        headers = {"If-Match": f'"v{version}"'}
        answer = self.call(key, method, f"/api/v1{path}", headers=headers, **sent)
        assert answer.status_code in (200, 201), f"{key} {path}: {answer.text}"
        return answer.get_json()

    def mark(self, kind: str, to_adults: str | None = None) -> str:
        mark = f"Zq{len(self.marks):03d}{kind[:4]}x"
        self.marks[mark] = kind
        if to_adults is not None:
            self.to_adults[mark] = to_adults
        return mark

    def found_in(self, answer: Any, key: str | None = None) -> set[str]:
        """The kinds of the texts that an answer shows somebody, in its body or its headers."""
        shown = f"{answer.headers}\n{text_of(answer)}"
        kinds = self.marks | self.to_adults if key in self.adults else self.marks
        return {kind for mark, kind in kinds.items() if mark in shown}

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens in the block leaves no trace, at any hour it may take place."""
        assert self.database.held is not None
        at, savepoint = self.clock.at, self.database.held.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()
            self.clock.at = at

    @contextmanager
    def said(self, key: str, consent: str) -> Iterator[None]:
        """In the block the household has said this about somebody, and about nobody else."""
        with self.undone():
            if consent not in ("none", ""):
                self._say(key, consent)
            yield

    def _say(self, key: str, consent: str) -> None:
        case = self.ids["this_case"]["case_id"]
        permitted = ["work"] if consent == "narrow" else FACTS
        says = [_provision("permit", permitted, **self._named(key, consent))]
        if consent == "denied":
            says.append(_provision("deny", EVERY, **self._person(key)))
        until = self.now + (UNTIL if consent == "expired" else timedelta(days=90))
        body = {
            **{"purpose": "P", "evidence": "oral", "witness": "W", "language": "fr"},
            **{"valid_until": until.isoformat(), "provisions": says},
        }
        made = self.does("reference_worker", f"/cases/{case}/consents", body)
        if consent == "expired":
            self.clock.at = until
        if consent == "withdrawn":
            path = f"/cases/{case}/consents/{made['id']}/withdrawal"
            self.does("reference_worker", path, version=made["version"])
        if consent == "excluded" and key != "reference_worker":
            body = {"professional_id": str(self.who(key)), "reason": "R"}
            self.does("reference_worker", f"/cases/{case}/exclusions", body)

    def _named(self, key: str, consent: str) -> dict[str, Any]:
        """By organisation, by role and in person: the rule knows all three."""
        if consent == "narrow":
            return self._person(key)
        if key.startswith("liaison"):
            return {"recipient_kind": "role", "recipient_role": "liaison"}
        if key in ("lawyer",):
            return {"recipient_kind": "role", "recipient_role": "lawyer"}
        if key in ("generalist", "colleague"):
            return {"recipient_kind": "organisation", "recipient_id": str(self.house(key))}
        return self._person(key)

    def _person(self, key: str) -> dict[str, Any]:
        return {"recipient_kind": "person", "recipient_id": str(self.who(key))}


def _provision(effect: str, categories: list[str], **recipient: Any) -> dict[str, Any]:
    return {"effect": effect, "categories": categories, **recipient}


def swap(app: Flask, database: Database) -> None:
    """From here on the application asks this database."""
    app.extensions["maillage"] = replace(app.extensions["maillage"], database=database)


def open_sessions(stage: Stage, keys: list[str]) -> dict[str, UUID]:
    """A login session of each, for the operations that end one."""
    found = {}
    for key in keys:
        with stage.cast.acts(key) as (actor, uow):
            opened = sessions.open_session(
                sessions.OpenSession(user_agent="U"), actor=actor, uow=uow
            )
            found[key] = opened.id
    return found


def file_of(text_in_it: str) -> tuple[BytesIO, str, str]:
    return BytesIO(f"{text_in_it} {uuid4()}\n".encode()), "letter.txt", "text/plain"
