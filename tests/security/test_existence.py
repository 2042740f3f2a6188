"""What one may not see does not exist: answered like an absent id, without a trace."""

import json
from collections import Counter
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.printed import text_of
from tests.security.database.sql import ALL_TABLES
from tests.security.matrix.operations import (
    CASE_BOUND,
    COMING,
    NUMBERS,
    OF_THE_NETWORK,
    Call,
    operations,
)
from tests.slices import WHOLE, some

# What may differ between two answers to the same question.
PASSING = {"Date", "X-Request-Id"}


@pytest.fixture(scope="module")
def calls(town) -> list[Call]:
    document = json.loads(town.app.test_client().get("/api/openapi.json").data)
    return list(operations(document))


@pytest.fixture(scope="module")
def ids(town, mails) -> dict[str, Any]:
    """A thing of the hidden case for every name that a path may have, an alert among them."""
    (alert,) = town.rows(
        "SELECT alert_id FROM deliveries WHERE channel = 'inapp' AND professional_id = %s LIMIT 1",
        town.people["lead"].id,
    )[0]
    return {**town.ids, "alert_id": alert}


def told(town: Any, who: str, call: Call, ids: dict[str, Any]) -> tuple[Any, ...]:
    """Status, body but its error_id, and headers but the passing ones."""
    request = call.sample(town.people["colleague"].id)
    answer = town.call(who, call.method, call.at(ids), **request)
    text = answer.get_json() or {}
    kept = {name: value for name, value in answer.headers.items() if name not in PASSING}
    return answer.status_code, {**text, "error_id": ""}, kept


def test_every_id_in_a_path_is_known_to_these_tests(calls, ids):
    named = {name for call in calls for name in call.parameters}
    known = CASE_BOUND | OF_THE_NETWORK | NUMBERS.keys()
    assert known - COMING <= named <= known
    assert ids.keys() >= named - OF_THE_NETWORK


def pairs(call: Call, hidden: dict[str, Any], own: Any) -> list[tuple[Any, Any]]:
    """(with a hidden id, with an absent one in its place): all at once, then the last alone,
    also under a case of one's own."""
    absent = {name: NUMBERS.get(name, uuid4()) for name in hidden}
    found = [(hidden, absent)]
    last = call.parameters[-1]
    if len(call.parameters) > 1:
        found.append((hidden, {**hidden, last: absent[last]}))
        found.append(({**hidden, "case_id": own}, {**hidden, "case_id": own, last: absent[last]}))
    return found


SHUT_OUT = ["stranger", "neighbour", "refuser", "left", "withdrawn", "excluded"]


@pytest.mark.parametrize("who", SHUT_OUT)
def test_hidden_and_absent_are_one_answer(
    town, calls, ids, who, record_testsuite_property, figures
):
    compared = 0
    bound = [call for call in calls if CASE_BOUND & set(call.parameters)]
    # In a slice the six of them share the operations.
    asked = bound if WHOLE else bound[SHUT_OUT.index(who) :: len(SHUT_OUT)]
    for call in asked:
        own_handover = who == "refuser" and "handover_id" in call.parameters
        compare = pairs(call, ids, town.ids["elsewhere"])
        for hidden, absent in compare if WHOLE else compare[compared % len(compare) :][:1]:
            seen, unseen = told(town, who, call, hidden), told(town, who, call, absent)
            assert seen == unseen, call.name
            assert seen[0] in (403, 404) or own_handover, f"{call.name}: {seen}"
            compared += 1
    record_testsuite_property(f"existence_pairs_{who}", compared)
    figures("hidden and absent, answered alike", pairs=compared)
    assert compared >= len(asked) > 10


CLOSED_IN_AN_OPEN_CASE = (
    *("note_id", "task_id", "document_id", "goal_id", "action_id"),
    *("tick_id", "bundle_id"),
)


@pytest.mark.parametrize("who", ["partner", "lawyer", "liaison"])
def test_a_closed_category_of_an_open_case_does_not_exist_either(town, calls, ids, who):
    compared: Counter[str] = Counter()
    for call in calls:
        for name in set(CLOSED_IN_AN_OPEN_CASE) & set(call.parameters):
            hidden = told(town, who, call, {**ids, name: town.closed[name]})
            assert hidden == told(town, who, call, {**ids, name: uuid4()}), call.name
            assert hidden[0] in (403, 404)
            compared[name] += 1
    assert compared["note_id"] + compared["task_id"] >= 4
    assert compared["document_id"] >= (5 if "documents" in ALL_TABLES else 0)
    assert compared["goal_id"] + compared["action_id"] >= 9
    assert compared["tick_id"] + compared["bundle_id"] >= 3


def test_a_session_of_somebody_else_does_not_exist(town, calls):
    call = next(each for each in calls if each.name == "endMySession")
    town.superuser.execute(
        "INSERT INTO login_sessions VALUES (%s, %s, %s, 'c', now(), now(), now(), NULL, 'ua')",
        (key := uuid4(), b"h", town.people["lead"].id),
    )
    assert told(town, "stranger", call, {"login_session_id": key}) == told(
        town, "stranger", call, {"login_session_id": uuid4()}
    )


# Tables whose every row is asked for, by the name of its id in a path.
SEVERAL = {
    "documents": "document_id",
    "members": "member_id",
    "defence_bundles": "bundle_id",
    "plan_goals": "goal_id",
    "plan_actions": "action_id",
    "substitutions": "substitution_id",
    "break_glass_openings": "opening_id",
}


def everything(town: Any, who: str, calls: list[Call], ids: dict[str, Any]) -> str:
    """Bodies and headers of every GET, with every id of the case that a path may take."""
    samples = [ids, {**ids, **town.closed}, {**ids, "note_id": town.closed["amended_note"]}]
    samples += [{**ids, "handover_id": town.refused}]
    samples += [{**ids, "note_id": key} for (key,) in town.rows("SELECT id FROM notes")]
    samples += [{**ids, "consent_id": key} for (key,) in town.rows("SELECT id FROM consents")]
    alerts = some([key for (key,) in town.rows("SELECT id FROM alerts ORDER BY id")], 5)
    samples += [{**ids, "alert_id": key} for key in alerts]
    for table, name in SEVERAL.items():
        if table in ALL_TABLES:
            found = town.rows(f"SELECT id FROM {table}")
            samples += [{**ids, name: key} for (key,) in found]
    mine = {"professional_id": town.people[who].id, "protocol_id": uuid4()}
    mine |= {name: uuid4() for name in ("login_session_id", "session_id", "series_id", "ballot_id")}
    mine |= {"change_id": uuid4(), "recomputation_id": uuid4()}
    mine |= {"court_id": uuid4(), "correction_id": uuid4()}
    mine |= {"list_id": uuid4()}
    paths = {
        (call.at({**sample, **mine}), urlencode(call.query))
        for call in calls
        if call.method == "GET"
        for sample in samples
    }
    answers = [town.call(who, "GET", path, query_string=q) for path, q in sorted(paths)]
    told = sorted({str(sample["alert_id"]) for sample in samples})
    pages = [town.call(who, "GET", f"/alerts/{key}") for key in told]
    assert {a.status_code for a in answers + pages} <= {200, 302, 403, 404}
    return "\n".join(f"{answer.headers}\n{text_of(answer)}" for answer in answers + pages)


def test_no_text_reaches_anybody_the_household_did_not_open_it_to(
    town, calls, ids, mails, log_lines, capsys, caplog, record_testsuite_property, figures
):
    shown = withheld = 0
    wrong = []
    for who in some(list(town.people), 1, "lead"):
        text = everything(town, who, calls, ids)
        for canary in town.canaries:
            may = town.may_read(who, canary)
            if (canary.mark in text) != may:
                wrong.append((who, canary.mark, "withheld" if may else "shown"))
            shown += may
            withheld += not may
    assert len(town.canaries) >= 40
    # Told apart below: whoever refused a handover goes on reading its reason.
    known = [each for each in wrong if each[0] == "refuser" and "refus" in each[1]]
    assert [each for each in wrong if each not in known] == []
    written = log_lines.getvalue() + caplog.text + "".join(capsys.readouterr())
    assert len(written.splitlines()) > 500
    sent = "".join(message.as_string() for message in mails.received)
    assert mails.received
    for canary in town.canaries:
        assert canary.mark not in written
        assert canary.mark not in sent
    record_testsuite_property("canaries", len(town.canaries))
    figures("markers in every GET", markers=len(town.canaries), shown=shown, withheld=withheld)


def test_whoever_refused_a_handover_reads_no_more_of_it(town):
    answer = town.call("refuser", "GET", f"/api/v1/handovers/{town.refused}")
    assert answer.status_code == 404


def test_an_invitation_that_ran_out_is_gone(town):
    """It names the case and says why the family needs help."""
    reason = "Marker-expired-invitation"
    place = town.story.invite(
        town.case,
        town.people["colleague"].id,
        "generalist",
        ends_at=town.story.now.replace(hour=23),
        reason=reason,
    )
    town.story.cast.clock.advance(days=1)
    try:
        assert reason not in town.call("colleague", "GET", "/api/v1/invitations").text
    finally:
        town.story.cast.clock.advance(days=-1)
        town.story.leave(town.case, place, by=town.people["lead"].id)


def test_a_closed_category_is_not_opened_by_assigning_a_task(town):
    """Work and not health is what a reference worker may hand out without the household."""
    title = "Marker-assigned-health"
    body = {"category": "health", "title": title, "assignee_id": str(town.people["partner"].id)}
    path = f"/api/v1/cases/{town.case}/tasks"
    made = town.call("lead", "POST", path, json=body)
    assert made.status_code == 422 or title not in town.call("partner", "GET", path).text
