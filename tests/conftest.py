"""Real parts for every test: PostgreSQL with our roles and policies, a mail server, a provider."""

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from case_api.auth.keys import Provider
from infra.database import Database
from infra.demo.cast import email_of
from infra.embedded.postgres import Cluster
from infra.embedded.secret import seal_keys
from infra.files.store import DocumentStore
from infra.migrations.run import upgrade
from infra.settings import Settings
from notifications.catalogue import CATALOGUE
from notifications.channels.email import EmailChannel
from notifications.channels.https import Client
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring
from tests.guards.leaks import remember_what_is_personal
from tests.once.acquaintances import Acquaintances
from tests.once.applications import Applications, Served
from tests.once.beginnings import stand
from tests.once.databases import Databases, Superuser
from tests.once.emptying import empty
from tests.once.folders import Folders
from tests.once.memory import keep_files_in_memory
from tests.outside.fakes import FakeClock
from tests.outside.issuer import AUDIENCE, Issuer
from tests.outside.postbox import MailServer, Postbox
from tests.outside.serving import served
from tests.people import NETWORK, Network, Person
from workers.main import gateway_of
from workers.runtime import Runtime

pytest_plugins = [
    "tests.guards.figures",
    "tests.guards.bounds",
    "tests.statements",
    "tests.guards.watching",
    "tests.faults.kit.table",
    "tests.once.order",
]
keep_files_in_memory()

# What a crash may cost here is nothing; the embedded server itself keeps them on.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# Nothing is copied to elsewhere, nothing done in the background at a time of its own; pools stay
# open from test to test.
FAST |= {"wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off"}
# Planning who sees which rows takes longer than asking it: done once, not for each value.
FAST |= {"max_connections": "200", "plan_cache_mode": "force_generic_plan"}


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


@pytest.fixture(scope="session")
def connected(cluster) -> Iterator[Superuser]:
    superuser = Superuser(cluster)
    yield superuser
    superuser.close()


@pytest.fixture
def superuser(connected) -> Iterator[psycopg.Connection]:
    """All tables empty but the imported courts, and a connection that may look and put in place
    whatever it likes."""
    connection = connected.connection()
    empty(connection)
    yield connection
    remember_what_is_personal(connection)


def case_keys_of(settings: Settings) -> CaseKeys:
    assert settings.case_keys is not None
    return CaseKeys(settings.case_keys, Keyring(settings.seal_keys))


@pytest.fixture(scope="session")
def databases(cluster) -> Iterator[Databases]:
    databases = Databases(cluster)
    yield databases
    databases.close()


@pytest.fixture
def database(databases) -> Iterator[Database]:
    """As the API's role."""
    with databases.lent("maillage_api") as database:
        yield database


@pytest.fixture
def worker_database(databases) -> Iterator[Database]:
    with databases.lent("maillage_worker") as database:
        yield database


@pytest.fixture
def owner_database(databases) -> Iterator[Database]:
    with databases.lent("maillage_owner") as database:
        yield database


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def only_issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    with served(issuer.app()) as issuer.port:
        yield issuer


@pytest.fixture
def issuer(only_issuer) -> Issuer:
    only_issuer.forget()
    return only_issuer


@pytest.fixture(scope="session")
def only_mail_server() -> Iterator[MailServer]:
    server = MailServer(Postbox())
    yield server
    server.stop()


@pytest.fixture
def postbox(only_mail_server) -> Postbox:
    only_mail_server.postbox.forget()
    return only_mail_server.postbox


@pytest.fixture(scope="session")
def known_provider(only_issuer) -> Provider:
    """Its keys were fetched before; a test of the keys themselves takes one of its own (`app`)."""
    return Provider(only_issuer.url)


@pytest.fixture
def mail_server(only_mail_server, postbox) -> MailServer:
    """It runs, whatever the test before did to it."""
    if not only_mail_server.is_running:
        only_mail_server.start()
    return only_mail_server


@pytest.fixture(scope="session")
def keyring_file(tmp_path_factory) -> Path:
    return seal_keys(tmp_path_factory.mktemp("keyring"))


@pytest.fixture(scope="session")
def applications() -> Iterator[Applications]:
    applications = Applications()
    yield applications
    applications.close()


@pytest.fixture
def settings(cluster, issuer, tmp_path, keyring_file) -> Settings:
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
        seal_keys=Path(shutil.copy(keyring_file, tmp_path)),
        case_keys=tmp_path / "case-keys",
        trusted_hosts=("localhost", "127.0.0.1"),
    )


@pytest.fixture
def app(applications, settings, clock, database) -> Iterator[Flask]:
    with applications.lent(settings, clock=clock, database=database) as lent:
        yield lent.app


@pytest.fixture
def furnished(applications) -> Iterator[Callable[..., Served]]:
    """Applications with other settings, as many at once as the test asks for."""
    with ExitStack() as lent:
        yield lambda settings, **parts: lent.enter_context(applications.lent(settings, **parts))


@pytest.fixture(scope="session")
def acquaintances() -> Acquaintances:
    return Acquaintances()


@pytest.fixture(scope="session")
def folders() -> Folders:
    return Folders()


@pytest.fixture
def people_file() -> Path:
    """Who is in the network; a folder of tests may have people of its own."""
    return NETWORK


@pytest.fixture
def network(
    people_file,
    acquaintances,
    folders,
    applications,
    superuser,
    owner_database,
    worker_database,
    database,
    clock,
    issuer,
    mail_server,
    postbox,
    settings,
    known_provider,
) -> Iterator[Network]:
    """The people of the journeys, over real HTTP, with workers to run by hand."""
    people = tomllib.loads(people_file.read_text(encoding="utf-8"))
    cast = acquaintances.gathered(
        people, superuser, owner=owner_database, api=database, clock=clock, issuer=issuer.url
    )
    email = EmailChannel(server=mail_server, sender=settings.mail_from, timeout=3)
    folders.taken(settings, superuser, database.engine)
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
    parts = {"clock": clock, "database": database, "provider": known_provider}
    with applications.lent(settings, **parts) as lent:
        base = f"http://127.0.0.1:{lent.port}"
        everybody = {
            row["key"]: Person(
                cast.actors[row["key"]], email_of(row), base, issuer, subject=row["key"]
            )
            for row in people["professional"]
        }
        assert settings.case_keys is not None
        keys = settings.case_keys
        network = Network(everybody, clock, runtime, postbox, superuser, cast, keys)
        rows = acquaintances.rows(people, superuser, issuer.url, clock.now())
        stand(network, (str(people_file), clock.now(), superuser.info.host), dict(rows))
        yield network
    planned = superuser.execute("SELECT DISTINCT kind, recipient_role FROM alerts").fetchall()
    assert [(kind, role) for kind, role in planned if role not in CATALOGUE[kind].to] == []
