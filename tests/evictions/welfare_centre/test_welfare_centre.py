"""F42, J5 (4): the public welfare centre is told of a procedure, unless the tenant opposes it."""

from datetime import UTC, datetime

import pytest

from infra.erasure.ledger import LedgerLine
from services.retention import ledger
from services.retention.replaying import revoke
from tests.journeys.steps import (
    consent,
    join,
    mails_about,
    open_shared_case,
    org,
    propose,
    take_over,
)
from tests.once.beginnings import beginning
from tests.people import Network

ABSENT = "00000000-0000-4000-8000-000000000000"
TOLD = "OCMW"


@pytest.fixture
@beginning
def case(network: Network):
    """CPAS-N's worker is in the team with the procedure open, as a lawyer of another house is."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    return case


def opened(network, case, postal_code=None):
    """A procedure of Brussels, or of where the dwelling is."""
    if postal_code:
        dwelling = {"postal_code": postal_code, "lease_kind": "main_residence"}
        network["rw1"].post(f"/api/v1/cases/{case['id']}/tenancy", dwelling)
    path = f"/api/v1/cases/{case['id']}/procedures"
    return network["rw1"].post(path, {"canton": "Schaerbeek 1", "roll_number": "26A100"})


def act(network, procedure, kind, day, **more):
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    return network["rw1"].post(path, {"kind": kind, "acted_on": day, **more})


def oppose(network, procedure, day="2026-02-18", who="rw1", **more):
    path = f"/api/v1/procedures/{procedure['id']}/welfare-oppositions"
    return network[who].post(path, {"opposed_on": day, "how": "in_writing", **more})


def withdraw(network, opposition, who="rw1"):
    path = f"/api/v1/welfare-oppositions/{opposition['id']}/withdrawal"
    return network[who].post(path, status=200, If_Match=f'"v{opposition["version"]}"')


def done(network, step, by="clerk", day="2026-02-18", *, status=200):
    body = {"done_on": day, "done_by": by}
    path = f"/api/v1/welfare-steps/{step['id']}/done"
    return network["rw1"].post(path, body, status=status, If_Match=f'"v{step["version"]}"')


def seen(network, who, procedure):
    return network[who].get(f"/api/v1/procedures/{procedure['id']}")


def hidden(network, who, procedure):
    """As an id that was never given out."""
    asked, never = (
        network[who].call("GET", f"/api/v1/procedures/{key}", status=404).json()
        for key in (procedure["id"], ABSENT)
    )
    return {**asked, "error_id": ""} == {**never, "error_id": ""}


def states(procedure):
    return [(each["rule_id"], each["state"]) for each in procedure["welfare_steps"]]


def test_without_opposition_the_centre_in_the_team_hears_a_code_and_a_link(network, case):
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    (step,) = procedure["welfare_steps"]
    assert (step["rule_id"], step["state"], step["due_from"]) == ("BRU-05", "due", None)
    assert (step["certainty"], procedure["welfare_centre_opposed"]) == ("unverified", False)
    network.work()
    (mail,) = mails_about(network, "rw2", TOLD)
    text = mail.get_body(("plain",)).get_content()
    assert case["code"] in text
    assert "/alerts/" in text
    assert "26A100" not in mail.as_string()
    assert [mails_about(network, who, TOLD) for who in ("specialist", "colleague")] == [[], []]
    after = done(network, step)["welfare_steps"][0]
    assert (after["state"], after["done_on"], after["done_by"]) == ("done", "2026-02-18", "clerk")
    assert not after["despite_opposition"]
    assert seen(network, "rw2", procedure)["welfare_steps"] == [after]


def test_a_centre_that_may_not_read_the_procedure_hears_nothing(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = network["rw1"].post("/api/v1/cases", {"language": "fr", "members": []})
    recipient = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, recipient, ["identity", "tenancy"])
    join(network, case, "rw2", "generalist")
    act(network, opened(network, case), "petition", "2026-02-16")
    network.work()
    assert mails_about(network, "rw2", TOLD) == []


def test_opposed_nothing_is_produced_and_the_liaison_sees_the_flag(network, case):
    procedure = opened(network, case)
    oppose(network, procedure)
    procedure = act(network, procedure, "petition", "2026-02-16")
    assert states(procedure) == [("BRU-05", "opposed")]
    network.work()
    assert mails_about(network, "rw2", TOLD) == []
    assert network.rows("SELECT 1 FROM alerts WHERE kind = 'evictions.welfare_step_due'") == []
    for who in ("rw1", "liaison"):
        (row,) = network[who].get("/api/v1/procedures")["items"]
        assert row["welfare_centre_opposed"]
        assert seen(network, who, procedure)["welfare_centre_opposed"]
    assert seen(network, "liaison", procedure)["welfare_oppositions"] == []
    assert len(seen(network, "rw1", procedure)["welfare_oppositions"]) == 1


def test_the_sharing_stops_at_once_and_only_for_the_centre(network, case):
    """What waits to be sent as well; the rest of the case stays open as the household said."""
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    lawyer = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    consent(network, case, lawyer, ["procedure"])
    join(network, case, "specialist", "lawyer")
    assert seen(network, "rw2", procedure)["id"] == procedure["id"]
    oppose(network, procedure)
    assert hidden(network, "rw2", procedure)
    assert network["rw2"].get("/api/v1/procedures")["items"] == []
    assert network["rw2"].get("/api/v1/deadlines")["items"] == []
    assert network["rw2"].get(f"/api/v1/cases/{case['id']}")["code"] == case["code"]
    network.work()
    assert mails_about(network, "rw2", TOLD) == []
    assert seen(network, "specialist", procedure)["welfare_centre_opposed"]


def test_a_later_consent_does_not_undo_it_and_a_withdrawal_does(network, case):
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    opposition = oppose(network, procedure)
    recipient = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, recipient, ["procedure"])
    assert hidden(network, "rw2", procedure)
    after = withdraw(network, opposition)
    assert (after["welfare_centre_opposed"], states(after)) == (False, [("BRU-05", "due")])
    assert seen(network, "rw2", procedure)["id"] == procedure["id"]
    network.work()
    assert len(mails_about(network, "rw2", TOLD)) == 1
    again = f"/api/v1/welfare-oppositions/{opposition['id']}/withdrawal"
    assert network["rw1"].call("POST", again, If_Match='"v2"').json()["code"] == (
        "welfare-opposition-withdrawn"
    )
    # Opposed once more: a second row, the first one stays.
    network.clock.advance(seconds=1)
    oppose(network, procedure)
    kept = seen(network, "rw1", procedure)["welfare_oppositions"]
    assert [each["withdrawn_at"] is None for each in kept] == [False, True]


def test_under_the_judicial_code_a_late_opposition_is_warned_of_and_counts(network, case):
    procedure = opened(network, case, "4000")
    act(network, procedure, "petition", "2026-02-10")
    procedure = act(network, procedure, "summons", "2026-02-11", received_on="2026-02-13")
    until = next(d for d in procedure["deadlines"] if d["computes"] == "welfare_objection_until")
    assert until["date"] < "2026-02-18"
    (warning,) = oppose(network, procedure)["warnings"]
    assert "lundi 16 février 2026" in warning.pop("words")["fr"]
    assert warning == {
        "code": "after-legal-term",
        "rule_id": "FED-05",
        "article": "C. jud. art. 1344ter, §4",
        "cited": {
            "en": "C. jud. art. 1344ter, §4",
            "fr": "C. jud. art. 1344ter, §4",
            "nl": "Ger.W. art. 1344ter, §4",
        },
        "certainty": "found",
        "day": until["date"],
    }
    assert hidden(network, "rw2", procedure)


def test_in_time_there_is_no_warning_and_nothing_goes_out_when_its_day_comes(network, case):
    """C. jud. art. 1344ter §3: after four days, so from the fifth, whatever day that is."""
    procedure = opened(network, case, "4000")
    act(network, procedure, "petition", "2026-02-17")
    procedure = act(network, procedure, "summons", "2026-02-17", received_on="2026-02-18")
    (step,) = procedure["welfare_steps"]
    assert (step["rule_id"], step["due_from"]) == ("FED-04", "2026-02-22")
    network.work()
    assert mails_about(network, "rw2", TOLD) == []
    opposition = oppose(network, procedure)
    assert opposition["warnings"] == []
    network.clock.set(datetime(2026, 2, 23, 9, 0, tzinfo=UTC))
    network.work()
    assert mails_about(network, "rw2", TOLD) == []
    withdraw(network, opposition)
    network.work()
    assert len(mails_about(network, "rw2", TOLD)) == 1


def test_in_brussels_the_right_itself_is_not_verified_and_that_is_said(network, case):
    (warning,) = oppose(network, opened(network, case))["warnings"]
    assert (warning["code"], warning["rule_id"], warning["certainty"]) == (
        "right-to-object-unverified",
        "BRU-05",
        "unverified",
    )


def test_what_a_clerk_did_all_the_same_is_recorded_the_team_does_not(network, case):
    procedure = opened(network, case)
    oppose(network, procedure)
    (step,) = act(network, procedure, "petition", "2026-02-16")["welfare_steps"]
    assert done(network, step, "team", status=409)["code"] == "welfare-centre-opposed"
    assert done(network, step, day="2026-02-19", status=422)["code"] == "told-in-the-future"
    after = done(network, step)
    assert after["welfare_steps"][0]["despite_opposition"]
    assert done(network, after["welfare_steps"][0], status=409)["code"] == "welfare-step-done"
    assert hidden(network, "rw2", procedure)


def test_the_centre_itself_may_hear_the_no_and_loses_sight_by_it(network, case):
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    answer = oppose(network, procedure, who="rw2", how="orally")
    assert answer["recorded_by"] == network["rw2"].id
    assert hidden(network, "rw2", procedure)
    path = f"/api/v1/welfare-oppositions/{answer['id']}/withdrawal"
    network["rw2"].call("POST", path, status=404, If_Match='"v1"')
    assert states(seen(network, "rw1", procedure)) == [("BRU-05", "opposed")]


def test_whoever_answers_for_the_case_keeps_it_even_at_a_centre(network, case):
    """J2: the household asks for RW2, who takes the case over with all of it."""
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    oppose(network, procedure)
    handover = propose(network, case)
    package = network["rw2"].get(f"/api/v1/handovers/{handover['id']}")
    assert package["deadlines"] == []
    take_over(network, handover, "rw2")
    assert seen(network, "rw2", procedure)["welfare_centre_opposed"]


def test_steps_follow_the_acts_and_their_corrections(network, case):
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    procedure = act(network, procedure, "default_judgment", "2026-02-17")
    assert states(procedure) == [("BRU-05", "due"), ("BRU-08", "due")]
    done(network, procedure["welfare_steps"][0])
    petition, judgment = procedure["acts"]
    for old, kind, day in (
        (petition, "petition", "2026-02-15"),
        (judgment, "service", "2026-02-17"),
    ):
        path = f"/api/v1/procedures/{procedure['id']}/acts/{old['id']}/correction"
        body = {"kind": kind, "acted_on": day, "reason": "Misread"}
        procedure = network["rw1"].post(path, body)
    assert states(procedure) == [("BRU-05", "done")]
    (warned,) = (
        each
        for each in oppose(network, procedure)["warnings"]
        if each["code"] == "centre-already-told"
    )
    assert warned["day"] == "2026-02-18"


def test_to_others_and_to_the_liaison_it_is_not_theirs_to_write(network, case):
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    opposition = oppose(network, procedure)
    body = {"opposed_on": "2026-02-18", "how": "orally"}
    path = f"/api/v1/procedures/{procedure['id']}/welfare-oppositions"
    step = f"/api/v1/welfare-steps/{procedure['welfare_steps'][0]['id']}/done"
    told = {"done_on": "2026-02-18", "done_by": "clerk"}
    taken_back = f"/api/v1/welfare-oppositions/{opposition['id']}/withdrawal"
    for who, status in (("colleague", 404), ("other_liaison", 404), ("liaison", 403)):
        network[who].call("POST", path, body, status=status)
        network[who].call("POST", step, told, status=status, If_Match='"v1"')
        network[who].call("POST", taken_back, status=status, If_Match='"v1"')
    network["rw1"].call("POST", taken_back, status=428)
    twice = network["rw1"].call("POST", path, body, status=409).json()
    assert twice["code"] == "welfare-centre-already-opposed"
    late = network["rw1"].call("POST", path, {**body, "opposed_on": "2026-02-19"}, status=422)
    assert late.json()["code"] == "opposed-in-the-future"


def test_all_of_it_is_in_the_audit_of_the_case(network, case):
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    opposition = oppose(network, procedure)
    step = seen(network, "rw1", withdraw(network, opposition))["welfare_steps"][0]
    done(network, step)
    found = network.rows(
        "SELECT action, after ->> 'warnings' FROM audit_entries WHERE case_id = %s"
        " AND subject_kind LIKE 'welfare%%'",
        case["id"],
    )
    assert sorted(found) == [
        ("oppose_welfare_centre", '["right-to-object-unverified"]'),
        ("record_welfare_centre_told", None),
        ("withdraw_welfare_opposition", None),
    ]


def test_a_restored_database_does_not_forget_it(network, case, owner_database):
    """What the ledger noted is done again to a database from before the opposition."""
    procedure = act(network, opened(network, case), "petition", "2026-02-16")
    opposition = oppose(network, procedure)
    withdraw(network, opposition)
    network.work()
    lines = _noted(network)
    assert [line.kind for line in lines] == ["welfare_opposed", "welfare_unopposed"]
    network.database.execute("DELETE FROM welfare_oppositions")
    for line, is_open in zip(lines, (False, True), strict=True):
        with owner_database.transaction(clock=network.clock, actor=None) as uow:
            for _again in range(2):
                assert revoke(line, {}, uow=uow)
        answer = network["rw2"].call("GET", f"/api/v1/procedures/{procedure['id']}")
        assert answer.status_code == (200 if is_open else 404)
        state = "due" if is_open else "opposed"
        assert states(seen(network, "rw1", procedure)) == [("BRU-05", state)]
        assert _announced(network) == [(is_open,)] * is_open
    told = len(mails_about(network, "rw2", TOLD))
    network.work()
    assert len(mails_about(network, "rw2", TOLD)) == told + 1


def _announced(network):
    """What is still to be announced to the centre: of the step as it now is."""
    return network.rows(
        "SELECT a.object_version = s.version FROM alerts a JOIN welfare_steps s"
        " ON s.id = a.object_id WHERE a.kind = 'evictions.welfare_step_due'"
        " AND a.state IN ('planned', 'sending')"
    )


def _noted(network):
    """The lines of the ledger about the public welfare centre, in their order."""
    with network.runtime.transaction() as uow:
        names = ("kind", "case_id", "subject_id", "other_id", "at")
        found = [
            LedgerLine(
                position=1, entry_id=each.id, previous=b"", **{n: getattr(each, n) for n in names}
            )
            for each in ledger.waiting(uow=uow)
        ]
    return sorted((x for x in found if x.kind.startswith("welfare")), key=lambda x: x.kind)
