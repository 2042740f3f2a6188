"""No message from a draft (F51): what is not decided is told to whoever is asked, if anybody, and
what was taken back, or answered, before the workers came by is told to nobody.

The workers and every chore of the sweepers run after each; then the alerts that stand, the
deliveries and the mails are those from before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases.closings.test_closing import closing
from tests.cases.plans.test_plan import action, goal, put
from tests.evictions.hearing_lists.test_hearing_list import HEADER, row, rows_of, upload
from tests.evictions.law_changes.test_rule_versions import SECOND, SHIPPED, _apply, _load, _preview
from tests.guards.erasures import GROUND, set_state
from tests.journeys.steps import join, open_shared_case, propose, sweep, want_all_at_once
from tests.once.beginnings import beginning
from tests.people import Network

HOLIDAY = {
    "day": "2026-03-27",
    "names": {"en": "Mourning", "fr": "Deuil", "nl": "Rouw"},
    "reason": "Royal decree",
}
SHORTER = {"rule_set": "BXL-2023-09", "rule_id": "BRU-04", "delay": 20, "reason": "As judged"}
STANDING = "SELECT id, kind, recipient_role FROM alerts WHERE state IN ('planned', 'sending')"
DELIVERIES = "SELECT id FROM deliveries WHERE state <> 'cancelled'"


@dataclass
class Stage:
    """A case with a team, a petition and a hearing, of which everything due is told."""

    network: Network
    case: Any
    procedure: Any

    def post(self, path: str, body: Any = None, *, who: str = "rw1", **more: Any) -> Any:
        """A second later, so that nothing is there at the instant of what follows from it."""
        self.network.clock.advance(seconds=1)
        return self.network[who].post(f"/api/v1/{path}", body, **more)

    @property
    def in_case(self) -> str:
        return f"cases/{self.case['id']}"

    @property
    def in_procedure(self) -> str:
        return f"procedures/{self.procedure['id']}"

    @property
    def adult(self) -> str:
        return next(m["id"] for m in self.case["household"]["members"] if m["role"] == "adult")


@pytest.fixture
@beginning
def stage(network: Network) -> Stage:
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    want_all_at_once(network, "rw1", "rw2", "coordinator")
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    path = f"/api/v1/cases/{case['id']}/procedures"
    made = network["rw1"].post(path, {"canton": "Schaerbeek 1", "roll_number": "26A100"})
    path = f"/api/v1/procedures/{made['id']}"
    network["rw1"].post(f"{path}/acts", {"kind": "petition", "acted_on": "2026-02-16"})
    hearing = {"starts_at": "2026-03-31T09:00:00+02:00", "room": "1"}
    procedure = network["rw1"].post(f"{path}/hearings", hearing)
    sweep(network)
    return Stage(network, case, procedure)


@beginning
def settled(network: Network) -> None:
    sweep(network)


def told_by(stage: Stage, step: Callable[[Stage], Any]) -> tuple[set[Any], set[str]]:
    """What `step` brought about: kinds and roles of new alerts; who got a mail.

    What stood before stands after it.
    """
    network = stage.network
    settled(network)
    alerts = set(network.rows(STANDING))
    deliveries = len(network.rows(DELIVERIES))
    mails = len(network.postbox.received)
    step(stage)
    sweep(network)
    after = set(network.rows(STANDING))
    assert alerts <= after
    people = {network[key].email: key for key in network.people}
    wrote = {people[address] for address in network.postbox.recipients[mails:]}
    new = {(kind, role) for _, kind, role in after - alerts}
    assert bool(len(network.rows(DELIVERIES)) - deliveries) == bool(new)
    return new, wrote


# The law as data.


def rule_set_loaded(stage: Stage) -> None:
    source = SECOND.replace("valid_from = 2026-09-01", "valid_from = 2026-01-01")
    assert source != SHIPPED
    _load(stage.network, source)


def rule_altered(stage: Stage) -> Any:
    return stage.post("rule-changes", SHORTER, who="coordinator")


def holiday_added(stage: Stage) -> Any:
    return stage.post("holidays", HOLIDAY, who="coordinator")


def rule_previewed(stage: Stage) -> None:
    run = _preview(stage.network, rule_altered(stage))
    assert (run["state"], run["changed"]) == ("previewed", 1)


def holiday_previewed(stage: Stage) -> None:
    assert _preview(stage.network, holiday_added(stage))["state"] == "previewed"


def rule_withdrawn(stage: Stage) -> None:
    change = rule_altered(stage)
    path = f"rule-changes/{change['id']}/withdrawal"
    stage.post(path, who="coordinator", status=200, If_Match=f'"v{change["version"]}"')


# The court's list, and what the liaison heard.


def list_in_doubt(stage: Stage) -> Any:
    found = upload(stage.network, "\n".join([HEADER, row("26A101"), row("25B9000")]))
    (doubtful,) = rows_of(stage.network, found, "doubtful")
    return f"hearing-lists/{found['id']}/rows/{doubtful['id']}"


def list_row_rejected(stage: Stage) -> None:
    stage.post(f"{list_in_doubt(stage)}/rejection", who="liaison", status=200)


def date_posted(stage: Stage) -> Any:
    body = {"kind": "hearing_moved", "starts_at": "2026-04-21T09:00:00+02:00", "room": "2"}
    return stage.post(f"{stage.in_procedure}/postings", body, who="liaison")


def posting_rejected(stage: Stage) -> None:
    stage.post(f"postings/{date_posted(stage)['id']}/rejection", status=200)


def posting_told_then_rejected(stage: Stage) -> None:
    posted = date_posted(stage)
    sweep(stage.network)
    stage.post(f"postings/{posted['id']}/rejection", status=200)


# Papers and plans.


def bundle_prepared(stage: Stage) -> None:
    body = {"item": "legal_aid", "state": "not_applicable", "reason": "R"}
    stage.post(f"{stage.in_procedure}/bundle-ticks", body)
    words = {"language": "fr", "words": "Bonjour."}
    path = f"/api/v1/{stage.in_procedure}/bundle-previews"
    stage.network["rw1"].call("POST", path, words, status=200)


def document_unscanned(stage: Stage) -> None:
    kind = {"category": "procedure", "kind": "court_letter", "title": "Letter"}
    stage.network["rw1"].upload(f"/api/v1/{stage.in_case}/documents", "a.txt", b"A.", **kind)


def goals_and_actions(stage: Stage) -> None:
    written = goal(stage.network, stage.case)
    planned = action(stage.network, stage.case, written, due_on="2026-02-20")
    put(stage.network, stage.case, planned, {"what": "Pay 40 euros", "due_on": "2026-02-19"})


def split_previewed(stage: Stage) -> None:
    joined = stage.post(f"{stage.in_case}/members", {"role": "adult", "pseudonym": "Second"})
    body = {"member_ids": [joined["id"]]}
    stage.post(f"{stage.in_case}/split/preview", body, status=200)


def portal_code(stage: Stage) -> None:
    path = f"{stage.in_case}/members/{stage.adult}/portal-codes"
    stage.post(path)


# What is proposed and taken back.


def handover_withdrawn(stage: Stage) -> None:
    proposed = propose(stage.network, stage.case)
    stage.post(f"handovers/{proposed['id']}/withdrawal", status=200)


def closing_withdrawn(stage: Stage) -> None:
    proposed = closing(stage.network, stage.case, despite="They moved out")
    stage.post(f"closings/{proposed['id']}/withdrawal", status=200)


def invited(stage: Stage) -> Any:
    who = {"professional_id": stage.network["specialist"].id}
    body = {**who, "role": "specialist", "reason": "Needed"}
    return stage.post(f"{stage.in_case}/team", body)


def invitation_ended(stage: Stage) -> None:
    place = invited(stage)
    version = f'"v{place["version"]}"'
    stage.post(f"{stage.in_case}/team/{place['id']}/end", status=200, If_Match=version)


def substitute_named_and_ended(stage: Stage) -> None:
    days = {"first_day": "2026-03-02", "last_day": "2026-03-06"}
    body = {"substitute_id": stage.network["colleague"].id, **days}
    named = stage.post("me/substitutions", body)
    stage.post(f"me/substitutions/{named['id']}/end", status=200)


def asked_along(stage: Stage) -> Any:
    (hearing,) = stage.procedure["hearings"]
    body = {"role": "companion", "professional_id": stage.network["rw2"].id}
    return stage.post(f"hearings/{hearing['id']}/accompaniments", body)


def asked_along_and_declined(stage: Stage) -> None:
    (hearing,) = asked_along(stage)["hearings"]
    place = hearing["accompaniments"][-1]
    version = f'"v{place["version"]}"'
    stage.post(f"accompaniments/{place['id']}/decline", status=200, If_Match=version)


def retry_tried_out(stage: Stage) -> None:
    (alert,) = stage.network.rows("SELECT id FROM alerts LIMIT 1")[0]
    body = {"ids": [str(alert)], "dry_run": True}
    stage.post("operations/alerts/retries", body, who="coordinator", status=200)


SILENT = [
    *(rule_set_loaded, rule_altered, holiday_added, rule_previewed, holiday_previewed),
    *(rule_withdrawn, list_in_doubt, list_row_rejected, posting_rejected),
    *(bundle_prepared, document_unscanned, goals_and_actions, split_previewed, portal_code),
    *(handover_withdrawn, closing_withdrawn, invitation_ended, substitute_named_and_ended),
    *(asked_along_and_declined, retry_tried_out),
]


@pytest.mark.parametrize("draft", SILENT, ids=lambda draft: draft.__name__)
def test_what_is_not_decided_tells_nobody(stage, draft):
    assert told_by(stage, draft) == (set(), set())


def handover_proposed(stage: Stage) -> None:
    propose(stage.network, stage.case)


def closing_proposed(stage: Stage) -> None:
    closing(stage.network, stage.case, despite="They moved out")


ASKED = {
    handover_proposed: ("cases.handover_proposed", "person", "rw2"),
    closing_proposed: ("cases.closing_proposed", "person", "rw2"),
    invited: ("cases.participant_invited", "person", "specialist"),
    asked_along: ("evictions.accompaniment_asked", "person", "rw2"),
    date_posted: ("evictions.hearing_posted", "reference_worker", "rw1"),
}


@pytest.mark.parametrize("proposal", ASKED, ids=lambda proposal: proposal.__name__)
def test_a_proposal_is_told_to_whom_it_asks_and_to_nobody_else(stage, proposal):
    kind, role, who = ASKED[proposal]
    assert told_by(stage, proposal) == ({(kind, role)}, {who})


def test_what_was_told_and_is_answered_asks_no_more(stage):
    """It left, and is over: nothing stands that would climb to substitute and team lead."""
    sweep(stage.network)
    posting_told_then_rejected(stage)
    stage.network.clock.advance(days=2)
    sweep(stage.network)
    query = "SELECT state FROM alerts WHERE kind = 'evictions.hearing_posted'"
    assert stage.network.rows(query) == [("cancelled",)]
    assert stage.network.rows("SELECT 1 FROM alerts WHERE first_id IS NOT NULL") == []


def test_a_preview_of_taking_a_holiday_back_moves_nothing(stage):
    network = stage.network
    applied = holiday_added(stage)
    _apply(network, _preview(network, applied))
    network.clock.advance(seconds=1)
    assert told_by(stage, lambda _: _preview(network, applied, retires=True)) == (set(), set())


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_an_erasure_is_told_to_those_who_confirm_it_while_it_waits(
    stage, owner_database, is_withdrawn
):
    set_state(owner_database, stage.network, stage.case, "closed")

    def asked(stage: Stage) -> None:
        erasure = stage.post(f"{stage.in_case}/erasure", GROUND)
        if is_withdrawn:
            stage.post(f"erasures/{erasure['id']}/withdrawal", status=200, If_Match='"v1"')

    expected = (set(), set())
    if not is_withdrawn:
        expected = ({("retention.erasure_requested", "coordinator")}, {"coordinator"})
    assert told_by(stage, asked) == expected
