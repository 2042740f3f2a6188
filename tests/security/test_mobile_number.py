"""A professional's mobile number is theirs alone: sealed, and in no column or answer in clear."""

from uuid import uuid4

import pytest

from infra.migrations.models import metadata
from tests.security.matrix.operations import operations
from tests.security.town import MOBILE_NUMBER
from tests.slices import WHOLE

DIGITS = MOBILE_NUMBER[3:]
OTHERS = ("lead", "colleague", "coordinator", "liaison", "stranger")
ITS_OWN = "SELECT * FROM mobile_numbers"
CHANGES = (
    "UPDATE mobile_numbers SET verified_at = now(), code_sealed = NULL, code_due_at = NULL",
    "DELETE FROM mobile_numbers",
)


def test_it_stands_in_no_column_in_clear(town):
    for table in metadata.sorted_tables:
        for (row,) in town.rows(f"SELECT t::text FROM {table.name} t"):
            assert DIGITS not in row, table.name
    ((sealed,),) = town.rows("SELECT sealed FROM mobile_numbers")
    assert DIGITS.encode() not in bytes(sealed)


@pytest.mark.parametrize("who", OTHERS)
def test_for_others_it_does_not_exist(town, gate, worker, who):
    key, now = town.people[who].id, town.story.now
    assert town.call(who, "GET", "/api/v1/me/mobile-number").status_code == 404
    assert gate.outcome(key, now, ITS_OWN) == "0"
    for change in CHANGES:
        assert gate.outcome(key, now, change) == "0"
    row = (uuid4(), town.people["partner"].id, b"x", "k", now)
    fresh = (
        "INSERT INTO mobile_numbers (id, professional_id, sealed, key_id, given_at)"
        " VALUES (%s, %s, %s, %s, %s)"
    )
    assert gate.outcome(key, now, (fresh, row)) == "refused 42501"
    assert worker.outcome(None, now, (fresh, row)) == "refused 42501"


def test_its_owner_sees_two_digits_and_the_workers_prove_nothing(town, gate, worker):
    own = town.call("partner", "GET", "/api/v1/me/mobile-number")
    assert own.get_json()["ending"] == DIGITS[-2:]
    assert DIGITS not in own.text
    assert gate.outcome(town.people["partner"].id, town.story.now, ITS_OWN) == "1"
    assert worker.outcome(None, town.story.now, ITS_OWN) == "1"
    assert worker.outcome(None, town.story.now, CHANGES[0]) == "refused 42501"


def test_no_answer_to_anybody_holds_it(town):
    """Every operation without a parameter, asked by its owner and by others, who share a slice."""
    document = town.call(None, "GET", "/api/openapi.json").get_json()
    lists = [
        call
        for call in operations(document)
        if call.method.upper() == "GET" and not call.parameters
    ]
    for number, call in enumerate(lists):
        for who in ("partner", *(OTHERS if WHOLE else (OTHERS[number % len(OTHERS)],))):
            answer = town.call(who, "GET", call.at(town.ids))
            assert DIGITS not in answer.text, (call.name, who)
    assert len(lists) > 30
