"""Every operation × everybody × every relation × all that a household can say: one lawful answer.

A slice holds every operation and every kind of person.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import groupby

import pytest

from tests.security.database.sql import CASE_TABLES
from tests.security.matrix.asking import Asking
from tests.security.matrix.asking_sql import AskingSql
from tests.security.matrix.operations import operations
from tests.security.matrix.policy import ANSWERS, Cell, Policy
from tests.slices import SEED, WHOLE, some

POLICY = Policy()


@pytest.fixture(scope="module")
def asking(stage, workers) -> Iterator[Asking]:
    (alert,) = stage.superuser.execute(
        "SELECT alert_id FROM deliveries WHERE channel = 'inapp' AND professional_id = %s LIMIT 1",
        [stage.who("reference_worker")],
    ).fetchone()
    stage.ids["this_case"]["alert_id"] = alert
    document = json.loads(stage.app.test_client().get("/api/openapi.json").data)
    with stage.database.open():
        yield Asking(stage, {call.name: call for call in operations(document, at_home=True)})


@pytest.fixture
def tell(capsys) -> Callable[[str], None]:
    """Figures are for whoever asked for the whole; otherwise they stand with the test's output."""

    def tell(figure: str) -> None:
        with capsys.disabled() if WHOLE else nullcontext():
            print(f"\n{figure}")

    return tell


def drawn() -> list[Cell]:
    """All cells; in a slice of each operation one that is allowed, if any is, and of each group
    and each refusal one, by people of whom at most two things were said. Every operation and every
    actor is among them. `test_existence` has every operation of a case refused, and compares."""
    if WHOLE:
        return list(POLICY.cells())
    chance = random.Random(SEED)
    said = {actor: {"permits", chance.choice(POLICY.consents)} for actor in POLICY.staff}
    said |= {actor: {"none"} for actor in POLICY.adults}
    cells = list(POLICY.cells(said))
    lawful = {cell.operation for cell in cells if cell.answer == "allowed"}
    found: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        group = POLICY.operations[cell.operation]["group"]
        is_by_itself = cell.answer == "allowed" or cell.operation not in lawful
        about = cell.operation if is_by_itself else group
        found.setdefault((about, cell.answer), []).append(cell)
    return [chance.choice(several) for several in found.values()]


def in_turn(cells: list[Cell]) -> Iterator[tuple[str, str, list[Cell]]]:
    """Together what is asked by one person about whom one thing was said."""

    def of(cell: Cell) -> tuple[str, str]:
        return cell.actor, cell.consent

    for (actor, consent), several in groupby(sorted(cells, key=of), key=of):
        yield actor, consent, list(several)


def test_every_operation_has_a_line_and_every_line_an_operation(asking):
    assert POLICY.operations.keys() == asking.calls.keys()


def test_the_policy_is_complete_and_says_nothing_else():
    rules = POLICY.rules
    assert len(POLICY.actors) >= 12
    for actor, row in rules["standing"].items():
        assert len(row) == len(POLICY.consents), actor
        assert set(row) <= rules["sees"].keys(), actor
    for name, row in rules["groups"].items():
        assert len(row) == 6, name
        assert set(row) <= ANSWERS, name
    known = rules["groups"].keys() | rules["network_groups"].keys() | rules["session_groups"].keys()
    known |= rules["household_groups"].keys()
    for name, rule in POLICY.operations.items():
        assert rule["group"] in known, name
        assert rule.keys() <= {
            "group",
            "category",
            "shows",
            "reveals",
            "past",
            "except",
            "step_up",
            "public",
        }, name
        assert set(rule.get("except", {}).values()) <= ANSWERS, name


def test_through_http(asking, tell, record_testsuite_property):
    began, cells = time.monotonic(), drawn()
    for actor, consent, several in in_turn(cells):
        asking.stage.tokens.clear()
        said = "none" if actor == "anonymous" else consent
        with asking.stage.said(actor, said):
            for cell in several:
                asking.ask(cell)
    took = time.monotonic() - began
    figure = f"{len(asking.calls)} operations, {len(asking.asked)} cells, {len(asking.wrong)} wrong"
    record_testsuite_property("access_matrix_cells", len(asking.asked))
    record_testsuite_property("access_matrix_wrong", len(asking.wrong))
    tell(f"access matrix over HTTP: {figure}, {took:.0f} s")
    assert asking.asked == set(cells)
    asked = {(c.operation, c.actor) for c in asking.asked}
    every = {(operation, actor) for operation in asking.calls for actor in POLICY.actors}
    assert asked == every or not WHOLE
    assert {operation for operation, _ in asked} == asking.calls.keys()
    assert {actor for _, actor in asked} == set(POLICY.actors)
    assert asking.wrong == [], "\n".join(asking.wrong)


def test_what_is_dangerous_asks_for_a_fresh_login_and_nothing_else_does(asking):
    people = ("reference_worker", "break_glass_holder", "outsider")
    dangerous = [name for name, rule in POLICY.operations.items() if rule.get("step_up")]
    for number, name in enumerate(some(list(POLICY.operations), 30, *dangerous)):
        rule = POLICY.operations[name]
        if rule["group"] in POLICY.rules["household_groups"]:
            continue
        # Of a slice each kind of people asks what is dangerous; they share the rest.
        turn = people if WHOLE or name in dangerous else (people[number % len(people)],)
        for actor in turn:
            status = asking.ask_after_a_while(name, actor)
            assert (status == 401) == rule.get("step_up", False), (name, actor)


def test_every_table_of_a_case_has_a_line_and_every_line_a_table():
    assert POLICY.tables.keys() == CASE_TABLES.keys()


def test_in_sql_as_the_role_of_the_api(asking, tell, record_testsuite_property):
    began, sql = time.monotonic(), AskingSql(asking.stage, POLICY)
    # In a slice who leads, who is in the team and then put out of it, who is at home, and another.
    for actor in some(list(POLICY.actors), 1, "reference_worker", "generalist", "household_adult"):
        said = POLICY.said_about(actor)
        shortly = ["permits", "excluded"] if actor == "generalist" else ["permits"]
        for consent in said if WHOLE or said == ["none"] else shortly:
            with asking.stage.said(actor, "none" if actor == "anonymous" else consent):
                sql.ask(actor, consent)
    took = time.monotonic() - began
    record_testsuite_property("access_matrix_sql_cells", sql.asked)
    tell(f"access matrix in SQL: {sql.asked} cells, {len(sql.wrong)} wrong, {took:.0f} s")
    assert sql.wrong == [], "\n".join(sql.wrong)
