"""Writing a note: the statements of one request, counted."""

import pytest

from tests.people import Network
from tests.statements import Statements, within

NOTE = {"category": "tenancy", "body": "They called the landlord"}


@pytest.fixture
def notes(network: Network) -> str:
    """The path of the notes of a new case."""
    case = network["rw1"].post("/api/v1/cases", {"language": "fr", "members": []})
    return f"/api/v1/cases/{case['id']}/notes"


def test_a_note(network: Network, notes: str, statements: Statements):
    with statements.counted() as sent:
        network["rw1"].post(notes, NOTE)
    assert within(sent, 8)


def test_a_note_that_may_be_sent_again(network: Network, notes: str, statements: Statements):
    with statements.counted() as sent:
        network["rw1"].post(notes, NOTE, Idempotency_Key="once")
    assert within(sent, 10)
