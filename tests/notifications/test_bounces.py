"""J10 step 4: a mail that bounces is as good as unsent; the next rung is told, and people (F51)."""

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from infra.cli import main
from tests.journeys.steps import mails_about, open_shared_case, set_hearing, sweep
from tests.once.beginnings import beginning
from tests.people import Network

RUNG = "Alerte restée sans réponse"
NEST = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b%d"\n\n--b%d\n'


@pytest.fixture
@beginning
def told(network: Network):
    """The reference worker was told of a hearing in 14 days; the mail server took the mail."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    set_hearing(network, case, "2026-03-31T09:00:00+02:00")
    network.clock.set(datetime(2026, 3, 17, 8, 0, tzinfo=UTC))
    sweep(network)
    (mail,) = mails_about(network, "rw1", "Audience dans 14 jours")
    return case, mail


def report(
    original: EmailMessage,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    returned: bytes | None = None,
) -> bytes:
    """As Postfix writes it."""
    said = (
        "From: MAILER-DAEMON@mx.example\nTo: alerts@maillage.example\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="mx/1"\n\n'
        "--mx/1\nContent-Type: text/plain\n\nI am sorry to have to inform you.\n\n"
        "--mx/1\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {original['To']}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 user unknown\n\n--mx/1\n"
    )
    back = b"Content-Type: message/rfc822\n\n" + original.as_bytes()
    return said.encode() + (returned or back) + b"\n--mx/1--\n"


def headers_only(original: EmailMessage) -> bytes:
    """As servers do that send the headers back and not the message."""
    quoted = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {original['Message-ID']}\n"
    return report(original, returned=quoted.encode())


def maillage_bounces(settings, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess:
    """The command in this process; the last test starts it."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("WORKER_DATABASE_URL", settings.worker_database_url)
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin)))
        code = main(["bounces", *words])
    said, complained = out.getvalue().encode(), err.getvalue().encode()
    return subprocess.CompletedProcess(words, code, said, complained)


def bounced(network: Network) -> list[str]:
    rows = network.rows("SELECT last_error FROM deliveries WHERE state = 'rejected'")
    return [error for (error,) in rows]


def tasks(network: Network, case) -> list[str]:
    found = network["rw1"].get(f"/api/v1/cases/{case['id']}/tasks")
    return [task["title"] for task in found["items"] if task["template"] == "tell_in_person"]


def test_a_bounce_takes_the_next_rung_at_once_and_asks_to_tell_in_person(network, settings, told):
    case, mail = told
    answer = maillage_bounces(settings, stdin=report(mail))
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert bounced(network) == ["bounce-5.1.1"]
    network.clock.advance(seconds=1)
    sweep(network)
    (rung,) = mails_about(network, "coordinator", RUNG)
    assert case["code"] in rung["subject"]
    assert tasks(network, case) == [
        "Prévenir Rosa Willems de vive voix : ses messages n’arrivent pas"
    ]
    view = network["rw1"].get(f"/api/v1/cases/{case['id']}/alerts")["items"]
    climbed = next(alert for alert in view if alert["rungs"])
    assert climbed["undelivered_at"]

    assert maillage_bounces(settings, stdin=report(mail)).returncode == 0
    network.clock.advance(seconds=1)
    sweep(network)
    assert len(mails_about(network, "coordinator", RUNG)) == 1
    assert len(tasks(network, case)) == 1


def test_a_refusal_at_the_door_is_followed_up_alike(network, told):
    case, _ = told
    network.clock.set(datetime(2026, 3, 24, 8, 0, tzinfo=UTC))
    refused = network["rw1"].email
    network.postbox.on_rcpt = lambda to: "550 5.1.1 no such user" if to == refused else None
    sweep(network)
    network.clock.advance(seconds=1)
    sweep(network)
    assert len(mails_about(network, "coordinator", RUNG)) >= 1
    assert len(tasks(network, case)) == 1


def test_whoever_else_was_told_of_it_has_their_time(network, settings, told):
    """The substitute got the same alert: nobody is told earlier than the rules say."""
    case, _ = told
    body = {"substitute_id": network["colleague"].id}
    days = {"first_day": "2026-03-01", "last_day": "2026-04-30"}
    network["rw1"].post("/api/v1/me/substitutions", body | days)
    network.clock.set(datetime(2026, 3, 24, 8, 0, tzinfo=UTC))
    sweep(network)
    (mail,) = mails_about(network, "rw1", "Audience dans 7 jours")
    maillage_bounces(settings, stdin=report(mail))
    network.clock.advance(seconds=1)
    before = len(mails_about(network, "colleague", RUNG))
    sweep(network)
    assert len(mails_about(network, "colleague", RUNG)) == before
    assert len(tasks(network, case)) == 1


@pytest.mark.parametrize("kind", ["failed late", "headers only"])
def test_other_servers_say_it_otherwise(network, settings, told, kind):
    _, mail = told
    text = report(mail, status="4.4.7") if kind == "failed late" else headers_only(mail)
    maillage_bounces(settings, stdin=text)
    assert bounced(network) == ["bounce-4.4.7" if kind == "failed late" else "bounce-5.1.1"]


def hostile(mail: EmailMessage) -> dict[str, bytes]:
    sound = report(mail)
    known = str(mail["Message-ID"]).encode()
    return {
        "delayed": report(mail, action="delayed", status="4.4.1"),
        "delivered": report(mail, action="relayed", status="2.0.0"),
        "of another": sound.replace(known, b"<somebody@elsewhere.example>"),
        "a pattern": sound.replace(known, b"<%@%>"),
        "no report": b"Subject: away\nIn-Reply-To: " + known + b"\n\nI am away.\n",
        "a read receipt": sound.replace(b"delivery-status", b"disposition-notification"),
        "nothing": b"",
        "noise": bytes(range(256)) * 64,
        "cut": sound[: sound.index(known)],
        "nested": b"".join(NEST % (depth, depth) for depth in range(3000)),
    }


def test_other_mail_and_hostile_mail_change_nothing(network, settings, told, tmp_path):
    _, mail = told
    mails = hostile(mail)
    box = maildir(tmp_path, **mails)
    before = network.rows("SELECT * FROM deliveries ORDER BY id")
    answer = maillage_bounces(settings, "--maildir", str(box))
    said = f"{len(mails)} mails read, 0 of them bounces of ours.\n".encode()
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, said, b"")
    assert network.rows("SELECT * FROM deliveries ORDER BY id") == before


def maildir(folder: Path, **mails: bytes) -> Path:
    box = folder / "bounces"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    for name, text in mails.items():
        (box / "new" / name).write_bytes(text)
    return box


def test_a_bounce_after_the_acknowledgement_changes_nothing(network, settings, told):
    case, mail = told
    found = network["rw1"].get("/api/v1/alerts?limit=100")["items"]
    alert = next(a for a in found if a["kind"] == "evictions.hearing_approaching")
    network["rw1"].post(f"/api/v1/alerts/{alert['id']}/acknowledgement", status=200)
    maillage_bounces(settings, stdin=report(mail))
    network.clock.advance(seconds=1)
    sweep(network)
    assert bounced(network) == []
    assert tasks(network, case) == []


def test_a_maildir_is_looked_through_once(network, settings, told, tmp_path):
    _, mail = told
    box = maildir(tmp_path, first=report(mail), second=b"Subject: hello\n\nHello.\n")
    answer = maillage_bounces(settings, "--maildir", str(box))
    assert answer.stdout == b"2 mails read, 1 of them bounces of ours.\n"
    assert sorted(path.name for path in (box / "cur").iterdir()) == ["first:2,S", "second:2,S"]
    answer = maillage_bounces(settings, "--maildir", str(box))
    assert answer.stdout == b"0 mails read, 0 of them bounces of ours.\n"
    assert bounced(network) == ["bounce-5.1.1"]
    assert maillage_bounces(settings, "--maildir", str(tmp_path)).returncode == 2


def test_while_it_is_sent_again_or_the_database_is_away_the_report_waits(network, settings, told):
    _, mail = told
    network.database.execute(
        "UPDATE deliveries SET state = 'sending', lease_until = now() WHERE message_id = %s",
        (mail["Message-ID"],),
    )
    assert maillage_bounces(settings, stdin=report(mail)).returncode == os.EX_TEMPFAIL
    away = "postgresql://nobody@127.0.0.1:1/maillage"
    env = {**os.environ, "WORKER_DATABASE_URL": away}
    code = "import sys; from infra.cli import main; sys.exit(main(['bounces']))"
    command, waiting = [sys.executable, "-c", code], os.EX_TEMPFAIL
    answer = subprocess.run(command, input=report(mail), env=env, capture_output=True, check=False)
    assert answer.returncode == waiting
    env["WORKER_DATABASE_URL"] = settings.worker_database_url
    answer = subprocess.run(command, input=report(mail), env=env, capture_output=True, check=False)
    assert (answer.returncode, answer.stderr) == (waiting, b"")
