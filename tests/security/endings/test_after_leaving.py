"""The walk after the end: whoever was in a team asks again for all they had learned of the case.

Every GET of the API's document with every id, every list, count, download, page and message, stored
answers under their keys, and entity tags they kept: nothing of the case may come, in any byte.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.outside.postbox import Postbox
from tests.printed import text_of
from tests.security.conftest import Workers
from tests.security.database.sql import CASE_TABLES
from tests.security.matrix.operations import CASE_BOUND, Call, operations
from tests.security.matrix.stage import EVERY, Stage, file_of, swap
from tests.security.populated.case import HERE, invite
from tests.slices import WHOLE, Thing, some, times

# How each of them stops being in the team. The last one was asked in and never answered.
ENDINGS = {
    "generalist": "left",
    "specialist": "ended by the reference worker",
    "colleague": "its period ran out",
    "outsider": "the account was closed",
    "lawyer": "a new protocol was not signed",
    "liaison": "the household refused them",
    "substitute": "the substitution ended",
    "former_participant": "the invitation ran out",
}
# What somebody reads who is asked in and has not answered.
TOLD_WHEN_ASKED_IN = ("/api/v1/invitations", "/api/v1/alerts")
PATHS = ("/metrics", "/api/v1/me", "/api/v1/cases?limit=1", "/api/v1/alerts?limit=1")


@dataclass
class Remembered:
    """What somebody took along: tags by address, and what they sent under which key."""

    tags: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    shown: int = 0


@dataclass
class Walk:
    stage: Stage
    calls: list[Call]
    workers: Workers
    # Parameter -> every value that a path of this case can have there.
    learned: dict[str, set[str]] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    kept: dict[str, Remembered] = field(default_factory=dict)
    before: int = 0

    def alerts(self, key: str) -> list[str]:
        return _share(some(sorted(self.learned["alert_id"]), 20), key)

    @property
    def case(self) -> Any:
        return self.stage.ids["this_case"]["case_id"]

    def paths(self, learned: dict[str, set[str]], key: str) -> list[tuple[Call, str]]:
        """Every address of every GET, with each of the ids for its last parameter, or one: of a
        slice those that fall to `key`."""
        found = []
        for call in self.calls:
            if call.method == "GET":
                *others, last = call.parameters or [""]
                first = {name: self.one(name) for name in others}
                for value in some(sorted(learned.get(last, {self.one(last)})), 1):
                    address = call.at({**first, last: value} if last else {})
                    query = f"?{urlencode(call.query)}" if call.query else ""
                    found.append((call, address + query))
        asked_in = key == "former_participant"
        told = [each for each in found if asked_in and each[1].startswith(TOLD_WHEN_ASKED_IN)]
        mine = _share(found, key)
        return [*mine, *(each for each in told if each not in mine)]

    def one(self, name: str) -> str:
        return str(self.stage.ids["this_case"].get(name, uuid4()))

    def secrets_in(self, answer: Any, *, but: str = "") -> list[str]:
        text = f"{answer.headers}\n{text_of(answer)}"
        return [each for each in self.secrets if each in text and each not in but]


def _share(found: list[Thing], key: str) -> list[Thing]:
    """All; in a slice those who walk share them."""
    return found if WHOLE else found[list(ENDINGS).index(key) :: len(ENDINGS)]


@pytest.fixture(scope="module")
def walk(stage, workers) -> Walk:
    swap(stage.app, stage.cast.api)
    document = json.loads(stage.app.test_client().get("/api/openapi.json").data)
    walk = Walk(stage, list(operations(document)), workers)
    for key in ENDINGS:
        _let_in(walk, key)
    stage.superuser.execute("UPDATE document_versions SET scan_state = 'clean', scanned_at = now()")
    over = (stage.now + timedelta(minutes=2)).isoformat()
    invite(stage, HERE.lead, walk.case, "cpas_signs", "generalist", over)
    stage.clock.advance(minutes=3)
    workers.work()
    _learn(walk)
    for key in ENDINGS:
        _look_around(walk, key)
    walk.before = len(workers.postbox.received)
    _end_all(walk)
    stage.clock.advance(hours=2)
    workers.work()
    return walk


def _let_in(walk: Walk, key: str) -> None:
    """With everything open to them, and a task to be reminded of twice: in time and too late."""
    stage, case = walk.stage, f"/cases/{walk.case}"
    kept = walk.kept[key] = Remembered()
    says = {"effect": "permit", "recipient_kind": "person", "categories": EVERY}
    body = {
        **{"purpose": "P", "evidence": "oral", "witness": "W", "language": "fr"},
        "valid_until": (stage.now + timedelta(days=9)).isoformat(),
        "provisions": [{**says, "recipient_id": str(stage.who(key))}],
    }
    stage.does(HERE.lead, f"{case}/consents", body)
    runs_out = (stage.now + timedelta(hours=1)).isoformat()
    if key in ("colleague", "outsider", "liaison", "former_participant"):
        ends_at = runs_out if key in ("colleague", "former_participant") else None
        reason = stage.mark("invitation")
        made = invite(stage, HERE.lead, walk.case, key, "specialist", ends_at, reason=reason)
        if key == "former_participant":
            return
        _sends(walk, key, f"/api/v1/invitations/{made['id']}/acceptance", None)
    for after in (timedelta(minutes=1), timedelta(minutes=90)):
        task = {"category": "tenancy", "title": stage.mark("tenancy")}
        remind_at = (stage.now + after).isoformat()
        body = {**task, "assignee_id": str(stage.who(key)), "remind_at": remind_at}
        stage.does(HERE.lead, f"{case}/tasks", body)
    note = {"category": "health", "body": stage.mark("health")}
    _sends(walk, key, f"/api/v1{case}/notes", note)
    _sends(walk, key, f"/api/v1{case}/tasks", {"category": "work", "title": stage.mark("work")})
    _sends(walk, key, f"/api/v1{case}/worker-requests", {"reason": stage.mark("identity")})
    document = {"category": "tenancy", "kind": "other", "title": stage.mark("tenancy")}
    answer = stage.call(
        *(key, "POST", f"/api/v1{case}/documents"),
        data={**document, "file": file_of(stage.mark("tenancy"))},
    )
    assert answer.status_code == 201
    assert not kept.shown


def _sends(walk: Walk, key: str, path: str, body: Any) -> None:
    sent, name = ({} if body is None else {"json": body}), f"key-{uuid4()}"
    headers = {"Idempotency-Key": name}
    answer = walk.stage.call(key, "POST", path, headers=headers, **sent)
    assert answer.status_code in (200, 201), answer.text
    walk.kept[key].sent.append((path, sent, name))


def _learn(walk: Walk) -> None:
    """Every id of every row of the case, under the name that a path has for it."""
    names = {
        **{"notes": "note_id", "tasks": "task_id", "documents": "document_id"},
        **{"consents": "consent_id", "alerts": "alert_id", "procedures": "procedure_id"},
        **{"handovers": "handover_id", "members": "member_id", "postings": "posting_id"},
        **{"break_glass_openings": "opening_id", "household_requests": "request_id"},
        **{"plan_goals": "goal_id", "plan_actions": "action_id", "acts": "act_id"},
        **{"closings": "closing_id", "erasures": "erasure_id"},
    }
    stage = walk.stage
    here = {each for each, kind in stage.marks.items() if "elsewhere" not in kind}
    walk.secrets = {each for each in here if stage.marks[each] != "other"}
    for table, column in CASE_TABLES.items():
        if table not in ("audit_entries", "read_entries", "access_grants", "outbox_events"):
            rows = stage.superuser.execute(
                f"SELECT to_jsonb(t) ->> 'id' FROM {table} t WHERE {column} = %s", [walk.case]
            ).fetchall()
            found = {row[0] for row in rows if row[0]}
            walk.secrets |= found
            if table in names:
                walk.learned[names[table]] = found


def _look_around(walk: Walk, key: str) -> None:
    """While they may: that the walk afterwards would find what it looks for."""
    kept = walk.kept[key]
    first = {name: {walk.one(name)} for name in walk.learned}
    for _, path in walk.paths(first, key):
        answer = walk.stage.call(key, "GET", path)
        if "ETag" in answer.headers:
            kept.tags[path] = answer.headers["ETag"]
        kept.shown += bool(walk.secrets_in(answer))
    pages = [walk.stage.call(key, "GET", f"/alerts/{each}") for each in walk.alerts(key)]
    kept.shown += sum(page.status_code == 200 for page in pages)


def _end_all(walk: Walk) -> None:
    stage, case = walk.stage, f"/cases/{walk.case}"
    places = dict(
        stage.superuser.execute(
            "SELECT professional_id, id FROM participations WHERE case_id = %s"
            " AND state = 'accepted'",
            [walk.case],
        ).fetchall()
    )
    stage.does("generalist", f"{case}/team/{places[stage.who('generalist')]}/end", version=2)
    stage.does(HERE.lead, f"{case}/team/{places[stage.who('specialist')]}/end", version=2)
    refused = {"professional_id": str(stage.who("liaison")), "reason": "R"}
    stage.does(HERE.lead, f"{case}/exclusions", refused)
    key = stage.ids["this_case"]["substitution_id"]
    stage.does(HERE.lead, f"/me/substitutions/{key}/end")
    stage.does("administrator", f"/professionals/{stage.who('outsider')}/deactivation")
    newest = stage.does("coordinator", "/protocols", {"title": "T", "body": "Again"})
    for house in ("network_administrator", "uln_signs", "cpas_signs", "ssm_signs", "jpl_signs"):
        stage.does(house, f"/protocols/{newest['id']}/signatures")
    stage.does("far_signs", f"/protocols/{newest['id']}/signatures")
    # colleague and former_participant: their hour passes.
    stage.clock.advance(hours=1)
    stage.tokens.clear()


@pytest.mark.parametrize("key", ENDINGS, ids=lambda key: ENDINGS[key].replace(" ", "-"))
def test_nothing_of_the_case_comes_any_more(walk, key, record_testsuite_property):
    stage, kept = walk.stage, walk.kept[key]
    assert kept.shown > (1 if key == "former_participant" else times(15, 1))
    assert sum(each.shown for each in walk.kept.values()) > 15
    wrong, asked = [], 0
    for call, path in walk.paths(walk.learned, key):
        tags = [{"If-None-Match": kept.tags[path]}] if path in kept.tags else []
        for headers in ({}, *tags):
            answer = stage.call(key, "GET", path, headers=headers)
            asked += 1
            bound = CASE_BOUND & set(call.parameters)
            fine = answer.status_code in (401, 404) if bound else answer.status_code != 500
            if not fine or walk.secrets_in(answer):
                wrong.append((path, answer.status_code, walk.secrets_in(answer)[:3]))
    for path in [*PATHS, *(f"/alerts/{each}" for each in walk.alerts(key))]:
        answer = stage.call(key, "GET", path)
        asked += 1
        if walk.secrets_in(answer) or (path.startswith("/alerts") and answer.status_code == 200):
            wrong.append((path, answer.status_code, walk.secrets_in(answer)[:3]))
    for path, sent, name in kept.sent:
        answer = stage.call(key, "POST", path, headers={"Idempotency-Key": name}, **sent)
        asked += 1
        if answer.status_code not in (401, 404) or walk.secrets_in(answer, but=path):
            wrong.append((path, answer.status_code, "replayed"))
    record_testsuite_property(f"walk_after_{key}", asked)
    print(f"\n{ENDINGS[key]}: {asked} questions, {len(wrong)} wrong")
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("key", sorted(ENDINGS.keys() - {"outsider"}))
def test_nothing_is_counted_that_waits_in_it(walk, key):
    waiting = walk.stage.call(key, "GET", "/api/v1/me").get_json()["waiting"]
    assert {"invitations", "handovers", "postings", "deadlines_in_a_week"} <= waiting.keys()
    assert {name: count for name, count in waiting.items() if count and name != "protocols"} == {}


def test_no_message_invites_to_what_is_over(walk):
    """The workers came late: the invitation had run out when they did."""
    assert [
        each for each in walk.workers.postbox.recipients if each.startswith("cpas_signs@")
    ] == []


def test_no_message_about_the_case_goes_out_to_them_afterwards(walk):
    postbox: Postbox = walk.workers.postbox
    theirs = {f"{key}@" for key in ENDINGS}
    after = list(zip(postbox.recipients, postbox.received, strict=True))[walk.before :]
    late = [
        (address, secret)
        for address, message in after
        for secret in walk.secrets
        if any(address.startswith(each) for each in theirs) and secret in message.as_string()
    ]
    assert late == []
    before = list(postbox.recipients)[: walk.before]
    assert any(address.startswith("generalist@") for address in before)
    reminders = walk.stage.superuser.execute(
        "SELECT count(*) FROM deliveries d JOIN alerts a ON a.id = d.alert_id"
        " WHERE a.case_id = %s AND d.professional_id = ANY(%s)"
        " AND a.due_at > %s AND d.state = 'sent'",
        [walk.case, [walk.stage.who(key) for key in ENDINGS], walk.stage.now - timedelta(hours=2)],
    ).fetchone()
    assert reminders == (0,)
