"""A save that changes nothing changes nothing, tells nobody; a room changed is no adjournment."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from tests.evictions.hearings.test_accompaniment import confirmed
from tests.evictions.hearings.test_struck_hearings import ladder
from tests.journeys.steps import join, mails_about, open_shared_case, set_hearing
from tests.people import Network

HEARING = "2026-05-12T09:00:00+02:00"


@pytest.fixture
def case(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


@pytest.fixture
def procedure(network: Network, case):
    return set_hearing(network, case, HEARING)


@contextmanager
def nothing_changes(network):
    """Neither an entry of the journal, an event, an alert, nor a version of anything."""
    before = everything(network)
    yield
    assert everything(network) == before


def everything(network):
    tables = ("hearings", "procedures", "deadlines", "acts", "alerts", "outbox_events")
    rows = {name: network.rows(f"SELECT * FROM {name} ORDER BY id") for name in tables}
    return rows | {"audit": network.rows("SELECT count(*) FROM audit_entries")}


def tagged(record):
    return {"If-Match": f'"v{record["version"]}"'}


def put(network, path, body, record, status=200):
    tag = {"If_Match": f'"v{record["version"]}"'}
    return network["rw1"].call("PUT", f"{path}/details", body, status=status, **tag).json()


def hearing_path(procedure):
    hearing = procedure["hearings"][-1]
    return f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}", hearing


def test_a_hearing_moved_to_where_it_is(network, procedure):
    path, hearing = hearing_path(procedure)
    procedure = put(network, path, {"room": "2"}, hearing)
    path, hearing = hearing_path(procedure)
    for body in (
        {"starts_at": HEARING, "room": "2"},
        {"starts_at": "2026-05-12T07:00:00Z", "room": "2"},
        {"starts_at": HEARING},
    ):
        with nothing_changes(network):
            after = network["rw1"].post(f"{path}/move", body, status=200, **tagged(hearing))
        assert after["hearings"] == procedure["hearings"], body


def test_the_regime_that_it_has(network, procedure):
    with nothing_changes(network):
        path = f"/api/v1/procedures/{procedure['id']}/regime"
        network["rw1"].post(path, {}, status=200)
    chosen = network["rw1"].post(path, {"regime": "WAL_LEASE"}, status=200)
    with nothing_changes(network):
        again = network["rw1"].post(path, {"regime": "WAL_LEASE"}, status=200)
    assert again["regime"] == chosen["regime"]


def test_an_act_corrected_into_itself(network, procedure):
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    body = {"kind": "petition", "acted_on": "2026-02-16", "delivery": "registered"}
    view = network["rw1"].post(path, body)
    act = next(each for each in view["acts"] if each["kind"] == "petition")
    with nothing_changes(network):
        same = f"{path}/{act['id']}/correction"
        after = network["rw1"].post(same, body | {"reason": "Read again"})
    assert after["acts"] == view["acts"]


def test_the_date_that_somebody_put_already(network, procedure):
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    view = network["rw1"].post(path, {"kind": "service", "acted_on": "2026-02-16"})
    deadline = next(each for each in view["deadlines"] if each["computes"] == "appeal_until")
    body = {"date": "2026-03-10", "reason": "The lawyer said so"}
    path = f"/api/v1/deadlines/{deadline['id']}/override"
    network["rw1"].post(path, body, status=200, **tagged(deadline))
    with nothing_changes(network):
        again = {"version": deadline["version"] + 1}
        network["rw1"].post(path, body, status=200, **tagged(again))


def test_the_result_that_it_has(network, procedure):
    network.clock.set(datetime(2026, 5, 12, 12, 0, tzinfo=UTC))
    path, hearing = hearing_path(procedure)
    body = {"result": "reserved"}
    view = network["rw1"].post(f"{path}/result", body, status=200, **tagged(hearing))
    with nothing_changes(network):
        held = view["hearings"][-1]
        network["rw1"].post(f"{path}/result", body, status=200, **tagged(held))


@pytest.mark.parametrize("way", ["move", "details"])
def test_another_room_is_the_same_hearing_and_who_goes_is_told(network, case, procedure, way):
    join(network, case, "rw2", "generalist")
    procedure = confirmed(network, procedure)
    network.work()
    path, hearing = hearing_path(procedure)
    stands = ladder(network)
    if way == "move":
        body = {"starts_at": HEARING, "room": "5"}
        after = network["rw1"].post(f"{path}/move", body, status=200, **tagged(hearing))
    else:
        after = put(network, path, {"room": "5"}, hearing)
    (same,) = after["hearings"]
    assert (same["id"], same["state"], same["room"]) == (hearing["id"], "set", "5")
    assert same["accompaniments"] == hearing["accompaniments"]
    assert ladder(network) == stands
    assert len(after["acts"]) == len(procedure["acts"])
    network.work()
    (mail,) = mails_about(network, "rw1", "autre salle")
    assert "restent les mêmes : le mardi 12 mai 2026 à 9h00" in said(mail)
    (mail,) = mails_about(network, "rw2", "andere zaal")
    assert "blijven dezelfde: dinsdag 12 mei 2026 om 9.00 uur" in said(mail)


def said(mail):
    return mail.get_body(("plain",)).get_content()


def test_its_kind_and_number_change_without_telling_anybody(network, procedure):
    path, hearing = hearing_path(procedure)
    alerts = network.rows("SELECT count(*) FROM alerts")
    body = {"kind": "pleading", "roll_number": "26A200"}
    after = put(network, path, body, hearing)
    (same,) = after["hearings"]
    assert (same["kind"], same["roll_number"], same["state"]) == ("pleading", "26A200", "set")
    assert network.rows("SELECT count(*) FROM alerts") == alerts
    put(network, path, body, hearing, 412)
    with nothing_changes(network):
        put(network, path, body, same)
