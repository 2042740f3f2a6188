"""What an operator asks by the command, and does by it; and the canary, from row to mailbox."""

import json
import mailbox
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from infra.cli import main
from infra.embedded.mail import prepare, store
from notifications.catalogue import CATALOGUE
from notifications.delivery.next_channel import take_next_channel
from notifications.operations import canary
from notifications.rendering import render
from services.shared.words.catalogue import LANGUAGES
from workers.draining import drain
from workers.heartbeat import beat
from workers.sweeper import Sweeper
from workers.timetable import canary_chores

MAILBOX = "canary@watch.example"


@pytest.fixture
def maillage(cluster, settings, monkeypatch, capsys):
    """The command as a worker's host runs it: exit code and what was said."""
    monkeypatch.setenv("EMBEDDED", "1")
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "")

    def run(*words: str) -> tuple[int, str]:
        code = main(["alerts", *words])
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def alive(world, runtime):
    """As if a sweeper and a worker had just been heard."""
    with runtime.transaction() as uow:
        beat("sweeper", uow=uow)
        beat("worker", uow=uow)


def aside(world, runtime, clock):
    told = world.due_alert(facts={"hearing_at": "soon"}, code="BX-9999")
    for _ in range(3):
        drain(runtime)
        clock.advance(minutes=6)
    return told


def test_nothing_to_do_is_zero(maillage, alive):
    code, said = maillage("status")
    assert code == 0
    assert "Nothing needs a person." in said
    assert "1 alive" in said
    code, said = maillage("status", "--json")
    assert (code, json.loads(said)["concerns"]) == (0, {})


def test_zero_sweepers_are_noticed(world, maillage):
    code, said = maillage("status")
    assert code == 1
    assert "! MaillageSweepersGone: No sweeper runs: start one" in said
    assert "heard never" in said


def test_what_is_wrong_is_named_and_put_back(world, runtime, clock, maillage, alive):
    told = aside(world, runtime, clock)
    code, said = maillage("status")
    assert code == 1
    assert "1 delivery" in said
    assert "! MaillageSetAside" in said
    code, said = maillage("retry")
    assert (code, "1 to put back: add --apply." in said) == (0, True)
    key = str(world.delivery(told.alert).id)
    assert f"delivery {key}  evictions.hearing_approaching  unrenderable" in said
    assert world.delivery(told.alert).state == "set_aside"
    for _ in LANGUAGES:
        assert "BX-9999" not in said
    code, said = maillage("status", "--json")
    (row,) = json.loads(said)["set_aside_rows"]
    assert (row["id"], "BX-9999" in said) == (key, False)
    code, said = maillage("retry", "--id", key, "--apply")
    assert (code, "1 put back." in said) == (0, True)
    assert world.delivery(told.alert).state == "pending"
    assert maillage("status")[0] == 0


@pytest.mark.parametrize("task", ["status", "retry"])
def test_without_a_database_it_says_what_to_name(maillage, monkeypatch, capsys, tmp_path, task):
    monkeypatch.delenv("WORKER_DATABASE_URL")
    for place in (tmp_path, tmp_path / "absent"):
        assert main(["alerts", task, "--data", str(place)]) == 2
        said = f"{place} holds no database: set WORKER_DATABASE_URL, or name the folder with --data"
        assert said in capsys.readouterr().err


def test_it_needs_no_other_setting(maillage, monkeypatch, alive):
    for name in ("SECRET_KEY", "OIDC_ISSUER", "SMTP_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    assert maillage("status")[0] == 0


def test_a_database_that_is_away_is_said_in_a_sentence(maillage, monkeypatch, capsys):
    monkeypatch.setenv("WORKER_DATABASE_URL", "postgresql+psycopg://a:b@127.0.0.1:1/x")
    assert maillage("status")[0] == 2


def test_a_sweeper_sends_a_canary_every_five_minutes(world, runtime, clock, postbox):
    world.professional("nl", email=MAILBOX)
    (row,) = canary_chores(MAILBOX)
    for _ in range(24):
        with runtime.transaction() as uow:
            row.run(uow=uow)
        drain(runtime)
        clock.advance(seconds=25)
    ids = {mail["Message-ID"] for mail in postbox.received}
    assert len(ids) == len(postbox.received) == 2
    assert {mail["Subject"][:15] for mail in postbox.received} == {"Maillage canary"}
    with runtime.transaction() as uow:
        canary.send(MAILBOX, uow=uow)
    states = world.run("SELECT state, count(*) FROM alerts GROUP BY 1 ORDER BY 1")
    assert states == [("acknowledged", 2), ("planned", 1)]


def test_without_a_mailbox_there_is_no_canary(runtime):
    assert canary_chores("") == ()
    assert Sweeper(runtime, None, None)


def test_without_an_account_nothing_is_sent(world, runtime):
    with runtime.transaction() as uow:
        assert canary.send(MAILBOX, uow=uow) is None
    assert world.run("SELECT count(*) FROM alerts") == [(0,)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_watcher_can_match_it_in_every_language(language):
    today = datetime.now(UTC).date()
    message = render(
        canary.CANARY, {}, language=language, code=None, link="https://x/1", today=today
    )
    assert message.subject.startswith("Maillage canary")
    assert canary.CANARY in CATALOGUE


@pytest.mark.parametrize(("minutes", "code"), [(3, 0), (15, 1)])
def test_the_watcher_outside_needs_only_the_mailbox(minutes, code, tmp_path, capsys):
    box = mailbox.Maildir(tmp_path / "box", create=True)
    for age in (minutes, 60):
        mail = mailbox.MaildirMessage()
        mail["Subject"] = "Maillage canary: alerts leave"
        mail["Date"] = format_datetime(datetime.now(UTC) - timedelta(minutes=age))
        box.add(mail)
    assert main(["alerts", "canary-check", str(tmp_path / "box")]) == code
    assert "The last canary left" in capsys.readouterr().out


@pytest.mark.parametrize("subject", ["Maillage canary: alerts leave", "Something else"])
def test_the_embedded_mailbox_is_looked_through_by_its_folder(subject, tmp_path, capsys):
    content = f"Subject: {subject}\r\n\r\nText\r\n".encode()
    folder = prepare(tmp_path / "mail")
    for words in (content, b"Subject: Later\r\n\r\n"):
        store(folder, sender="a@b.example", recipients=[MAILBOX], content=words)
    code = main(["alerts", "canary-check", "--data", str(tmp_path)])
    assert code == (0 if "canary" in subject else 1)
    assert main(["alerts", "canary-check", "--data", str(tmp_path / "absent")]) == 2
    assert "name the Maildir, or the folder with --data" in capsys.readouterr().err


def test_an_empty_mailbox_is_an_alarm(tmp_path):
    assert main(["alerts", "canary-check", str(tmp_path)]) == 1


def test_what_was_refused_wrongly_is_put_back_and_leaves(world, runtime, clock, maillage, postbox):
    """The server said of a good address that it does not exist; nobody else was reached either."""
    clock.set(datetime.now(UTC))
    told = world.due_alert(due_at=clock.now(), planned_at=clock.now(), code="BX-9999")
    postbox.on_rcpt = lambda _: "550 5.1.1 no such user"
    drain(runtime)
    with runtime.transaction() as uow:
        take_next_channel(uow=uow)
    assert world.delivery(told.alert).state == "rejected"
    assert "0 to put back" in maillage("retry")[1]
    code, said = maillage("retry", "--refused")
    assert (code, "1 to put back: add --apply." in said, "BX-9999" in said) == (0, True, False)
    assert f"refused  {world.delivery(told.alert).id}  evictions.hearing_approaching" in said
    assert maillage("retry", "--refused", "--apply")[1].endswith("1 put back.\n")
    ((never,),) = world.run("SELECT undelivered_at FROM alerts WHERE id = %s", told.alert)
    assert (never, world.delivery(told.alert).followed_up_at) == (None, None)
    postbox.on_rcpt = lambda _: None
    clock.set(datetime.now(UTC))
    drain(runtime)
    assert postbox.count() == {told.email: 1}
    assert "0 to put back" in maillage("retry", "--refused")[1]
