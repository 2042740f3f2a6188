"""A town that is built once for each module and that no test changes for good."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import structlog
from sqlalchemy import make_url

from infra import logs
from infra.embedded.secret import seal_keys
from infra.files.taking import take_folders
from infra.settings import Settings
from notifications.channels.email import EmailChannel
from tests.consent.story import Story
from tests.once.acquaintances import registered
from tests.once.emptying import empty as make_empty
from tests.outside.fakes import FakeClock
from tests.outside.issuer import AUDIENCE
from tests.outside.postbox import MailServer, Postbox
from tests.security.database.sql import Gate
from tests.security.kept import Kept
from tests.security.matrix.stage import OneConnection, Stage, people, swap
from tests.security.populated.case import populate
from tests.security.town import START, Town, build, cast_of
from workers.draining import drain
from workers.runtime import Runtime

# What takes longest to populate.
DEAR = {"town", "stage"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First of all tests those around what is dear: of several processes one has them all, and
    from the beginning of its share none takes any."""

    def is_dear(item: pytest.Item) -> bool:
        ours = item.path.is_relative_to(Path(__file__).parent)
        return ours and not DEAR.isdisjoint(getattr(item, "fixturenames", ()))

    items.sort(key=lambda each: not is_dear(each))


@dataclass
class Workers:
    """Whoever has to be told, is told when the test says so."""

    runtime: Runtime
    postbox: Postbox

    def work(self) -> None:
        drain(self.runtime)


@contextmanager
def at_work(databases, app, clock) -> Iterator[Workers]:
    postbox = Postbox()
    server = MailServer(postbox)
    server.start()
    email = EmailChannel(server=server, sender="alerts@maillage.example", timeout=3)
    with databases.lent("maillage_worker") as database:
        runtime = Runtime(
            database=database,
            clock=clock,
            email=email,
            public_url="https://maillage.example",
            mail_domain=email.domain,
            documents=app.extensions["maillage"].documents,
        )
        yield Workers(runtime, postbox)
    server.stop()


@pytest.fixture(scope="session")
def all_kept() -> dict[str, Kept[Any]]:
    """What was populated so far."""
    return {}


@pytest.fixture(scope="module")
def empty(cluster) -> Iterator[psycopg.Connection]:
    """All tables empty, and a superuser's connection with its triggers and checks in force."""
    url = make_url(cluster.url("postgres")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        make_empty(connection)
        connection.execute("SET session_replication_role = origin")
        yield connection


@pytest.fixture(scope="module")
def town(
    cluster, databases, applications, only_issuer, empty, all_kept, tmp_path_factory
) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    settings = settings_for(cluster, only_issuer, folder)
    with ExitStack() as lent:
        api = lent.enter_context(databases.lent("maillage_api"))
        kept = all_kept.get("town")
        town = kept.put_back(empty, folder) if kept else None
        clock = town.story.cast.clock if town else FakeClock(START)
        app = lent.enter_context(applications.lent(settings, clock=clock, database=api)).app
        if town is None:
            owner = lent.enter_context(databases.lent("maillage_owner"))
            cast = cast_of(owner, api, clock, only_issuer.url)
            (protocol,) = empty.execute("SELECT id FROM protocols").fetchone() or ()
            town = Town(Story.of(cast, protocol), only_issuer, app, empty, UUID(int=0))
            take_folders(settings, api.engine)
            build(town)
            all_kept["town"] = Kept(
                town, empty, folder, lambda it: [it.issuer, it.app, it.superuser, it.story.cast.api]
            )
        town.app, town.superuser = app, empty
        town.story.cast = replace(town.story.cast, api=api)
        yield town


@pytest.fixture(scope="module")
def mails(databases, town) -> Iterator[Postbox]:
    """Everything that was due went out."""
    with at_work(databases, town.app, town.story.cast.clock) as workers:
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


@pytest.fixture(scope="session")
def one_connection(cluster) -> Iterator[OneConnection]:
    one = OneConnection(cluster.url("maillage_api"))
    yield one
    one.dispose()


@pytest.fixture(scope="module")
def stage(
    cluster, databases, applications, only_issuer, one_connection, empty, all_kept, tmp_path_factory
) -> Iterator[Stage]:
    """Everybody whom the access matrix knows, around one case; the application asks it on one
    connection whose transaction a test holds open."""
    folder = tmp_path_factory.mktemp("stage")
    settings = settings_for(cluster, only_issuer, folder)
    with ExitStack() as lent:
        api = lent.enter_context(databases.lent("maillage_api"))
        kept = all_kept.get("stage")
        stage = kept.put_back(empty, folder) if kept else None
        clock = stage.clock if stage else FakeClock(START)
        app = lent.enter_context(applications.lent(settings, clock=clock, database=api)).app
        if stage is None:
            owner = lent.enter_context(databases.lent("maillage_owner"))
            cast = registered(people(), owner=owner, api=api, clock=clock, issuer=only_issuer.url)
            stage = Stage(cast, clock, only_issuer, app, empty, one_connection)
            take_folders(settings, api.engine)
            populate(stage)
            all_kept["stage"] = Kept(
                stage,
                empty,
                folder,
                lambda it: [it.issuer, it.app, it.superuser, it.database, it.cast.api],
            )
        stage.app, stage.superuser = app, empty
        stage.cast = replace(stage.cast, api=api)
        # Of the pool that populated it, whose connection has planned most of what is asked.
        one_connection.engine = api.engine
        swap(app, one_connection)
        yield stage


@pytest.fixture(scope="module")
def workers(databases, stage) -> Iterator[Workers]:
    """Everything that was due by the time the stage stood went out."""
    with at_work(databases, stage.app, stage.clock) as workers:
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
        documents_dir=folder / "documents",
        seal_keys=seal_keys(folder),
        case_keys=folder / "case-keys",
        # Nobody is there; a number can be given.
        sms_gateway_url="https://sms.example/send",
    )
