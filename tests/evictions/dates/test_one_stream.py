"""Every screen tells the same dates: the board, /me, my cases, the package, the feed, the household
and the alerts against dates worked out here, over random cases."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
import vobject

from tests.calendars.test_calendar import fetch, subscribe
from tests.household import adult
from tests.journeys.steps import open_shared_case, propose
from tests.people import Network
from tests.slices import some

TODAY = date(2026, 3, 2)
SEEDS = some(range(6), 2)
KINDS = ("deadline", "eviction", "term", "instalment")


class Line(NamedTuple):
    day: str
    computes: str


class Wanted(NamedTuple):
    """What a case must show: dates of the law, a court or an agreement, tasks, hearings."""

    binding: set[Line]
    from_today: set[Line]
    tasks: set[str]
    hearings: set[str]


def day(number: int) -> str:
    return (TODAY + timedelta(days=number)).isoformat()


def filled(network: Network, chance: random.Random) -> tuple[Any, Wanted]:
    """A random case, and what it must show."""
    rw1 = network["rw1"]
    case = open_shared_case(network)
    made = rw1.post(f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"})
    acts = f"/api/v1/procedures/{made['id']}/acts"
    binding, from_today, hearings = set(), set(), set()
    view = rw1.post(acts, {"kind": "judgment", "acted_on": day(-20)})
    judgment = view["acts"][0]["id"]
    if chance.random() < 0.7:
        view = rw1.post(acts, {"kind": "service", "acted_on": day(-chance.randrange(1, 25))})
    for number in chance.sample(range(-3, 40), k=chance.randrange(3)):
        view = rw1.post(acts, {"kind": "eviction", "acted_on": day(number)})
        if number >= 0:
            binding.add(Line(day(number), "eviction"))
    if view["deadlines"] and chance.random() < 0.5:
        other = chance.choice(view["deadlines"])
        view = rw1.post(
            f"/api/v1/deadlines/{other['id']}/override",
            {"date": day(chance.randrange(1, 30)), "reason": "The lawyer counted again."},
            status=200,
            If_Match=f'"v{other["version"]}"',
        )
    for number in chance.sample(range(1, 40), k=chance.randrange(3)):
        kind = chance.choice(("leave_by", "other"))
        term = {"kind": kind, "due_on": day(number), "act_id": judgment, "words": "To be done."}
        rw1.post(f"/api/v1/cases/{case['id']}/terms", term)
        binding.add(Line(day(number), kind))
    if chance.random() < 0.5:
        days = [day(number) for number in chance.sample(range(1, 60), k=3)]
        parts = [{"due_on": each, "amount_eur": "85.50"} for each in days]
        rw1.post(
            f"/api/v1/cases/{case['id']}/terms", {"kind": "payment_plan", "instalments": parts}
        )
        binding |= {Line(each, "instalment") for each in days}
    if chance.random() < 0.6:
        hearing = day(chance.randrange(1, 50))
        rw1.post(f"/api/v1/procedures/{made['id']}/hearings", {"starts_at": f"{hearing}T08:00:00Z"})
        hearings.add(hearing)
    view = rw1.get(f"/api/v1/procedures/{made['id']}")
    for each in (each for each in view["deadlines"] if each["ended_by"] is None):
        cautious = min(each["computed_date"], each["earlier_reading"] or each["computed_date"])
        assert each["overridden"] or each["date"] == cautious
        # A first lawful day that is over is shown as the first one from today.
        is_over = each["lawful_from"] is not None and each["date"] < day(0)
        shown = each["lawful_from"] if is_over else each["date"]
        lines = binding if each["protective"] else from_today
        lines.add(Line(each["date"] if each["protective"] else shown, each["computes"]))
    found = rw1.get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    tasks = {task["due_on"] for task in found if task["state"] == "open" and task["due_on"]}
    return case, Wanted(binding, from_today, tasks, hearings)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_screen_tells_the_same_dates(network: Network, seed: int):
    network.clock.set(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    case, wanted = filled(network, random.Random(seed))
    rw1 = network["rw1"]
    ahead = {line for line in wanted.binding if line.day >= day(0)}
    known = {line for line in wanted.binding | wanted.from_today if line.day >= day(0)}

    board = rw1.get("/api/v1/deadlines?limit=100&first_day=2020-01-01")["items"]
    legal = [line for line in board if line["about"] in KINDS]
    assert {Line(line["date"], line["computes"]) for line in legal} == (
        wanted.binding | wanted.from_today
    )
    assert {line["date"] for line in board if line["about"] == "hearing"} == wanted.hearings
    assert {line["date"] for line in board if line["about"] == "task"} == wanted.tasks
    assert all({*line["label"]} == {"fr", "nl", "en"} for line in board)

    waiting = rw1.get("/api/v1/me")["waiting"]
    counted = [line for line in legal if line["protective"]]
    assert waiting["deadlines_overdue"] == sum(line["date"] < day(0) for line in counted)
    assert waiting["deadlines_in_a_week"] == sum(
        day(0) <= line["date"] <= day(7) for line in counted
    )
    assert waiting["hearings_ahead"] == len(wanted.hearings)

    (mine,) = rw1.get("/api/v1/cases")["items"]
    days = {line.day for line in ahead} | wanted.hearings
    assert mine["next_deadline"] == min(days, default=None)

    events = vobject.readOne(fetch(network, subscribe(network, "rw1")).content.decode())
    shown = {event.dtstart.value for event in events.contents.get("vevent", [])}
    plain = {each for each in shown if not isinstance(each, datetime)}
    instants = {each.date().isoformat() for each in shown if isinstance(each, datetime)}
    assert instants == wanted.hearings
    consents = {line["date"] for line in board if line["about"] == "consent"}
    own = {line.day for line in wanted.binding} | wanted.tasks | consents
    assert {each.isoformat() for each in plain} == own

    offer = propose(network, case)
    package = rw1.get(f"/api/v1/handovers/{offer['id']}")
    assert {
        Line(line["date"], line["computes"]) for line in package["deadlines"]
    } == wanted.binding | wanted.from_today
    assert {line["starts_at"][:10] for line in package["hearings"]} == wanted.hearings

    member = next(each for each in case["household"]["members"] if each["role"] == "adult")
    dates = adult(network, case, member["id"]).get()["dates"]
    assert {Line(line["on"], line["computes"]) for line in dates} == known

    alerts = network.rows(
        "SELECT facts ->> 'due_on', facts ->> 'what' FROM alerts WHERE case_id = %s"
        " AND kind LIKE 'evictions.%%_approaching' AND kind <> 'evictions.hearing_approaching'"
        " AND state = 'planned'",
        case["id"],
    )
    assert {Line(*each) for each in alerts} == ahead
