"""Real PostgreSQL as maillage_worker with its policies, real Valkey, an obedient mail server."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from infra.embedded.redis import Valkey
from infra.files.store import DocumentStore
from infra.migrations.models import metadata
from notifications.channels.email import EmailChannel
from tests.guards.leaks import note_everything_in
from tests.once.emptying import empty
from tests.outside.fakes import FakeClock
from workers.runtime import Runtime

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
SENDER = "alerts@maillage.example"


class World:
    """Puts facts in place, as the database's superuser and without triggers, and reads them."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        empty(connection)
        self._numbers = itertools.count()
        self._codes = map("".join, itertools.product("23456789ABCDEFGH", repeat=4))
        self.organisation = uuid4()
        self.put("organisations", id=self.organisation, name="O", sector="s", kind="generalist")

    def put(self, table: str, **values: Any) -> None:
        known = {c.name for c in metadata.tables[table].columns}
        if "version" in known:
            values.setdefault("version", 1)
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        plain = [Jsonb(v) if isinstance(v, dict) else v for v in values.values()]
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", plain)

    def run(self, query: str, *values: Any) -> list[Any]:
        cursor = self.connection.execute(query, values)
        return cursor.fetchall() if cursor.description else []

    def professional(self, language: str = "fr", **more: Any) -> UUID:
        key = uuid4()
        number = next(self._numbers)
        row = {"name": f"Jeanne Dupont {number}", "email": f"p{number}@example.org", **more}
        self.put(
            "professionals", id=key, organisation_id=self.organisation, language=language, **row
        )
        return key

    def email_of(self, professional: UUID) -> str:
        return self.run("SELECT email FROM professionals WHERE id = %s", professional)[0][0]

    def case(self, reference: UUID | None = None, code: str = "") -> UUID:
        key, opener = uuid4(), reference or uuid4()
        code = code or f"BX-{next(self._codes)}"
        self.put("cases", id=key, code=code, state="open", opened_at=NOW, opened_by=opener)
        if reference:
            self.assign(key, reference)
        return key

    def assign(self, case: UUID, professional: UUID) -> None:
        """The reference worker from now on, and the end of the one before."""
        start = NOW - timedelta(days=3650 - next(self._numbers))
        close = "UPDATE reference_assignments SET period = tstzrange(lower(period), %s)"
        self.run(f"{close} WHERE case_id = %s AND upper_inf(period)", start, case)
        period = Range(start, None)
        row = {"case_id": case, "professional_id": professional, "period": period}
        self.put("reference_assignments", id=uuid4(), **row)
        # As refresh_access() does, for no trigger runs here.
        self.run("DELETE FROM access_grants WHERE case_id = %s AND basis = 'reference'", case)
        grant = {"basis": "reference", "category_mask": 1023, "valid_from": start}
        grant |= {"principal_id": professional, "valid_until": "infinity"}
        self.put("access_grants", case_id=case, **grant)

    def grant(
        self, case: UUID, professional: UUID, basis: str, mask: int = 4, **until: Any
    ) -> None:
        self.put(
            "access_grants",
            case_id=case,
            principal_id=professional,
            basis=basis,
            category_mask=mask,
            valid_from=NOW - timedelta(days=1),
            valid_until=until.get("until", NOW + timedelta(days=300)),
        )

    def alert(self, kind: str = "evictions.hearing_approaching", **values: Any) -> UUID:
        key = uuid4()
        row = {
            "id": key,
            "case_id": None,
            "kind": kind,
            "object_id": uuid4(),
            "object_version": 1,
            "rung": "7d",
            "recipient_role": "reference_worker",
            "recipient_id": None,
            "due_at": NOW,
            "planned_at": NOW - timedelta(days=1),
            "facts": {},
            **values,
        }
        if kind == "evictions.hearing_approaching" and not row["facts"]:
            row["facts"] = {"hearing_at": "2027-03-08T08:30:00+00:00", "days_left": 7}
        self.put("alerts", **row)
        return key

    def due_alert(self, language: str = "fr", **values: Any) -> SimpleNamespace:
        """A case with a reference worker who must hear of a hearing now."""
        worker = self.professional(language)
        case = self.case(worker, code=values.pop("code", ""))
        alert = self.alert(case_id=case, **values)
        return SimpleNamespace(worker=worker, case=case, alert=alert, email=self.email_of(worker))

    def state(self, alert: UUID) -> str:
        return self.run("SELECT state FROM alerts WHERE id = %s", alert)[0][0]

    def delivery(self, alert: UUID, channel: str = "email") -> Any:
        """The one delivery of an alert by a channel, as named values."""
        query = "SELECT * FROM deliveries WHERE alert_id = %s AND channel = %s"
        cursor = self.connection.execute(query, (alert, channel))
        (row,) = cursor.fetchall()
        return SimpleNamespace(**dict(zip([c.name for c in cursor.description], row, strict=True)))


@pytest.fixture
def world(connected) -> World:
    return World(connected.connection())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def make_runtime(databases, mail_server, clock, tmp_path) -> Iterator[Callable[[], Runtime]]:
    """Each call is another process's worth of objects."""
    lent = ExitStack()

    def make() -> Runtime:
        database = lent.enter_context(databases.lent("maillage_worker", pool_size=3))
        email = EmailChannel(server=mail_server, sender=SENDER, timeout=3)
        return Runtime(
            database=database,
            clock=clock,
            email=email,
            public_url="https://maillage.example",
            mail_domain=email.domain,
            documents=DocumentStore(tmp_path / "documents"),
        )

    with lent:
        yield make


@pytest.fixture
def runtime(make_runtime) -> Runtime:
    return make_runtime()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("workers-valkey"))
    yield server
    server.stop()


@pytest.fixture
def valkey(valkey_server) -> Iterator[Valkey]:
    """Running and empty, whatever the test before did to it."""
    if not valkey_server.answers():
        valkey_server.stop()
        valkey_server.start()
        valkey_server.wait_ready()
    with valkey_server.client() as client:
        client.flushall()
    yield valkey_server
    if valkey_server.answers():
        with valkey_server.client() as client:
            note_everything_in(client)
