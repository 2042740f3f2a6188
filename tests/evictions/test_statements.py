"""A command on a procedure reads each fact once: its statements are counted around one request."""

from tests.journeys.steps import open_shared_case
from tests.statements import within

HEARING, LATER = "2026-03-25T09:00:00+01:00", "2026-04-08T09:00:00+02:00"


def opened(network):
    case = open_shared_case(network)
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"})


def test_opening_a_procedure(network, statements):
    case = open_shared_case(network)
    with statements.counted() as sent:
        network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"})
    assert within(sent, 12)


def test_setting_a_hearing(network, statements):
    procedure = opened(network)
    with statements.counted() as sent:
        network["rw1"].post(
            f"/api/v1/procedures/{procedure['id']}/hearings", {"starts_at": HEARING}
        )
    assert within(sent, 21)


def test_moving_a_hearing(network, statements):
    path = f"/api/v1/procedures/{opened(network)['id']}/hearings"
    hearing = network["rw1"].post(path, {"starts_at": HEARING})["hearings"][0]
    with statements.counted() as sent:
        network["rw1"].post(
            f"{path}/{hearing['id']}/move", {"starts_at": LATER}, status=200, If_Match='"v1"'
        )
    assert within(sent, 26)
