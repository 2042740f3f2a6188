"""The HTTP machinery on a real PostgreSQL, with a provider whose tokens a test can bend."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import make_url
from werkzeug.serving import WSGIRequestHandler, make_server

from case_api.app import create_app
from infra.database import Database
from infra.embedded.postgres import Cluster
from infra.migrations.run import upgrade
from infra.settings import Settings
from services.network.sessions import OpenedSession, OpenSession, open_session
from services.shared.actor import Actor
from tests.http import probe

AUDIENCE = "maillage-api"
CLIENT = "maillage"


@dataclass
class FakeClock:
    at: datetime = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


class Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@dataclass
class Issuer:
    """A provider's discovery document and keys over HTTP; it signs whatever a test asks for."""

    port: int
    keys: list[RSAKey] = field(default_factory=lambda: [new_key()])
    asked: list[str] = field(default_factory=list)
    is_down: bool = False
    lies: dict[str, Any] = field(default_factory=dict)
    # What the token endpoint answers, and the forms it was sent.
    tokens: dict[str, Any] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> RSAKey:
        return self.keys[-1]

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": "s1", "iat": now, "exp": now + 300}
        return {k: v for k, v in {**claims, **changes}.items() if v is not None}

    def token(self, header: dict[str, Any] | None = None, **changes: Any) -> str:
        wanted = {"alg": "RS256", "typ": "at+jwt", "kid": self.key.kid, **(header or {})}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        return jwt.encode(wanted, self.claims(**changes), self.key, default_type=None)

    def app(self) -> Flask:
        app = Flask("issuer", static_folder=None)

        @app.get("/.well-known/openid-configuration")
        def discovery() -> Any:
            self.asked.append("discovery")
            document = {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                **self.lies,
            }
            return ("down", 500) if self.is_down else document

        @app.post("/token")
        def token() -> Any:
            self.forms.append(request.form.to_dict())
            return self.tokens

        @app.get("/jwks")
        def jwks() -> Any:
            self.asked.append("jwks")
            return {"keys": [key.as_dict(private=False) for key in self.keys]}

        return app


def new_key() -> RSAKey:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key


@pytest.fixture(scope="session")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    fast = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    cluster = Cluster(tmp_path_factory.mktemp("http-pg"), settings=fast)
    cluster.prepare()
    cluster.start()
    cluster.wait_ready()
    upgrade(cluster.url("maillage_owner"))
    yield cluster
    cluster.destroy()


@pytest.fixture
def database(cluster) -> Iterator[Database]:
    database = Database(cluster.url("maillage_api"))
    yield database
    database.dispose()


@pytest.fixture
def superuser(cluster) -> Iterator[psycopg.Connection]:
    url = make_url(cluster.url("postgres")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE organisations, professionals, audit_entries CASCADE")
        connection.execute("TRUNCATE idempotency_keys, login_sessions, identities CASCADE")
        yield connection


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    issuer = Issuer(port)
    server = make_server("127.0.0.1", port, issuer.app(), threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield issuer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(cluster, issuer, tmp_path) -> Settings:
    return Settings(
        database_url=cluster.url("maillage_api"),
        worker_database_url="",
        owner_database_url="",
        redis_url="redis://127.0.0.1:1/0",
        smtp_url="smtp://127.0.0.1:1",
        mail_from="alerts@maillage.example",
        public_url="http://localhost",
        oidc_issuer=issuer.url,
        oidc_client_id=CLIENT,
        oidc_client_secret="",
        api_audience=AUDIENCE,
        secret_key="q7Yw2Vn9Zx4Lk8Rt1Mb6Pd3Hs5Jf0Gc-Ua",
        embedded=True,
        data_dir=tmp_path,
        mailbox=tmp_path / "mail",
        trusted_hosts=("localhost",),
    )


@pytest.fixture
def app(settings, clock, database) -> Flask:
    app = create_app(settings, clock=clock, database=database)
    probe.register(app)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


class Network:
    """People who may call, put in place as the superuser."""

    def __init__(self, connection: psycopg.Connection, issuer: Issuer) -> None:
        self.connection = connection
        self._issuer = issuer
        self.organisation = uuid4()
        connection.execute(
            "INSERT INTO organisations (id, version, name, sector, kind)"
            " VALUES (%s, 1, 'Le Foyer', 'housing', 'generalist')",
            (self.organisation,),
        )

    def person(self, subject: str = "s1", *, active: bool = True) -> Actor:
        actor = Actor(id=uuid4(), organisation_id=self.organisation)
        self.connection.execute(
            "INSERT INTO professionals"
            " (id, version, organisation_id, name, email, language, active)"
            " VALUES (%s, 1, %s, 'Ana Durand', 'ana@demo.example', 'fr', %s)",
            (actor.id, self.organisation, active),
        )
        self.connection.execute(
            "INSERT INTO professional_roles VALUES (%s, 'worker'), (%s, 'facilitator')",
            (actor.id, actor.id),
        )
        self.connection.execute(
            "INSERT INTO identities VALUES (%s, %s, %s)", (self._issuer.url, subject, actor.id)
        )
        return actor

    def deactivate(self, person: UUID) -> None:
        self.connection.execute("UPDATE professionals SET active = false WHERE id = %s", (person,))

    def effects(self) -> int:
        """How often the probe's command took effect."""
        query = "SELECT count(*) FROM audit_entries WHERE action = 'probe.echoed'"
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def network(superuser, issuer) -> Network:
    return Network(superuser, issuer)


@pytest.fixture
def person(network) -> Actor:
    return network.person()


@pytest.fixture
def bearer(issuer, person) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token()}"}


@pytest.fixture
def opened(database, clock, person) -> OpenedSession:
    with database.transaction(clock=clock, actor=person) as uow:
        return open_session(OpenSession(user_agent="Firefox"), actor=person, uow=uow)


@pytest.fixture
def browser(client, opened):
    """A client with the session's cookie, as it sends it from our own pages."""
    client.set_cookie("sid", opened.token, domain="localhost")
    return client
