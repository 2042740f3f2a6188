"""The embedded servers, each as the real process that `maillage up` starts."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from infra.embedded import mail
from infra.embedded.install import Account, cluster_home
from infra.embedded.places import UnsafePlace, private_directory, socket_directory
from infra.embedded.postgres import SUPERUSER, Cluster
from infra.embedded.redis import Valkey
from infra.embedded.secret import secret_key
from infra.settings_checks import KNOWN_DEFAULTS

ROOT = Path(__file__).parents[2]
LIMIT = 15.0
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def until(condition):
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


# --- PostgreSQL -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster():
    """In a folder that PostgreSQL's user can reach even when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="maillage-test-") as folder:
        os.chmod(folder, 0o711)
        made = Cluster(Path(folder) / "postgres", settings=FAST)
        made.prepare()
        made.start()
        made.wait_ready(LIMIT)
        yield made
        made.destroy()


def ask(cluster, role, query):
    engine = create_engine(cluster.url(role))
    with engine.connect() as connection:
        answer = connection.execute(text(query)).one()
    engine.dispose()
    return tuple(answer)


def test_the_roles_have_no_power_beyond_their_own(cluster):
    for role in ("maillage_owner", "maillage_api", "maillage_worker"):
        query = (
            "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert ask(cluster, role, query) == (role, False, False, False, False)
    rights = (
        "SELECT has_schema_privilege('public', 'CREATE'), has_schema_privilege('public', 'USAGE')"
    )
    assert ask(cluster, "maillage_owner", rights) == (True, True)
    assert ask(cluster, "maillage_api", rights) == (False, True)
    assert ask(cluster, "maillage_worker", rights) == (False, True)
    may_make_temporary = "SELECT has_database_privilege(current_database(), 'TEMP')"
    assert ask(cluster, "maillage_api", may_make_temporary) == (False,)


def test_requests_and_jobs_cannot_hang_but_migrations_may(cluster):
    query = (
        "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
        " current_setting('idle_in_transaction_session_timeout')"
    )
    assert ask(cluster, "maillage_api", query) == ("5s", "3s", "10s")
    assert ask(cluster, "maillage_worker", query) == ("5s", "3s", "10s")
    assert ask(cluster, "maillage_owner", query) == ("0", "0", "0")


def test_the_database_is_utf8_checked_and_reached_by_socket_alone(cluster):
    query = (
        "SELECT current_setting('listen_addresses'), current_setting('data_checksums'),"
        " current_setting('server_encoding'), current_setting('timezone'),"
        " lower('ÉCOLE'), (SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist')"
    )
    assert ask(cluster, "maillage_api", query) == ("", "on", "UTF8", "UTC", "école", 1)


def test_the_roles_file_can_be_run_again(cluster):
    (cluster.home / "roles.sql").unlink()
    cluster.wait_ready(LIMIT)
    assert ask(cluster, "maillage_api", "SELECT 1") == (1,)


def test_a_real_cluster_is_durable(tmp_path):
    made = Cluster(tmp_path / "postgres")
    assert [made.settings[name] for name in FAST] == ["on", "on", "on"]
    made.destroy()


def test_recover_stops_a_postmaster_that_a_kill_left(cluster):
    with psycopg.connect(host=str(cluster.sockets), user=SUPERUSER, dbname="maillage") as before:
        before.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        before.execute("GRANT SELECT ON kept TO maillage_api")
    successor = Cluster(cluster.home, settings=FAST)
    successor.recover()
    assert cluster.process.wait(LIMIT) == 0
    cluster.process = successor.start()
    successor.wait_ready(LIMIT)
    assert ask(cluster, "maillage_api", "SELECT answer FROM kept") == (42,)


def test_recover_leaves_a_stranger_with_a_recycled_pid_alone(tmp_path):
    made = Cluster(tmp_path / "postgres")
    made.data.mkdir()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (made.data / "postmaster.pid").write_text(f"{stranger.pid}\n")
        made.recover()
        assert stranger.poll() is None
        stranger.kill()
    assert not (made.data / "postmaster.pid").exists()
    made.destroy()


@pytest.mark.parametrize("name", ["a b", "a'b", 'a"b', "a=b", "a%20b", "a,b", "été"])
def test_a_path_with_spaces_or_quotes_gets_a_plain_socket_directory(tmp_path, name):
    found = socket_directory(tmp_path / name, "valkey.sock")
    assert found.stat().st_mode & 0o777 == 0o700
    assert re.fullmatch(r"[A-Za-z0-9/._-]+", str(found))
    found.rmdir()


def test_a_long_path_gets_a_short_private_socket_directory(tmp_path):
    long = tmp_path / ("x" * 120)
    found = socket_directory(long, ".s.PGSQL.5432")
    assert len(str(found / ".s.PGSQL.5432")) < 100
    assert found.stat().st_mode & 0o777 == 0o700
    assert found == socket_directory(long, ".s.PGSQL.5432")
    found.rmdir()


def test_a_directory_prepared_by_somebody_else_is_refused(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(UnsafePlace):
        private_directory(tmp_path / "open")


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs servers as somebody else")
def test_nobodys_way_is_not_opened_through_private_folders(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o700)
    home = cluster_home(tmp_path / "closed" / "postgres", Account.for_servers())
    assert home.parent == Path("/var/lib/maillage")
    assert (tmp_path / "closed").stat().st_mode & 0o777 == 0o700
    home.rmdir()


# --- Valkey -----------------------------------------------------------------------------------


def test_valkey_keeps_an_append_only_file_and_listens_on_no_port(tmp_path):
    first = Valkey(tmp_path / "valkey")
    first.start()
    first.wait_ready(LIMIT)
    with first.client() as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("port") == {"port": "0"}
        client.set("kept", "yes")
    second = Valkey(tmp_path / "valkey")
    second.recover()
    assert first.process.wait(LIMIT) == 0
    second.start()
    second.wait_ready(LIMIT)
    with second.client() as client:
        assert client.get("kept") == b"yes"
    os.kill(second.process.pid, signal.SIGKILL)
    second.process.wait(LIMIT)
    second.recover()
    second.start()
    second.wait_ready(LIMIT)
    second.stop()


# --- mail -------------------------------------------------------------------------------------


@pytest.fixture
def mail_server(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = "import sys; from pathlib import Path; from infra.embedded.mail import serve;"
    program += "serve('127.0.0.1', int(sys.argv[1]), Path(sys.argv[2]))"
    with subprocess.Popen([sys.executable, "-c", program, str(port), str(tmp_path)], cwd=ROOT) as p:
        until(lambda: answers(port))
        yield port
        p.kill()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def letter(subject):
    message = EmailMessage()
    message["From"], message["To"] = "alerts@maillage.example", "ana@demo.example"
    message["Subject"] = subject
    message.set_content("Audience le 7 décembre")
    message.add_alternative("<p>Audience le 7 décembre</p>", subtype="html")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="audience.ics")
    return message


def test_an_accepted_message_is_on_disk_with_its_envelope(mail_server, tmp_path):
    with smtplib.SMTP("127.0.0.1", mail_server, timeout=LIMIT) as smtp:
        for subject in ("Première", "Deuxième"):
            people = ["ana@demo.example", "bob@demo.example"]
            smtp.send_message(letter(subject), "bounce@maillage.example", people)
    newest, oldest = mail.list_messages(tmp_path, 10)
    assert (newest.subject, oldest.subject) == ("Deuxième", "Première")
    assert newest.sender == "bounce@maillage.example"
    assert newest.recipients == ("ana@demo.example", "bob@demo.example")
    assert mail.list_messages(tmp_path, 1) == [newest]
    found = mail.read_message(tmp_path, newest.name)
    assert found.summary == newest
    assert found.text.strip() == "Audience le 7 décembre"
    assert "<p>Audience" in found.html
    assert found.attachments == ("audience.ics",)


@pytest.mark.parametrize("name", ["../secret.key", "/etc/passwd", "", ".unfinished", "1.eml"])
def test_only_names_of_messages_are_read(tmp_path, name):
    (tmp_path / "1.eml").write_text("no")
    assert mail.read_message(tmp_path, name) is None


def test_the_secret_key_is_made_once_and_private(tmp_path):
    first = secret_key(tmp_path)
    assert secret_key(tmp_path) == first
    assert not any(word in first.lower() for word in KNOWN_DEFAULTS)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
