"""Real processes, real PostgreSQL, and a mail server whose log is the truth."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from infra.embedded.redis import Valkey
from infra.files.store import DocumentStore
from infra.settings import Settings
from notifications.channels.email import EmailChannel
from tests.faults.kit.parts import MAIL_FROM, NO_REDIS, Parts, settings_for
from tests.outside.issuer import AUDIENCE, free_port
from tests.world import World
from workers.clock import DatabaseClock
from workers.runtime import Runtime


class LastingWorld(World):
    """Asks again by a new connection once the server was killed."""

    def run(self, query: str, *values: Any) -> list[Any]:
        try:
            return super().run(query, *values)
        except psycopg.OperationalError:
            dsn = self.connection.info.dsn
            self.connection.close()
            self.connection = psycopg.connect(dsn, autocommit=True)
            return super().run(query, *values)


@pytest.fixture
def world(cluster) -> Iterator[LastingWorld]:
    """Commits are durable here, as in production: the server will be killed."""
    url = make_url(cluster.url("postgres")).set(drivername="postgresql")
    world = LastingWorld(psycopg.connect(url.render_as_string(), autocommit=True))
    roles = ("maillage_worker", "maillage_api")
    for role in roles:
        world.run(f"ALTER ROLE {role} SET synchronous_commit = on")
    world.run("SET synchronous_commit = on")
    yield world
    for role in roles:
        world.run(f"ALTER ROLE {role} RESET synchronous_commit")
    world.connection.close()


@pytest.fixture
def parts(world, cluster, tmp_path) -> Iterator[Parts]:
    """None is started yet; all are ended, and their logs kept where the test failed."""
    port = free_port()
    url = cluster.url("maillage_worker")
    settings = settings_for(tmp_path, worker_url=url, redis_url=NO_REDIS, port=port)
    parts = Parts(tmp_path, settings, port)
    yield parts
    parts.stop()


@pytest.fixture
def api_url(cluster, parts, issuer) -> str:
    """Where the API answers once `parts.start("api")` was called, whichever process it is."""
    port = free_port()
    parts.settings = replace(
        parts.settings,
        database_url=cluster.url("maillage_api"),
        oidc_issuer=issuer.url,
        api_audience=AUDIENCE,
        trusted_hosts=("127.0.0.1",),
        port=port,
    )
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def healer(parts, worker_database) -> Runtime:
    """Whoever comes next, in this process, by the database's real clock."""
    email = EmailChannel(server=parts.settings.mail_server, sender=MAIL_FROM, timeout=5)
    return Runtime(
        database=worker_database,
        clock=DatabaseClock(worker_database.engine),
        email=email,
        public_url=parts.settings.public_url,
        mail_domain=email.domain,
        documents=DocumentStore(parts.settings.documents_dir),
    )


@pytest.fixture
def valkey(tmp_path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    server.start()
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def alone(cluster, tmp_path_factory) -> Settings:
    """Of an API that needs no other part."""
    folder = tmp_path_factory.mktemp("api")
    return replace(
        settings_for(folder, worker_url="", redis_url=NO_REDIS, port=1),
        database_url=cluster.url("maillage_api"),
        trusted_hosts=("127.0.0.1",),
        port=free_port(),
    )


@pytest.fixture
def elsewhere(alone) -> Settings:
    """For another that is served meanwhile."""
    return replace(alone, port=free_port())
