"""F17: a withdrawal holds at once on every path; what was written under it follows the setting."""

import pytest

from tests.journeys.steps import consent, join, open_shared_case, org
from tests.once.beginnings import beginning
from tests.people import Network

SETTINGS = "/api/v1/network-settings"


@pytest.fixture
@beginning
def written(network: Network):
    """The specialist and a lawyer see health; the specialist sees tenancy too and wrote both."""
    case = open_shared_case(network)
    specialist = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    given = consent(network, case, specialist, ["health"])
    consent(network, case, specialist, ["tenancy"])
    lawyer = {"recipient_kind": "person", "recipient_id": network["colleague"].id}
    consent(network, case, lawyer, ["health", "tenancy"])
    join(network, case, "specialist", "specialist")
    join(network, case, "colleague", "lawyer")
    notes = {
        category: network["specialist"].post(
            f"/api/v1/cases/{case['id']}/notes",
            {"category": category, "body": f"Marker-{category}"},
        )
        for category in ("health", "tenancy")
    }
    return case, given, notes


def take_back(network, case, given):
    path = f"/api/v1/cases/{case['id']}/consents/{given['id']}/withdrawal"
    network["rw1"].post(path, status=200, If_Match='"v1"')


def readers(network, case, note):
    """Who reads this note: alone, listed, in the file and in its wordings, always the same."""
    path = f"/api/v1/cases/{case['id']}"
    marker, found = note["body"], set()
    for who in ("rw1", "specialist", "colleague"):
        pages = (path, f"{path}/notes", f"{path}/notes/{note['id']}")
        pages += (f"{path}/notes/{note['id']}/revisions",)
        seen = {marker in network[who].call("GET", page).text for page in pages}
        assert len(seen) == 1, f"{who} sees it on some paths only"
        if seen == {True}:
            found.add(who)
    return found


def test_by_default_it_stays_for_the_reference_worker_alone(network, written):
    case, given, notes = written
    everybody = {"rw1", "specialist", "colleague"}
    assert readers(network, case, notes["health"]) == everybody
    assert network["rw1"].get(SETTINGS)["notes_after_withdrawal"] == "kept_for_reference_worker"
    take_back(network, case, given)
    # Neither for its author, who still takes part, nor for others who may read the category.
    assert readers(network, case, notes["health"]) == {"rw1"}
    assert readers(network, case, notes["tenancy"]) == everybody
    body = {"body": "Changed", "reason": "Afterwards"}
    path = f"/api/v1/cases/{case['id']}/notes/{notes['health']['id']}/revisions"
    network["specialist"].call("POST", path, body, status=404, If_Match='"v1"')


def test_the_household_may_agree_again(network, written):
    case, given, notes = written
    take_back(network, case, given)
    network.clock.advance(days=1)
    again = {"recipient_kind": "person", "recipient_id": network["specialist"].id}
    consent(network, case, again, ["health"])
    assert readers(network, case, notes["health"]) == {"rw1", "specialist", "colleague"}


def test_an_administrator_may_seal_them_for_everybody(network, written):
    case, given, notes = written
    take_back(network, case, given)
    sealed = {"notes_after_withdrawal": "sealed"}
    network["colleague"].call("PUT", SETTINGS, sealed, status=403, If_Match='"v0"')
    network["coordinator"].call("PUT", SETTINGS, sealed, status=428)
    network["coordinator"].call("PUT", SETTINGS, sealed, status=412, If_Match='"v3"')
    answer = network["coordinator"].call("PUT", SETTINGS, sealed, status=200, If_Match='"v0"')
    assert answer.headers["ETag"] == '"v1"'
    assert answer.json()["law"] == "GDPR art. 7(3), 17(1)(b) and 18(1)"
    assert readers(network, case, notes["health"]) == set()
    assert len(readers(network, case, notes["tenancy"])) == 3
    back = {"notes_after_withdrawal": "kept_for_reference_worker"}
    network["coordinator"].call("PUT", SETTINGS, sealed, status=412, If_Match='"v0"')
    network["coordinator"].call("PUT", SETTINGS, back, status=200, If_Match='"v1"')
    assert readers(network, case, notes["health"]) == {"rw1"}
    trail = network.rows(
        "SELECT before, after FROM audit_entries WHERE action = 'change_settings' ORDER BY seq"
    )
    assert [after["notes_after_withdrawal"] for _, after in trail] == [
        "sealed",
        "kept_for_reference_worker",
    ]


def test_what_another_consent_still_carries_stays_open(network, written):
    case, given, notes = written
    also = {"recipient_kind": "role", "recipient_role": "specialist"}
    consent(network, case, also, ["health"])
    take_back(network, case, given)
    assert len(readers(network, case, notes["health"])) == 3


def test_what_a_reference_worker_wrote_is_not_under_a_consent(network, written):
    case, _, _ = written
    path = f"/api/v1/cases/{case['id']}"
    note = network["rw1"].post(f"{path}/notes", {"category": "health", "body": "Marker-own"})
    mine = {"recipient_kind": "organisation", "recipient_id": org(network, "rw1")}
    given = consent(network, case, mine, ["health"])
    take_back(network, case, given)
    assert "colleague" in readers(network, case, note)


def remind_specialist(network, case, at):
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/tasks",
        {
            "category": "tenancy",
            "title": "Call",
            "assignee_id": network["specialist"].id,
            "remind_at": at.isoformat(),
        },
    )


def take_back_all_of(network, case, who):
    path = f"/api/v1/cases/{case['id']}/consents"
    for each in network["rw1"].get(path)["items"]:
        named = {p["recipient_id"] for p in each["provisions"]}
        if each["withdrawn_at"] is None and org(network, who) in named:
            take_back(network, case, each)


def test_a_message_that_waits_for_the_mail_server_is_not_sent_afterwards(network, written):
    case, _, _ = written
    network.work()
    before = len(network.mails("specialist"))
    address = network["specialist"].email
    network.postbox.on_rcpt = lambda to: "451 later" if to == address else None
    remind_specialist(network, case, network.clock.now())
    network.work()
    queued = "SELECT state FROM deliveries WHERE channel = 'email' AND professional_id = %s"
    assert ("pending",) in network.rows(queued, network["specialist"].id)
    take_back_all_of(network, case, "specialist")
    network.postbox.on_rcpt = lambda _: None
    network.clock.advance(minutes=30)
    network.work()
    assert len(network.mails("specialist")) == before
    assert ("cancelled",) in network.rows(queued, network["specialist"].id)


def test_lists_and_counts_forget_the_case_at_once(network, written):
    case, given, _ = written
    specialist = network["specialist"]
    remind_specialist(network, case, network.clock.now())
    network.work()
    assert [each["code"] for each in specialist.get("/api/v1/cases")["items"]] == [case["code"]]
    (alert,) = specialist.get("/api/v1/alerts")["items"]
    assert alert["case_code"] == case["code"]
    # The category is gone; the case with it once the last consent is.
    take_back(network, case, given)
    assert specialist.get(f"/api/v1/cases/{case['id']}")["categories"] == ["tenancy"]
    take_back_all_of(network, case, "specialist")
    assert specialist.get("/api/v1/cases")["items"] == []
    assert specialist.get("/api/v1/alerts")["items"] == []
    specialist.call("GET", f"/api/v1/alerts/{alert['id']}", status=404)
    assert set(specialist.get("/api/v1/me")["waiting"].values()) == {0}


def test_me_counts_what_waits(network):
    """F13: a new version of the protocol asks again, and nobody overlooks it."""

    def waits(who):
        return network[who].get("/api/v1/me")["waiting"]

    names = ("protocols", "invitations", "handovers", "postings")
    board = ("deadlines_in_a_week", "deadlines_overdue", "deadlines_overridden")
    board = (*board, "deadlines_in_doubt", "hearings_ahead", "hearings_in_a_week")
    board = (*board, "tasks_overdue", "tasks_in_a_week")
    nothing = dict.fromkeys((*names, *board), 0)
    case = open_shared_case(network)
    assert waits("rw1") == waits("rw2") == nothing
    asked = {"professional_id": network["specialist"].id, "role": "lawyer", "reason": "Help"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/team", asked)
    offer = {"to_id": network["rw2"].id, "reason": "Leave", "former_stays": True}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/handovers", offer)
    procedure = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"}
    )
    network["liaison"].post(
        f"/api/v1/procedures/{procedure['id']}/postings",
        {"kind": "hearing_moved", "starts_at": "2026-04-21T09:00:00+02:00"},
    )
    assert waits("specialist") == nothing | {"invitations": 1}
    assert waits("rw2") == nothing | {"handovers": 1}
    # A procedure asks for a lawyer within days.
    assert waits("rw1") == nothing | {"postings": 1, "tasks_in_a_week": 1}
    assert waits("liaison") == nothing
    version = network["coordinator"].post("/api/v1/protocols", {"title": "2", "body": "Again."})
    assert waits("rw1") == nothing | {"postings": 1, "protocols": 1, "tasks_in_a_week": 1}
    # Not a signatory: it is not for her to sign.
    assert waits("colleague") == nothing
    network["rw1"].post(f"/api/v1/protocols/{version['id']}/signatures")
    # A procedure asks for a lawyer within days.
    assert waits("rw1") == nothing | {"postings": 1, "tasks_in_a_week": 1}
