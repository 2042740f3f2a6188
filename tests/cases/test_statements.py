"""Opening a case: the statements of one request, counted."""

from tests.statements import within

NEW_CASE = {
    "language": "fr",
    "commune": "Schaerbeek",
    "members": [{"role": "adult", "pseudonym": "Tenant"}],
}


def test_opening_a_case(network, statements):
    with statements.counted() as sent:
        network["rw1"].post("/api/v1/cases", NEW_CASE)
    assert within(sent, 14)
