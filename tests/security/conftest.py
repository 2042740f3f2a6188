"""A town that is built once for each module and that no test changes for good."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import structlog
from sqlalchemy import make_url

from case_api.app import create_app
from infra import logs
from infra.database import Database
from infra.demo.cast import gather
from infra.files.taking import take_folders
from infra.migrations.models import EMPTY_AT_FIRST
from infra.settings import Settings
from notifications.channels.email import EmailChannel
from tests.consent.story import Story
from tests.fakes import FakeClock
from tests.issuer import AUDIENCE, Issuer
from tests.postbox import MailServer, Postbox
from tests.security.database.sql import Gate
from tests.security.matrix.stage import OneConnection, Stage, people, swap
from tests.security.populated.case import populate
from tests.security.town import START, Town, build, cast_of
from tests.serving import served
from workers.draining import drain
from workers.runtime import Runtime


@dataclass
class Workers:
    """Whoever has to be told, is told when the test says so."""

    runtime: Runtime
    postbox: Postbox

    def work(self) -> None:
        drain(self.runtime)


@contextmanager
def at_work(cluster, app, clock) -> Iterator[Workers]:
    postbox, database = Postbox(), Database(cluster.url("maillage_worker"))
    server = MailServer(postbox)
    server.start()
    email = EmailChannel(server=server, sender="alerts@maillage.example", timeout=3)
    parts = app.extensions["maillage"]
    runtime = Runtime(
        database=database,
        clock=clock,
        email=email,
        public_url="https://maillage.example",
        mail_domain=email.domain,
        **coming(Runtime, documents=getattr(parts, "documents", None)),
    )
    yield Workers(runtime, postbox)
    server.stop()
    database.dispose()


@pytest.fixture(scope="module")
def empty(cluster) -> Iterator[psycopg.Connection]:
    """All tables empty, and a superuser's connection with its triggers and checks in force."""
    url = make_url(cluster.url("postgres")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        names = ", ".join(EMPTY_AT_FIRST)
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {names} CASCADE")
        connection.execute("SET session_replication_role = origin")
        yield connection


@pytest.fixture(scope="module")
def town(cluster, empty, tmp_path_factory) -> Iterator[Town]:
    api, owner = Database(cluster.url("maillage_api")), Database(cluster.url("maillage_owner"))
    clock, issuer = FakeClock(START), Issuer()
    with served(issuer.app()) as issuer.port:
        cast = cast_of(owner, api, clock, issuer.url)
        (protocol,) = empty.execute("SELECT id FROM protocols").fetchone() or ()
        settings = settings_for(cluster, issuer, tmp_path_factory.mktemp("town"))
        take_folders(settings, api.engine)
        app = create_app(settings, clock=clock, database=api)
        town = Town(Story.of(cast, protocol), issuer, app, empty, UUID(int=0))
        build(town)
        yield town
    api.dispose()
    owner.dispose()


@pytest.fixture(scope="module")
def mails(cluster, town) -> Iterator[Postbox]:
    """Everything that was due went out."""
    with at_work(cluster, town.app, town.story.cast.clock) as workers:
        workers.work()
        yield workers.postbox


@pytest.fixture(scope="module")
def gate(cluster, town):
    gate = Gate(cluster, "maillage_api")
    yield gate
    gate.connection.close()


@pytest.fixture(scope="module")
def worker(cluster, town):
    gate = Gate(cluster, "maillage_worker")
    yield gate
    gate.connection.close()


@pytest.fixture(scope="module")
def stage(cluster, empty, tmp_path_factory) -> Iterator[Stage]:
    """Everybody whom the access matrix knows, around one case; the application asks it on one
    connection whose transaction a test holds open."""
    api, owner = Database(cluster.url("maillage_api")), Database(cluster.url("maillage_owner"))
    clock, issuer = FakeClock(START), Issuer()
    one = OneConnection(cluster.url("maillage_api"))
    with served(issuer.app()) as issuer.port:
        cast = gather(people(), owner=owner, api=api, clock=clock, issuer=issuer.url)
        settings = settings_for(cluster, issuer, tmp_path_factory.mktemp("stage"))
        take_folders(settings, api.engine)
        app = create_app(settings, clock=clock, database=api)
        stage = Stage(cast, clock, issuer, app, empty, one)
        populate(stage)
        swap(app, one)
        yield stage
    for database in (api, owner, one):
        database.dispose()


@pytest.fixture(scope="module")
def workers(cluster, stage) -> Iterator[Workers]:
    """Everything that was due by the time the stage stood went out."""
    with at_work(cluster, stage.app, stage.clock) as workers:
        workers.work()
        yield workers


@pytest.fixture
def log_lines() -> Iterator[StringIO]:
    """What the program and its libraries write down."""
    root = logging.getLogger()
    before, stream = list(root.handlers), StringIO()
    logs.configure(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = before


def settings_for(cluster, issuer, folder) -> Settings:
    return Settings(
        database_url=cluster.url("maillage_api"),
        worker_database_url="",
        owner_database_url="",
        redis_url="redis://127.0.0.1:1/0",
        smtp_url="smtp://127.0.0.1:1",
        mail_from="alerts@maillage.example",
        public_url="http://localhost",
        oidc_issuer=issuer.url,
        oidc_client_id="maillage",
        oidc_client_secret="",
        api_audience=AUDIENCE,
        secret_key="q7Yw2Vn9Zx4Lk8Rt1Mb6Pd3Hs5Jf0Gc-Ua",
        embedded=True,
        data_dir=folder,
        trusted_hosts=("localhost",),
        **coming(Settings, documents_dir=folder / "documents", seal_keys=_seal_keys(folder)),
        case_keys=folder / "case-keys",
        # Nobody is there; a number can be given.
        sms_gateway_url="https://sms.example/send",
    )


def coming(part: Any, **values: Any) -> dict[str, Any]:
    """What the part takes of the values: some belong to a slice that may not be merged yet."""
    taken = {each.name for each in fields(part)}
    return {name: value for name, value in values.items() if name in taken}


def _seal_keys(folder: Path) -> Path | None:
    make = getattr(import_module("infra.embedded.secret"), "seal_keys", None)
    return make(folder) if make else None
