"""F39: a household comes late; what was heard already is written down all the same."""

from datetime import UTC, datetime

import pytest

from tests.evictions.hearings.test_struck_hearings import ladder, states
from tests.journeys.steps import mails_about, open_shared_case, set_hearing, sweep
from tests.people import Network

PAST, FIRST, AHEAD = (
    "2026-05-05T09:00:00+02:00",
    "2026-04-07T09:00:00+02:00",
    "2026-06-30T09:00:00+02:00",
)


@pytest.fixture
def path(network: Network):
    network.clock.set(datetime(2026, 5, 12, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    body = {"canton": "Schaerbeek 1"}
    made = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", body)
    return f"/api/v1/procedures/{made['id']}"


def put(network, path, hearing, what, body, status=200):
    tag = {"If-Match": f'"v{hearing["version"]}"'}
    path = f"{path}/hearings/{hearing['id']}/{what}"
    return network["rw1"].post(path, body, status=status, **tag)


def planned(network):
    return network.rows("SELECT kind FROM alerts WHERE kind ~ '^evictions.hearing'")


def test_it_is_recorded_and_nobody_is_warned_of_it(network, path):
    view = network["rw1"].post(f"{path}/hearings", {"starts_at": PAST, "room": "2"})
    assert states(view) == ["set"]
    assert planned(network) == []
    sweep(network)
    assert mails_about(network, "rw1", "dossier") == []
    after = put(network, path, view["hearings"][0], "result", {"result": "reserved"})
    assert states(after) == ["held"]


def test_with_its_result_at_once_even_beside_one_that_is_ahead(network, path):
    network["rw1"].post(f"{path}/hearings", {"starts_at": AHEAD})
    stands = ladder(network)
    body = {"starts_at": PAST, "result": "adjourned"}
    view = network["rw1"].post(f"{path}/hearings", body)
    assert [(each["state"], each["result"]) for each in view["hearings"]] == [
        ("adjourned", "adjourned"),
        ("set", None),
    ]
    assert ladder(network) == stands
    early = network["rw1"].post(f"{path}/hearings", body | {"starts_at": AHEAD}, status=422)
    assert early["code"] == "hearing-still-ahead"


def test_a_chain_of_adjournments_into_the_future(network, path):
    view = network["rw1"].post(f"{path}/hearings", {"starts_at": FIRST})
    view = put(network, path, view["hearings"][-1], "move", {"starts_at": PAST})
    assert planned(network) == []
    view = put(network, path, view["hearings"][-1], "move", {"starts_at": AHEAD})
    assert states(view) == ["adjourned", "adjourned", "set"]
    assert [each["lapsed_at"] for each in view["acts"]] == [None, None, None]
    assert set(ladder(network)) == {view["hearings"][-1]["id"]}
    first, second, third = view["hearings"]
    assert (second["replaces_id"], third["replaces_id"]) == (first["id"], second["id"])


def test_its_dates_run_from_its_day(network, path):
    view = network["rw1"].post(f"{path}/hearings", {"starts_at": PAST, "result": "judged"})
    (act,) = view["acts"]
    assert (act["kind"], act["acted_on"], act["lapsed_at"]) == ("hearing", "2026-05-05", None)


def test_one_that_was_ahead_and_turns_out_to_have_been_leaves_the_calendars(network):
    network.clock.set(datetime(2026, 5, 12, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    view = set_hearing(network, case, AHEAD)
    network.work()
    path = f"/api/v1/procedures/{view['id']}"
    put(network, path, view["hearings"][-1], "move", {"starts_at": PAST})
    sweep(network)
    assert ladder(network) == []
    assert len(mails_about(network, "rw1", "date annulée")) == 1
