"""F39: what a hearing is, and what came out of it."""

from datetime import UTC, datetime

import pytest

from tests.journeys.steps import mails_about, open_shared_case, sweep
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def heard(network: Network):
    network.clock.set(datetime(2026, 3, 1, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    procedure = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"}
    )
    path = f"/api/v1/procedures/{procedure['id']}/hearings"
    body = {"starts_at": "2026-03-31T09:00:00+02:00", "room": "2"}
    view = network["rw1"].post(path, body | {"kind": "introductory", "roll_number": "26A7"})
    return path, view["hearings"][0]


def result(network: Network, path, hearing, what, status=200):
    tag = {"If-Match": f'"v{hearing["version"]}"'}
    path = f"{path}/{hearing['id']}/result"
    return network["rw1"].post(path, {"result": what}, status=status, **tag)


def test_its_kind_and_roll_number_go_with_it_when_it_moves(network, heard):
    path, hearing = heard
    assert (hearing["kind"], hearing["roll_number"]) == ("introductory", "26A7")
    moved = network["rw1"].post(
        f"{path}/{hearing['id']}/move",
        {"starts_at": "2026-04-21T09:00:00+02:00"},
        status=200,
        **{"If-Match": f'"v{hearing["version"]}"'},
    )
    new = next(each for each in moved["hearings"] if each["state"] == "set")
    assert (new["kind"], new["roll_number"]) == ("introductory", "26A7")


def test_its_result_is_recorded_once_it_began_and_ends_its_alerts(network, heard):
    path, hearing = heard
    assert result(network, path, hearing, "judged", status=422)["code"] == "hearing-still-ahead"
    network.clock.set(datetime(2026, 3, 31, 10, 0, tzinfo=UTC))
    view = result(network, path, hearing, "reserved")
    (held,) = view["hearings"]
    assert (held["state"], held["result"]) == ("held", "reserved")
    assert result(network, path, held, "judged", status=409)["code"] == "hearing-not-set"
    sweep(network)
    assert mails_about(network, "rw1", "Audience") == []


def test_adjourned_without_a_date_it_stays_so_and_another_can_be_set(network, heard):
    path, hearing = heard
    network.clock.set(datetime(2026, 3, 31, 10, 0, tzinfo=UTC))
    (old,) = result(network, path, hearing, "adjourned")["hearings"]
    assert (old["state"], old["result"]) == ("adjourned", "adjourned")
    view = network["rw1"].post(path, {"starts_at": "2026-04-21T09:00:00+02:00"})
    assert [each["state"] for each in view["hearings"]] == ["adjourned", "set"]
