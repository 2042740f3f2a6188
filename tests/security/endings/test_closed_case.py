"""A closed case takes nothing more, but what 0018 and 0019 name: whoever was in it asks to change
it by every operation there is."""

import json
from collections.abc import Iterator
from functools import cache

import pytest

from tests.security.matrix.asking import Asking
from tests.security.matrix.operations import Call, operations
from tests.security.matrix.policy import Cell, Policy
from tests.security.matrix.stage import Stage
from tests.slices import WHOLE, some

POLICY = Policy()
# What is about the network or oneself: no case decides it.
OF_NO_CASE = set(POLICY.rules["network_groups"] | POLICY.rules["session_groups"]) - {"workers"}
# What goes on: what the household says, opening it again, a hold, its erasure and taking that back,
# an emergency and its review, what came before, and what is about oneself.
STILL = {
    *("withdrawConsent", "setExclusion", "liftExclusion"),
    *("withdrawAgreement", "withdrawProposal"),
    *("reopenCase", "holdCase", "releaseCase", "requestErasure", "withdrawErasure"),
    *("breakGlass", "reviewBreakGlass", "acknowledgeAlert"),
    # The household reads its closed file too: its codes are still issued and taken back.
    *("issuePortalCode", "shutPortal"),
    *("nameSubstitute", "endSubstitution", "openCase"),
    # A table of peers goes on with its words; they reach the closed case no more.
    *("reviseMinutes", "takeNotes", "finaliseMinutes", "takeBackInvitedIn"),
}
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
TEAM = ("reference_worker", "substitute", "generalist", "liaison", "invited", "receiver")
ASKED_BY = some(TEAM, 1, "reference_worker", "invited")


@cache
def permitted() -> dict[tuple[str, str], str]:
    """The first answer of the policy to each operation by each actor to whom all is open."""
    found: dict[tuple[str, str], str] = {}
    for cell in POLICY.cells(dict.fromkeys(POLICY.actors, ("permits",))):
        found.setdefault((cell.operation, cell.actor), cell.answer)
    return found


@pytest.fixture(scope="module")
def closed(stage, workers) -> Iterator[Asking]:
    """With somebody in it to whom something was open, until the second look said yes."""
    (alert,) = stage.superuser.execute(
        "SELECT alert_id FROM deliveries WHERE channel = 'inapp' AND professional_id = %s LIMIT 1",
        [stage.who("reference_worker")],
    ).fetchone()
    stage.ids["this_case"]["alert_id"] = alert
    document = json.loads(stage.app.test_client().get("/api/openapi.json").data)
    calls = {call.name: call for call in operations(document, at_home=True)}
    with stage.database.open(), stage.said("generalist", "permits"):
        _close(stage)
        yield Asking(stage, calls)


def _close(stage: Stage) -> None:
    ids = stage.ids["this_case"]
    stage.does("reference_worker", f"/handovers/{ids['handover_id']}/withdrawal")
    stage.does("second_look", f"/closings/{ids['closing_id']}/confirmation")


def changes(calls: dict[str, Call]) -> list[Call]:
    return [
        call
        for call in calls.values()
        if call.method in CHANGING and POLICY.operations[call.name]["group"] not in OF_NO_CASE
    ]


def asked(closed: Asking, call: Call, actor: str) -> int:
    cell = Cell(call.name, actor, "permits", "this_case", "", frozenset(), None, None)
    with closed.stage.undone():
        return int(closed.answer(cell).status_code)


def lawful(name: str, actor: str) -> tuple[int, ...]:
    group = POLICY.operations[name]["group"]
    if group in POLICY.rules["household_groups"]:
        return (401, 403)
    own = {"invited": "invitation", "receiver": "handover"}.get(actor, "-")
    if own in group or own in name.lower():
        return (403, 404, 409)
    if actor != "reference_worker":
        return (404,)
    may = permitted()[name, actor]
    return (409,) if may == "allowed" else (403, 404)


@pytest.mark.parametrize("actor", ASKED_BY)
def test_nothing_changes_a_closed_case(closed, actor, figures):
    """409 to its reference worker; 404 to all others, but for what they had been asked before."""
    several = [call for call in changes(closed.calls) if call.name not in STILL]
    answers = {call.name: asked(closed, call, actor) for call in several}
    wrong = {name: status for name, status in answers.items() if status not in lawful(name, actor)}
    figures("changes of a closed case, refused", asked=len(answers), wrong=len(wrong))
    assert len(answers) > 60
    assert wrong == {}


# What the household may always say and see (0018): no case is closed to its own.
AT_HOME = {"withdrawOwnConsent", "refuseSomebody", "leaveHousehold"}


ADULTS = ("household_adult", "other_adult")


@pytest.mark.parametrize("adult", ADULTS)
def test_the_household_reads_on_and_takes_back_but_adds_nothing(closed, adult):
    wrong = {}
    theirs = [
        call
        for call in closed.calls.values()
        if POLICY.operations[call.name]["group"] in POLICY.rules["household_groups"]
        and not POLICY.operations[call.name].get("public")
    ]
    # Of a slice each adult asks one half.
    for call in theirs if WHOLE else theirs[ADULTS.index(adult) :: len(ADULTS)]:
        status, goes_on = asked(closed, call, adult), call.method == "GET" or call.name in AT_HOME
        if not (status < 300 if goes_on else status == 409):
            wrong[call.name] = status
    assert wrong == {}


def test_what_stays_possible_is_possible(closed):
    """A withdrawal and an exclusion above all; and the reference worker reads on."""
    named = ("withdrawConsent", "setExclusion", "liftExclusion", "reopenCase")
    answers = {name: asked(closed, closed.calls[name], "reference_worker") for name in named}
    reading = [
        call
        for call in closed.calls.values()
        if call.method == "GET"
        and POLICY.operations[call.name]["group"].startswith("reads")
        # Alerts of a closed case are paused.
        and call.name != "getAlert"
    ]
    reads = {call.name: asked(closed, call, "reference_worker") for call in some(reading, 20)}
    assert {name: status for name, status in answers.items() if status >= 300} == {}
    assert len(reads) > 15
    assert {name: status for name, status in reads.items() if status != 200} == {}
