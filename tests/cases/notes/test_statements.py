"""How many statements it takes to write a note."""

from tests.people import Network
from tests.statements import Statements, statements, within

__all__ = ["statements"]


def test_a_note(network: Network, statements: Statements):
    case = network["rw1"].post("/api/v1/cases", {"language": "fr", "members": []})
    path = f"/api/v1/cases/{case['id']}/notes"
    network["rw1"].post(path, {"category": "tenancy", "body": "first"})
    with statements.counted() as sent:
        network["rw1"].post(path, {"category": "tenancy", "body": "x"})
    assert within(sent, 8)
