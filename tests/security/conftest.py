"""A town that is built once for each module and that no test changes for good."""

import logging
from collections.abc import Iterator
from io import StringIO
from uuid import UUID

import psycopg
import pytest
import structlog
from sqlalchemy import make_url

from case_api.app import create_app
from infra import logs
from infra.database import Database
from infra.migrations.models import metadata
from infra.settings import Settings
from notifications.channels.email import EmailChannel
from tests.consent.story import Story
from tests.fakes import FakeClock
from tests.issuer import AUDIENCE, Issuer, free_port
from tests.postbox import MailServer, Postbox
from tests.security.sql import Gate
from tests.security.town import START, Town, build, cast_of
from tests.serving import served
from workers.draining import drain
from workers.runtime import Runtime


@pytest.fixture(scope="module")
def empty(cluster) -> Iterator[psycopg.Connection]:
    """All tables empty, and a superuser's connection with its triggers and checks in force."""
    url = make_url(cluster.url("postgres")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {names} CASCADE")
        connection.execute("SET session_replication_role = origin")
        yield connection


@pytest.fixture(scope="module")
def town(cluster, empty, tmp_path_factory) -> Iterator[Town]:
    api, owner = Database(cluster.url("maillage_api")), Database(cluster.url("maillage_owner"))
    clock, issuer = FakeClock(START), Issuer(free_port())
    with served(issuer.app(), issuer.port):
        cast = cast_of(owner, api, clock, issuer.url)
        (protocol,) = empty.execute("SELECT id FROM protocols").fetchone() or ()
        settings = settings_for(cluster, issuer, tmp_path_factory.mktemp("town"))
        app = create_app(settings, clock=clock, database=api)
        town = Town(Story.of(cast, protocol), issuer, app, empty, UUID(int=0))
        build(town)
        yield town
    api.dispose()
    owner.dispose()


@pytest.fixture(scope="module")
def mails(cluster, town) -> Iterator[Postbox]:
    """Everything that was due went out."""
    postbox, database = Postbox(), Database(cluster.url("maillage_worker"))
    server = MailServer(postbox)
    server.start()
    email = EmailChannel(server=server, sender="alerts@maillage.example", timeout=3)
    runtime = Runtime(
        database=database,
        clock=town.story.cast.clock,
        email=email,
        public_url="https://maillage.example",
        mail_domain=email.domain,
    )
    drain(runtime)
    yield postbox
    server.stop()
    database.dispose()


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
    )
