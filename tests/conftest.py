"""Real parts for every test: PostgreSQL with our roles and policies, a mail server, a provider."""

import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from case_api.app import create_app
from infra.database import Database
from infra.demo.cast import email_of, gather
from infra.embedded.postgres import Cluster
from infra.embedded.secret import seal_keys
from infra.files.store import DocumentStore
from infra.migrations.models import EMPTY_AT_FIRST
from infra.migrations.run import upgrade
from infra.settings import Settings
from notifications.catalogue import CATALOGUE
from notifications.channels.email import EmailChannel
from notifications.channels.https import Client
from services.shared.case_keys import CaseKeys
from services.shared.sealing import Keyring
from tests.fakes import FakeClock
from tests.issuer import AUDIENCE, Issuer
from tests.leaks import remember_what_is_personal
from tests.people import NETWORK, Network, Person
from tests.postbox import MailServer, Postbox
from tests.serving import served
from workers.main import gateway_of
from workers.runtime import Runtime

pytest_plugins = ["tests.figures", "tests.statements", "tests.watching", "tests.faults.table"]

# What a crash may cost here is nothing; the embedded server itself keeps them on.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@pytest.fixture(scope="session")
def reachable_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="maillage-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(reachable_folder) -> Iterator[Cluster]:
    """One server a test process, migrated as the owner."""
    cluster = Cluster(reachable_folder / "postgres", settings=FAST)
    cluster.prepare()
    cluster.start()
    cluster.wait_ready()
    upgrade(cluster.url("maillage_owner"))
    yield cluster
    cluster.destroy()


# TRUNCATE makes anew the files of every table there is, however few were written: dearer than most
# tests. Rows are deleted until a table has grown.
_GROWN = 256 * 1024
_EMPTYING = f"""
CREATE OR REPLACE FUNCTION pg_temp.empty_tables(names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  IF EXISTS (SELECT FROM unnest(names) AS n WHERE pg_relation_size(n::regclass) > {_GROWN}) THEN
    EXECUTE 'TRUNCATE ' || array_to_string(names, ', ') || ' CASCADE';
    RETURN;
  END IF;
  FOR t IN SELECT n FROM unnest(names) AS n WHERE pg_relation_size(n::regclass) > 0 LOOP
    EXECUTE 'DELETE FROM ' || t;
  END LOOP;
END $$
"""


@pytest.fixture
def superuser(cluster) -> Iterator[psycopg.Connection]:
    """All tables empty but the imported courts, and a connection that may look and put in place
    whatever it likes."""
    url = make_url(cluster.url("postgres")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_EMPTYING)
        connection.execute("SELECT pg_temp.empty_tables(%s)", (list(EMPTY_AT_FIRST),))
        yield connection
        remember_what_is_personal(connection)


def case_keys_of(settings: Settings) -> CaseKeys:
    assert settings.case_keys is not None
    return CaseKeys(settings.case_keys, Keyring(settings.seal_keys))


def pool(cluster: Cluster, role: str) -> Iterator[Database]:
    database = Database(cluster.url(role))
    yield database
    database.dispose()


@pytest.fixture
def database(cluster) -> Iterator[Database]:
    """As the API's role."""
    yield from pool(cluster, "maillage_api")


@pytest.fixture
def worker_database(cluster) -> Iterator[Database]:
    yield from pool(cluster, "maillage_worker")


@pytest.fixture
def owner_database(cluster) -> Iterator[Database]:
    yield from pool(cluster, "maillage_owner")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    with served(issuer.app()) as issuer.port:
        yield issuer


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def mail_server(postbox) -> Iterator[MailServer]:
    server = MailServer(postbox)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(cluster, issuer, tmp_path) -> Settings:
    return Settings(
        database_url=cluster.url("maillage_api"),
        worker_database_url=cluster.url("maillage_worker"),
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
        documents_dir=tmp_path / "documents",
        embedded=True,
        data_dir=tmp_path,
        mailbox=tmp_path / "mail",
        seal_keys=seal_keys(tmp_path),
        case_keys=tmp_path / "case-keys",
        trusted_hosts=("localhost", "127.0.0.1"),
    )


@pytest.fixture
def app(settings, clock, database) -> Flask:
    return create_app(settings, clock=clock, database=database)


@pytest.fixture
def people_file() -> Path:
    """Who is in the network; a folder of tests may have people of its own."""
    return NETWORK


@pytest.fixture
def network(
    people_file,
    superuser,
    owner_database,
    worker_database,
    database,
    clock,
    issuer,
    mail_server,
    postbox,
    settings,
) -> Iterator[Network]:
    """The people of the journeys, over real HTTP, with workers to run by hand."""
    people = tomllib.loads(people_file.read_text(encoding="utf-8"))
    cast = gather(people, owner=owner_database, api=database, clock=clock, issuer=issuer.url)
    email = EmailChannel(server=mail_server, sender=settings.mail_from, timeout=3)
    runtime = Runtime(
        database=worker_database,
        clock=clock,
        email=email,
        public_url="https://maillage.example",
        mail_domain=email.domain,
        documents=DocumentStore(settings.documents_dir, case_keys_of(settings)),
        case_keys=case_keys_of(settings),
        webhooks=Client(egress=settings.egress),
        keyring=Keyring(settings.seal_keys),
        sms=gateway_of(settings),
    )
    app = create_app(settings, clock=clock, database=database)
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"
        everybody = {
            row["key"]: Person(
                cast.actors[row["key"]], email_of(row), base, issuer, subject=row["key"]
            )
            for row in people["professional"]
        }
        yield Network(everybody, clock, runtime, postbox, superuser, cast)
    planned = superuser.execute("SELECT DISTINCT kind, recipient_role FROM alerts").fetchall()
    assert [(kind, role) for kind, role in planned if role not in CATALOGUE[kind].to] == []
