"""An adult who left: their session is over at that commit, whatever they ask and whenever."""

import json

import pytest

from tests.security.matrix.asking import Asking
from tests.security.matrix.operations import operations
from tests.security.matrix.policy import Cell, Policy
from tests.slices import some

POLICY = Policy()
OWN = [
    name
    for name, rule in POLICY.operations.items()
    if rule["group"] in POLICY.rules["household_groups"] and not rule.get("public")
]
# The matrix has an adult ask all of them.
DRAWN = some(OWN, 12)


@pytest.fixture(scope="module")
def left(stage):
    """The adult leaves today; the other one stays."""
    document = json.loads(stage.app.test_client().get("/api/openapi.json").data)
    calls = {call.name: call for call in operations(document, at_home=True)}
    ids = stage.ids["this_case"]
    with stage.database.open():
        path = f"/cases/{ids['case_id']}/members/{ids['member_id']}/departure"
        day = stage.now.date().isoformat()
        before = statuses(asking := Asking(stage, calls), "household_adult", DRAWN)
        stage.does("reference_worker", path, {"left_on": day})
        yield asking, before


def statuses(asking: Asking, adult: str, names: list[str]) -> dict[str, int]:
    found = {}
    for name in names:
        cell = Cell(name, adult, "none", "this_case", "", frozenset(), None, None)
        with asking.stage.undone():
            answer = asking.answer(cell)
        assert answer.status_code == 401 or answer.status_code < 300, f"{name}: {answer.text}"
        found[name] = int(answer.status_code)
    return found


def test_whoever_left_is_nobody_and_learns_nothing(left):
    asking, before = left
    assert 401 not in before.values()
    assert set(statuses(asking, "household_adult", OWN).values()) == {401}


def test_whoever_stays_is_shown_as_much_as_before(left):
    asking, _ = left
    assert 401 not in statuses(asking, "other_adult", DRAWN).values()
