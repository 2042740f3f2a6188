"""F34, F39, F72: a hearing goes with its struck act, in the procedure and in the calendars."""

from datetime import UTC, datetime

import pytest

from tests.calendars.test_calendar import invitations_of, move, read, subscribe
from tests.evictions.hearings.test_accompaniment import confirmed
from tests.journeys.steps import join, open_shared_case, set_hearing, sweep
from tests.people import Network

HEARING, LATER = "2026-05-12T09:00:00+02:00", "2026-05-19T10:30:00+02:00"
LADDER = (
    "SELECT object_id, due_at FROM alerts WHERE kind = 'evictions.hearing_approaching'"
    " AND recipient_role = 'reference_worker' AND state = 'planned' ORDER BY due_at"
)


@pytest.fixture
def case(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def strike(network, procedure, hearing, status=200):
    path = f"/api/v1/procedures/{procedure['id']}/acts/{act_of(procedure, hearing)}/strike"
    body = {"reason": "Entered in the wrong case"}
    return network["rw1"].post(path, body, status=status)


def take_back(network, procedure, hearing, status=200):
    act = act_of(procedure, hearing)
    path = f"/api/v1/procedures/{procedure['id']}/acts/{act}/strike/withdrawal"
    return network["rw1"].post(path, status=status)


def act_of(procedure, hearing):
    return next(
        act["id"]
        for act in procedure["acts"]
        if act["kind"] == "hearing" and act["acted_on"] == hearing["starts_at"][:10]
    )


def states(procedure):
    return [each["state"] for each in procedure["hearings"]]


def ladder(network):
    return [str(row[0]) for row in network.rows(LADDER)]


def test_its_ladder_and_its_place_in_calendars_go_and_return(network, case):
    procedure = set_hearing(network, case, HEARING)
    (hearing,) = procedure["hearings"]
    network.work()
    planned = network.rows(LADDER)
    assert len(planned) == 4
    after = strike(network, procedure, hearing)
    (struck,) = after["hearings"]
    assert (struck["state"], struck["called_off_because"]) == ("cancelled", "recorded_by_mistake")
    assert ladder(network) == []
    network.work()
    again = take_back(network, procedure, hearing)
    assert (states(again), again["hearings"][0]["called_off_because"]) == (["set"], None)
    assert network.rows(LADDER) == planned
    network.work()
    told = invitations_of(network, "rw1")
    assert [each.method.value for each in told] == ["REQUEST", "CANCEL", "REQUEST"]
    numbers = [int(each.vevent.sequence.value) for each in told]
    assert numbers == sorted(set(numbers))
    feed = read(network, subscribe(network, "rw1"))[f"RDV {case['code']}"]
    assert feed.sequence.value == told[-1].vevent.sequence.value


def test_a_move_that_was_a_mistake_sets_the_first_hearing_again(network, case):
    procedure = set_hearing(network, case, HEARING)
    network.work()
    planned = network.rows(LADDER)
    procedure = move(network, procedure, LATER)
    network.work()
    first, second = procedure["hearings"]
    after = strike(network, procedure, second)
    assert states(after) == ["set", "cancelled"]
    assert network.rows(LADDER) == planned
    assert next(a for a in after["acts"] if a["id"] == act_of(after, first))["lapsed_at"] is None
    network.work()
    told = invitations_of(network, "rw1")
    assert [each.method.value for each in told] == ["REQUEST"] * 3
    assert told[-1].vevent.dtstart.value == told[0].vevent.dtstart.value
    assert len({each.vevent.uid.value for each in told}) == 1
    numbers = [int(each.vevent.sequence.value) for each in told]
    assert numbers == sorted(set(numbers))
    feed = read(network, subscribe(network, "rw1"))
    assert feed[f"RDV {case['code']}"].sequence.value == told[-1].vevent.sequence.value
    moved = take_back(network, after, second)
    assert states(moved) == ["adjourned", "set"]
    assert set(ladder(network)) == {second["id"]}
    network.work()
    last = invitations_of(network, "rw1")[-1].vevent
    assert int(last.sequence.value) > numbers[-1]


def test_who_goes_along_hears_of_both(network, case):
    procedure = set_hearing(network, case, HEARING)
    join(network, case, "rw2", "generalist")
    (hearing,) = confirmed(network, procedure)["hearings"]
    network.work()
    strike(network, procedure, hearing)
    network.work()
    take_back(network, procedure, hearing)
    network.work()
    told = invitations_of(network, "rw2")
    assert [each.method.value for each in told] == ["REQUEST", "CANCEL", "REQUEST"]
    alarm = "SELECT count(*) FROM alerts WHERE kind = %s AND state = 'planned'"
    assert network.rows(alarm, "evictions.hearing_unaccompanied") == [(0,)]
    mine = "SELECT count(*) FROM alerts WHERE kind = %s AND state = 'planned' AND recipient_id = %s"
    assert network.rows(mine, "evictions.hearing_approaching", network["rw2"].id) == [(4,)]


def test_another_hearing_in_its_place_keeps_it_struck(network, case):
    procedure = set_hearing(network, case, HEARING)
    (hearing,) = procedure["hearings"]
    strike(network, procedure, hearing)
    network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/hearings", {"starts_at": LATER})
    refused = take_back(network, procedure, hearing, status=409)
    assert refused["code"] == "hearing-already-set"


def test_one_that_was_held_goes_with_its_result(network, case):
    procedure = set_hearing(network, case, HEARING)
    (hearing,) = procedure["hearings"]
    network.clock.set(datetime(2026, 5, 12, 12, 0, tzinfo=UTC))
    sweep(network)
    network["rw1"].post(
        f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/result",
        {"result": "judged"},
        status=200,
        **{"If-Match": f'"v{hearing["version"]}"'},
    )
    assert states(strike(network, procedure, hearing)) == ["cancelled"]
    (held,) = take_back(network, procedure, hearing)["hearings"]
    assert (held["state"], held["result"]) == ("held", "judged")
