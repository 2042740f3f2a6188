"""Tasks by regime and situation, counted back from the day that they serve (F32)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.evictions.counting.rulefile import RuleFileError
from services.evictions.law.regimes import regimes
from services.evictions.law.task_templates import procedure_tasks, read_tasks
from services.shared.words.catalogue import LANGUAGES, has_text, say
from tests.families import family
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network

HEARING, LATER = "2026-03-25T09:00:00+01:00", "2026-04-22T09:00:00+02:00"
BEFORE_A_HEARING = {
    "find_lawyer": "2026-02-21",
    "defence_bundle": "2026-02-28",
    "payment_plan": "2026-02-28",
    "companion": "2026-02-28",
}


@pytest.fixture
@beginning
def opened(network: Network) -> Any:
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


@beginning
def procedure_of(network: Network, case: Any, **more: Any) -> Any:
    path = f"/api/v1/cases/{case['id']}/procedures"
    return network["rw1"].post(path, {"canton": "Schaerbeek 1", **more})


def act(network: Network, procedure: Any, kind: str, day: str) -> Any:
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    return network["rw1"].post(path, {"kind": kind, "acted_on": day})


def hearing(network: Network, procedure: Any, starts_at: str, status: int = 201) -> Any:
    path = f"/api/v1/procedures/{procedure['id']}/hearings"
    return network["rw1"].post(path, {"starts_at": starts_at}, status=status)["hearings"][-1]


def move(network: Network, procedure: Any, of: Any, starts_at: str) -> Any:
    path = f"/api/v1/procedures/{procedure['id']}/hearings/{of['id']}/move"
    tag = {"If_Match": f'"v{of["version"]}"'}
    return network["rw1"].post(path, {"starts_at": starts_at}, status=200, **tag)["hearings"][-1]


def every_task(network: Network, case: Any, who: str = "rw1") -> list[Any]:
    return list(network[who].get(f"/api/v1/cases/{case['id']}/tasks")["items"])


def due(network: Network, case: Any) -> dict[str, str | None]:
    return {
        task["template"]: task["due_on"]
        for task in every_task(network, case)
        if task["state"] == "open"
    }


def finish(network: Network, case: Any, template: str) -> None:
    task = next(
        each
        for each in every_task(network, case)
        if each["template"] == template and each["state"] == "open"
    )
    path = f"/api/v1/cases/{case['id']}/tasks/{task['id']}/completion"
    network["rw1"].post(path, None, status=200, If_Match=f'"v{task["version"]}"')


def test_without_a_hearing_the_days_are_counted_from_the_opening(network, opened):
    procedure_of(network, opened)
    assert due(network, opened) == BEFORE_A_HEARING


def test_a_hearing_counts_its_tasks_back_in_working_days(network, opened):
    hearing(network, procedure_of(network, opened), HEARING)
    # Wednesday 25 March: five working days before is Wednesday 18, three is Friday 20.
    assert due(network, opened) == {
        "find_lawyer": "2026-02-21",
        "defence_bundle": "2026-03-18",
        "payment_plan": "2026-03-18",
        "companion": "2026-03-20",
        "hearing_result": "2026-03-25",
    }


def test_no_task_is_due_after_the_hearing_nor_before_it_was_brought(network, opened):
    hearing(network, procedure_of(network, opened), "2026-02-20T09:00:00+01:00")
    days = due(network, opened)
    assert days.pop("hearing_result") == "2026-02-20"
    assert days.pop("find_lawyer") == "2026-02-20"
    assert set(days.values()) == {"2026-02-18"}


def test_open_tasks_move_with_the_hearing_and_done_ones_stay(network, opened):
    procedure = procedure_of(network, opened)
    first = hearing(network, procedure, HEARING)
    finish(network, opened, "payment_plan")
    move(network, procedure, first, LATER)
    assert due(network, opened) == {
        "find_lawyer": "2026-02-21",
        "defence_bundle": "2026-04-15",
        "companion": "2026-04-17",
        "hearing_result": "2026-04-22",
    }
    assert [task["state"] for task in every_task(network, opened)].count("done") == 1
    moved = network.rows(
        "SELECT before ->> 'due_on', after ->> 'due_on' FROM audit_entries"
        " WHERE action = 'follow_task' AND after ->> 'due_on' = '2026-04-17'"
    )
    assert moved == [("2026-03-20", "2026-04-17")]


def test_a_day_that_people_gave_a_task_stays_when_the_hearing_moves(network, opened):
    procedure = procedure_of(network, opened)
    first = hearing(network, procedure, HEARING)
    network.rows("UPDATE tasks SET due_on = '2026-03-02' WHERE template = 'companion' RETURNING id")
    move(network, procedure, first, LATER)
    assert due(network, opened)["companion"] == "2026-03-02"


def test_a_hearing_that_is_called_off_gives_its_days_back(network, opened):
    procedure = procedure_of(network, opened)
    first = hearing(network, procedure, HEARING)
    path = f"/api/v1/procedures/{procedure['id']}/hearings/{first['id']}/calling-off"
    network["rw1"].post(path, {"because": "adjourned_sine_die"}, status=200, If_Match='"v1"')
    assert due(network, opened) == BEFORE_A_HEARING


def test_another_hearing_after_one_that_took_place_asks_again_who_goes_along(network, opened):
    procedure = procedure_of(network, opened)
    hearing(network, procedure, HEARING)
    for each in ("companion", "defence_bundle", "hearing_result"):
        finish(network, opened, each)
    network.clock.set(datetime(2026, 3, 25, 12, 0, tzinfo=UTC))
    held = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")["hearings"][0]
    path = f"/api/v1/procedures/{procedure['id']}/hearings/{held['id']}/result"
    network["rw1"].post(path, {"result": "adjourned"}, status=200, If_Match='"v1"')
    hearing(network, procedure, LATER)
    days = due(network, opened)
    assert (days["companion"], days["hearing_result"]) == ("2026-04-17", "2026-04-22")
    assert "defence_bundle" not in days
    act(network, procedure, "submissions", "2026-03-25")
    assert [task["template"] for task in every_task(network, opened)].count("companion") == 2


def test_an_act_brings_the_tasks_of_its_situation_once(network, opened):
    procedure = procedure_of(network, opened)
    act(network, procedure, "judgment", "2026-02-17")
    after = {"explain_judgment": "2026-02-21", "decide_remedy": "2026-02-25"}
    after |= {"rehousing": "2026-02-28"}
    assert due(network, opened) == BEFORE_A_HEARING | after
    finish(network, opened, "rehousing")
    act(network, procedure, "judgment", "2026-02-18")
    codes = [task["template"] for task in every_task(network, opened)]
    assert len(codes) == len(set(codes)) == 7


def test_the_remedy_is_decided_before_its_time_is_over(network, opened):
    procedure = procedure_of(network, opened)
    act(network, procedure, "judgment", "2026-02-17")
    view = act(network, procedure, "service", "2026-02-18")
    ends = {each["computes"]: each["date"] for each in view["deadlines"]}["appeal_until"]
    assert ends == "2026-03-18"
    assert due(network, opened)["decide_remedy"] == "2026-03-11"


def test_an_eviction_counts_its_tasks_back_and_those_that_follow_it_on(network, opened):
    procedure = procedure_of(network, opened)
    act(network, procedure, "bailiff_notice", "2026-02-18")
    announced = due(network, opened)
    assert announced["check_notice"] == "2026-02-19"
    assert announced["emergency_housing"] == "2026-02-23"
    assert "reference_address" not in announced
    view = act(network, procedure, "eviction", "2026-03-20")
    days = due(network, opened)
    assert days["emergency_housing"] == "2026-03-13"
    assert days["move_belongings"] == "2026-03-17"
    assert days["eviction_companion"] == "2026-03-18"
    assert days["reference_address"] == "2026-03-25"
    assert days["fetch_belongings"] == "2026-04-03"
    moved = next(each for each in view["acts"] if each["kind"] == "eviction")
    path = f"/api/v1/procedures/{procedure['id']}/acts/{moved['id']}/correction"
    body = {"kind": "eviction", "acted_on": "2026-04-17", "reason": "Postponed by the bailiff"}
    network["rw1"].post(path, body)
    days = due(network, opened)
    assert days["eviction_companion"] == "2026-04-15"
    assert days["reference_address"] == "2026-04-22"


def test_an_eviction_of_the_past_asks_for_what_comes_after_it_alone(network, opened):
    act(network, procedure_of(network, opened), "eviction", "2026-02-16")
    assert due(network, opened).keys() - BEFORE_A_HEARING.keys() == {
        "reference_address",
        "fetch_belongings",
    }


def test_a_mayors_order_brings_its_own_tasks_and_none_of_a_hearing(network, opened):
    procedure = procedure_of(network, opened, regime="ADMIN")
    orders = {"order_lawyer", "order_rehousing", "order_works"}
    assert due(network, opened).keys() == orders
    hearing(network, procedure, HEARING)
    assert due(network, opened).keys() == orders


def test_a_mayors_order_in_a_lease_brings_its_tasks_beside_those_of_the_hearing(network, opened):
    procedure = procedure_of(network, opened)
    act(network, procedure, "safety_order", "2026-02-17")
    orders = {"order_lawyer", "order_rehousing", "order_works"}
    assert due(network, opened).keys() == BEFORE_A_HEARING.keys() | orders


def test_without_title_nobody_owes_a_landlord_a_payment_plan(network, opened):
    procedure_of(network, opened, regime="SQT")
    assert due(network, opened).keys() == {
        "find_lawyer",
        "occupation_proofs",
        "time_to_leave",
        "companion",
    }


def test_another_regime_ends_the_tasks_that_do_not_fit_it_and_back_opens_them(network, opened):
    procedure = procedure_of(network, opened)
    finish(network, opened, "find_lawyer")
    path = f"/api/v1/procedures/{procedure['id']}/regime"
    network["rw1"].post(path, {"regime": "ADMIN"}, status=200)
    assert due(network, opened).keys() == {"order_lawyer", "order_rehousing", "order_works"}
    states = {task["template"]: task["state"] for task in every_task(network, opened)}
    assert (states["payment_plan"], states["find_lawyer"]) == ("moot", "done")
    network["rw1"].post(path, {"regime": "BRU_LEASE"}, status=200)
    assert due(network, opened).keys() == BEFORE_A_HEARING.keys() - {"find_lawyer"}


def test_a_moot_task_is_not_finished(network, opened):
    procedure = procedure_of(network, opened)
    path = f"/api/v1/procedures/{procedure['id']}/regime"
    network["rw1"].post(path, {"regime": "ADMIN"}, status=200)
    task = next(each for each in every_task(network, opened) if each["state"] == "moot")
    path = f"/api/v1/cases/{opened['id']}/tasks/{task['id']}/completion"
    network["rw1"].post(path, None, status=409, If_Match=f'"v{task["version"]}"')


def test_every_regime_has_tasks_that_are_said_in_every_language():
    for regime in regimes():
        brought = {each.code for each in procedure_tasks() if each.is_brought(regime, ())}
        assert len(brought) >= 3
    for each in procedure_tasks():
        assert has_text(f"task.{each.code}")
        assert len({say(f"task.{each.code}", language) for language in LANGUAGES}) == 3


@family(
    "line, said",
    [
        ("opening = ['MARS']", "opening: a list of SQT"),
        ("acts = 'hearing'", "acts: a list of texts is expected"),
        ("working_days_before = 3", "working_days_before needs the day that it serves"),
        ("colour = 1", "colour is not a known field"),
    ],
)
def test_a_broken_template_is_named_by_its_line(line, said):
    with pytest.raises(RuleFileError, match=r"tasks\.toml, line") as fault:
        read_tasks(f'[[task]]\ncode = "odd"\n{line}\n', "tasks.toml")
    assert said in str(fault.value)
