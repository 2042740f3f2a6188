"""G15: the clock jumps, the hour comes twice or never, the workers were away for a weekend."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifications.channels.email import EmailChannel
from services.shared.clock import brussels, legal_day
from tests.faults.kit.parts import MAIL_FROM
from tests.faults.kit.rude import Rude, RudeServer
from tests.outside.fakes import FakeClock
from workers.draining import drain

ROOT = Path(__file__).parents[2]
# Friday 18:00 before and Sunday 20:00 after the night of 29 March 2026, in Brussels.
FRIDAY = datetime(2026, 3, 27, 17, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 29, 18, 0, tzinfo=UTC)
NIGHTS = {
    "the hour that does not exist": datetime(2026, 3, 28, 22, 0, tzinfo=UTC),
    "the hour that comes twice": datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
}
STEP = timedelta(minutes=15)


@pytest.fixture
def rude():
    return Rude()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(FRIDAY)


@pytest.fixture
def runtime(healer, rude, clock):
    server = RudeServer(rude)
    email = EmailChannel(server=server, sender=MAIL_FROM, timeout=3)
    yield replace(healer, email=email, clock=clock)
    server.end()


@pytest.fixture
def due_at(world):
    """An alert of a hearing of its own, nine days later; the address that must hear of it."""

    def make(at: datetime, **more) -> str:
        facts = {"hearing_at": (at + timedelta(days=9)).isoformat()}
        return world.due_alert(due_at=at, planned_at=FRIDAY, facts=facts, **more).email

    return make


def told(rude: Rude) -> Counter[str]:
    assert not any(flagged for _, _, flagged in rude.kept)
    return Counter(to for _, to, _ in rude.kept)


def work_off(runtime) -> None:
    while drain(runtime):
        pass


def test_a_weekend_without_workers_over_the_change_of_clocks(due_at, runtime, clock, rude):
    """J10: RQ workers and sweepers stopped; at their return each missed alert goes out once."""
    half_hours = [FRIDAY + n * timedelta(minutes=30) for n in range(99)]
    missed = [due_at(at) for at in half_hours if at <= SUNDAY]
    later = [due_at(at) for at in half_hours if at > SUNDAY] + [due_at(SUNDAY + STEP)]
    assert (brussels(legal_day(SUNDAY), datetime.min.time()) - FRIDAY) == timedelta(hours=30)
    clock.set(SUNDAY)
    work_off(runtime)
    assert told(rude) == dict.fromkeys(missed, 1)
    clock.advance(minutes=15)
    work_off(runtime)
    assert told(rude) == dict.fromkeys([*missed, *later], 1)


def test_of_two_missed_alerts_of_one_hearing_the_nearest_is_told_once(world, runtime, clock, rude):
    """The farther one would say the same, for the days are counted at sending: it is left out."""
    hearing = {"hearing_at": "2026-03-31T09:00:00+02:00"}
    first = world.due_alert(due_at=FRIDAY, planned_at=FRIDAY, facts=hearing, rung="3d")
    (key,) = world.run("SELECT object_id FROM alerts")[0]
    more = {"object_id": key, "case_id": first.case, "facts": hearing, "planned_at": FRIDAY}
    nearest = world.alert(due_at=SUNDAY - timedelta(hours=1), rung="1d", **more)
    clock.set(SUNDAY)
    work_off(runtime)
    work_off(runtime)
    assert world.delivery(nearest).state == "sent"
    assert len({message_id for message_id, _, _ in rude.kept}) == len(rude.kept)
    assert told(rude) == {first.email: 1}
    assert (world.state(first.alert), world.state(nearest)) == ("cancelled", "sending")


@pytest.mark.parametrize("begins", NIGHTS.values(), ids=NIGHTS)
def test_both_nights_each_alert_goes_out_in_its_quarter_of_an_hour(
    begins, due_at, runtime, clock, rude
):
    owed: dict[datetime, str] = {}
    for number in range(24):
        at = begins + number * STEP
        owed[at] = due_at(at)
    for at in [begins + number * STEP for number in range(24)]:
        clock.set(at - timedelta(seconds=1))
        work_off(runtime)
        assert owed[at] not in told(rude)
        clock.set(at)
        work_off(runtime)
        assert told(rude)[owed[at]] == 1
    assert told(rude) == dict.fromkeys(owed.values(), 1)


def test_jumps_of_days_both_ways_tell_everything_once(due_at, runtime, clock, rude):
    owed = [due_at(FRIDAY + timedelta(hours=8 * n)) for n in range(24)]
    for days in (5, -5, 1, -2, 3, -30, 40):
        clock.advance(days=days)
        work_off(runtime)
    assert told(rude) == dict.fromkeys(owed, 1)


def test_what_waits_for_another_attempt_survives_a_jump_back(due_at, runtime, clock, rude, world):
    """Greylisted in a future that the clock then took back: it is tried again all the same."""
    address = due_at(FRIDAY)
    rude.says = {"RCPT": ["450 greylisted"]}
    clock.advance(days=4)
    work_off(runtime)
    assert rude.kept == []
    clock.advance(days=-4)
    work_off(runtime)
    clock.advance(days=4, seconds=3)
    work_off(runtime)
    assert told(rude) == {address: 1}


def test_no_decision_about_delivery_asks_the_clock_of_its_host():
    """Two hosts whose clocks differ agree on what is due: both ask the database."""
    asks = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    found = {
        str(path.relative_to(ROOT)): asks.findall(path.read_text(encoding="utf-8"))
        for folder in ("workers", "notifications")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name: each for name, each in found.items() if each} == {}
