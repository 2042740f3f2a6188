"""F68: what is past its period goes by itself, after a warning, unless somebody holds it."""

from datetime import timedelta

import pytest

from services.retention import purging
from services.retention.classes import CASE, CLASSES, By
from tests.guards.erasures import canaries, set_state
from tests.journeys.steps import mails_about, note, open_shared_case, sweep
from tests.world import World
from workers.operators.retention import apply, apply_all, plan

MARK = "Marker-0a1d"
PERIOD = CLASSES[CASE].period


@pytest.fixture
def closed(network, owner_database):
    case = open_shared_case(network)
    note(network, case, "rw1", MARK)
    network.work()
    set_state(owner_database, network, case, "closed")
    return case


def path(case) -> str:
    return f"/api/v1/cases/{case['id']}"


def test_a_closed_case_is_announced_and_then_purged(network, closed, erasing):
    closed_at = network.clock.now()
    seen = network["rw1"].get(f"{path(closed)}/retention")
    assert seen["purge_from"] == (closed_at + PERIOD).isoformat().replace("+00:00", "Z")
    network.clock.set(closed_at + PERIOD - timedelta(days=30, seconds=1))
    sweep(network)
    assert mails_about(network, "rw1", "effacé") == []
    network.clock.advance(seconds=1)
    sweep(network)
    sweep(network)
    (mail,) = mails_about(network, "rw1", "effacé")
    assert closed["code"] in mail["subject"]
    assert MARK not in mail.as_string()
    network.clock.set(closed_at + PERIOD - timedelta(seconds=1))
    sweep(network)
    assert network["rw1"].get(path(closed))["id"] == closed["id"]
    network.clock.advance(seconds=1)
    sweep(network)
    network["rw1"].call("GET", path(closed), status=404)
    erasing.take_turn(network.runtime)
    assert MARK not in canaries(network)


def test_nothing_is_purged_without_thirty_days_of_notice(network, closed):
    """The sweepers were away for years: the warning still comes first."""
    network.clock.advance(days=2 * PERIOD.days)
    sweep(network)
    assert network["rw1"].get(path(closed))["id"] == closed["id"]
    assert len(mails_about(network, "rw1", "effacé")) == 1
    network.clock.advance(days=30)
    sweep(network)
    network["rw1"].call("GET", path(closed), status=404)


def test_a_case_on_hold_stays_and_is_announced_again(network, closed):
    network.clock.advance(days=PERIOD.days - 30)
    sweep(network)
    until = network.clock.now() + timedelta(days=200)
    held = network["rw1"].call(
        "PUT",
        f"{path(closed)}/hold",
        {"until": until.isoformat(), "reason": "A claim is pending"},
        status=200,
    )
    assert held.json()["hold_reason"] == "A claim is pending"
    refused = network["rw1"].call(
        "POST", f"{path(closed)}/erasure", {"ground": "household_request"}, status=422
    )
    assert refused.json()["code"] == "case-on-hold"
    network.clock.advance(days=100)
    sweep(network)
    assert network["rw1"].get(path(closed))["id"] == closed["id"]
    network.clock.set(until)
    sweep(network)
    assert len(mails_about(network, "rw1", "effacé")) == 2
    network.clock.advance(days=30)
    sweep(network)
    network["rw1"].call("GET", path(closed), status=404)


def test_a_hold_has_an_end_and_can_be_released(network, closed):
    too_long = {"until": (network.clock.now() + timedelta(days=400)).isoformat(), "reason": "R"}
    answer = network["rw1"].call("PUT", f"{path(closed)}/hold", too_long, status=422)
    assert answer.json()["code"] == "hold-too-long-or-over"
    sound = {"until": (network.clock.now() + timedelta(days=40)).isoformat(), "reason": "R"}
    network["rw2"].call("PUT", f"{path(closed)}/hold", sound, status=404)
    held = network["rw1"].call("PUT", f"{path(closed)}/hold", sound, status=200).json()
    released = network["rw1"].post(
        f"{path(closed)}/hold/release", status=200, If_Match=f'"v{held["version"]}"'
    )
    assert released["held_until"] is None


def test_the_plan_counts_and_changes_nothing(network, closed, settings, capsys):
    network.clock.advance(days=2 * PERIOD.days)
    sweep(network)
    network.clock.advance(days=400)
    before = network.rows("SELECT count(*) FROM alerts")
    with network.runtime.transaction() as uow:
        due = {each.name: each.count for each in purging.due(uow=uow)}
    assert due[CASE] == 1
    assert due["messages"] >= 1
    assert set(due) == {CASE, *(n for n, c in CLASSES.items() if c.by is By.ROWS)}
    assert network.rows("SELECT count(*) FROM alerts") == before
    plan(settings)
    said = capsys.readouterr().out
    assert all(name in said for name in CLASSES)
    assert closed["code"] not in said


def test_applied_to_the_end_in_batches(network, closed, monkeypatch):
    network["rw1"].post("/api/v1/cases", {"language": "fr"})
    network.work()
    network.clock.advance(days=4000)
    monkeypatch.setattr(purging, "ROWS_AT_ONCE", 1)
    said: list[str] = []
    apply_all(network.runtime, said.append)
    assert said[0] == "1 reference workers warned."
    assert network.rows("SELECT count(*) FROM outbox_events WHERE dispatched_at IS NOT NULL") == [
        (0,)
    ]
    with network.runtime.transaction() as uow:
        assert [each.name for each in purging.due(uow=uow) if each.count] == []


def test_what_still_waits_is_not_forgotten(network, closed, superuser):
    case = network["rw1"].post("/api/v1/cases", {"language": "fr"})
    place = {"professional_id": network["rw2"].id, "role": "generalist", "reason": "budget"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/team", place)
    waiting = "SELECT count(*) FROM outbox_events WHERE dispatched_at IS NULL"
    before = network.rows(waiting)
    assert before[0][0] > 0
    network.clock.advance(days=4000)
    apply_all(network.runtime, lambda _: None)
    assert network.rows(waiting) >= before


def test_nobody_deletes_what_is_a_day_old(network, closed):
    rows = network.rows("SELECT count(*) FROM outbox_events")
    with network.runtime.transaction() as uow:
        forgotten = uow.session.connection().exec_driver_sql(
            "SELECT forget_old('events', 'infinity', 1000)"
        )
        assert forgotten.scalar_one() == 0
    assert network.rows("SELECT count(*) FROM outbox_events") == rows


def test_the_command_runs_as_the_worker(network, closed, settings, capsys):
    """By the clock of the database: nothing is due today."""
    apply(settings)
    assert "0 cases confirmed for erasure." in capsys.readouterr().out
    assert network.rows("SELECT state FROM cases") == [("closed",)]


def test_every_class_says_since_when_why_and_how_sure():
    for each in CLASSES.values():
        assert each.starts
        assert each.source
        assert each.certainty in ("law", "practice", "chosen")
        assert (each.days == 0) == (each.by is By.KEPT)


def test_the_first_rung_of_a_ladder_outlives_those_that_climbed_from_it(network, superuser):
    world = World(superuser)
    now = network.clock.now()
    days = {"first": 366, "climbed": 364}
    due = {name: {"due_at": now - timedelta(days=age)} for name, age in days.items()}
    state = {"state": "cancelled", "planned_at": now - timedelta(days=400)}
    first = world.alert(**state, **due["first"])
    world.alert(**state, **due["climbed"], first_id=first, recipient_role="coordinator")

    def left():
        with network.runtime.transaction() as uow:
            purging.forget_batch("messages", uow=uow)
        return world.run("SELECT count(*) FROM alerts")[0][0]

    assert left() == 2
    network.clock.advance(days=3)
    assert [left(), left()] == [1, 0]
