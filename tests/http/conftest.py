"""The HTTP machinery with a probe of our own, and a network of one organisation."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask

from services.network.sessions import OpenedSession, OpenSession, open_session
from services.shared.actor import Actor
from tests import probe
from tests.once.applications import Applications
from tests.outside.issuer import Issuer


@pytest.fixture(scope="session")
def probed_applications() -> Iterator[Applications]:
    applications = Applications(probe.register)
    yield applications
    applications.close()


@pytest.fixture
def app(probed_applications, settings, clock, database) -> Iterator[Flask]:
    with probed_applications.lent(settings, clock=clock, database=database) as lent:
        yield lent.app


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
