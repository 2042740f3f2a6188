"""J8 (3), F11: the household refuses somebody, and that holds on every path."""

import tomllib
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.cases.model import TeamRole
from services.cases.team import offered
from tests.journeys.steps import consent, join, open_shared_case, org, take_over
from tests.once.beginnings import beginning
from tests.people import Network

OFFERED = Path(offered.__file__).with_name("offered_categories.toml")


@pytest.fixture
@beginning
def shared(network: Network):
    """A case in which the specialist (health) and rw2 take part."""
    case = open_shared_case(network)
    consent(
        network,
        case,
        {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")},
        ["health", "tenancy"],
    )
    join(network, case, "specialist", "specialist")
    join(network, case, "rw2", "generalist")
    return case


def exclude(network, case, *, who="rw1", status=201, **named):
    path = f"/api/v1/cases/{case['id']}/exclusions"
    return network[who].post(path, {"reason": "An old quarrel", **named}, status=status)


def code_of(answer):
    return answer["type"].rsplit("/", 1)[-1]


def test_the_refused_read_nothing_on_any_path_from_the_same_instant(network, shared):
    path = f"/api/v1/cases/{shared['id']}"
    specialist = network["specialist"]
    note = specialist.post(f"{path}/notes", {"category": "health", "body": "Marker-51aa"})
    exclude(network, shared, professional_id=specialist.id)
    hidden = specialist.call("GET", path, status=404).json()
    absent = specialist.call("GET", f"/api/v1/cases/{uuid4()}", status=404).json()
    assert {**hidden, "error_id": ""} == {**absent, "error_id": ""}
    for page in ("notes", f"notes/{note['id']}", "tasks", "procedures", "consents", "exclusions"):
        specialist.call("GET", f"{path}/{page}", status=404)
    for listing in ("cases", "procedures", "invitations", "handovers"):
        assert specialist.get(f"/api/v1/{listing}")["items"] == []
    assert shared["code"] not in specialist.call("GET", "/api/v1/alerts", status=200).text
    place = next(
        each
        for each in network["rw1"].get(path)["team"]
        if each["professional_id"] == specialist.id
    )
    assert place["state"] == "ended"


def test_an_excluded_organisation_is_everybody_in_it_and_the_liaison_too(network, shared):
    network["rw1"].post(f"/api/v1/cases/{shared['id']}/procedures", {"canton": "Schaerbeek 1"})
    assert len(network["liaison"].get("/api/v1/procedures")["items"]) == 1
    exclude(network, shared, organisation_id=org(network, "liaison"))
    assert network["liaison"].get("/api/v1/procedures")["items"] == []
    exclude(network, shared, organisation_id=org(network, "rw2"))
    network["rw2"].call("GET", f"/api/v1/cases/{shared['id']}", status=404)
    network["specialist"].call("GET", f"/api/v1/cases/{shared['id']}", status=200)


def test_whoever_is_excluded_cannot_be_asked_given_or_named(network, shared):
    specialist, path = network["specialist"].id, f"/api/v1/cases/{shared['id']}"
    exclude(network, shared, organisation_id=org(network, "specialist"))
    until = (network.clock.now() + timedelta(days=60)).isoformat()
    named = {"recipient_kind": "person", "recipient_id": specialist, "categories": ["health"]}
    given = {
        "purpose": "Keep the home",
        "evidence": "oral",
        "witness": "W",
        "language": "fr",
        "valid_until": until,
    }
    asked = {
        "team": {"professional_id": specialist, "role": "lawyer", "reason": "Help"},
        "handovers": {"to_id": specialist, "reason": "Leave", "former_stays": False},
        "tasks": {"category": "tenancy", "title": "Call", "assignee_id": specialist},
        "consents": given | {"provisions": [named]},
    }
    for page, body in asked.items():
        refusal = network["rw1"].post(f"{path}/{page}", body, status=422)
        assert code_of(refusal) == "excluded-by-the-household", page
    organisation = named | {
        "recipient_kind": "organisation",
        "recipient_id": org(network, "specialist"),
    }
    network["rw1"].post(f"{path}/consents", given | {"provisions": [organisation]}, status=422)
    # To say no once more is no contradiction.
    network["rw1"].post(
        f"{path}/consents", given | {"provisions": [organisation | {"effect": "deny"}]}
    )


def test_only_the_reference_worker_learns_of_an_exclusion(network, shared):
    path = f"/api/v1/cases/{shared['id']}"
    exclude(network, shared, professional_id=network["specialist"].id)
    body = {"professional_id": network["colleague"].id, "reason": "Me too"}
    for who, status in (("rw2", 403), ("specialist", 404), ("coordinator", 404)):
        network[who].call("GET", f"{path}/exclusions", status=status)
        network[who].call("POST", f"{path}/exclusions", body, status=status)
    task = {"category": "tenancy", "title": "Call", "assignee_id": network["specialist"].id}
    refusal = network["rw2"].post(f"{path}/tasks", task, status=422)
    stranger = network["rw2"].post(
        f"{path}/tasks", task | {"assignee_id": network["colleague"].id}, status=422
    )
    assert code_of(refusal) == code_of(stranger) == "assignee-not-in-the-team"
    assert "exclu" not in network["rw2"].call("GET", path, status=200).text


def test_the_reference_worker_hands_over_before_being_excluded(network, shared):
    for named in (
        {"professional_id": network["rw1"].id},
        {"organisation_id": org(network, "rw1")},
    ):
        assert code_of(exclude(network, shared, status=422, **named)) == "hand-over-first"
    network["rw1"].get(f"/api/v1/cases/{shared['id']}")
    network.clock.advance(seconds=1)
    offer = {"to_id": network["rw2"].id, "reason": "They asked", "former_stays": True}
    handover = network["rw1"].post(f"/api/v1/cases/{shared['id']}/handovers", offer)
    take_over(network, handover, "rw2")
    exclude(network, shared, who="rw2", professional_id=network["rw1"].id)
    network["rw1"].call("GET", f"/api/v1/cases/{shared['id']}", status=404)
    network["rw1"].call("GET", f"/api/v1/handovers/{handover['id']}", status=404)
    network.work()
    assert [m for m in network.mails("rw1") if shared["code"] in m["subject"]] == []


def test_a_receiver_who_is_excluded_meanwhile_cannot_take_over(network, shared):
    offer = {"to_id": network["rw2"].id, "reason": "Leave", "former_stays": True}
    handover = network["rw1"].post(f"/api/v1/cases/{shared['id']}/handovers", offer)
    exclude(network, shared, professional_id=network["rw2"].id)
    path = f"/api/v1/handovers/{handover['id']}"
    network["rw2"].call("GET", path, status=404)
    network["rw2"].call("POST", f"{path}/acceptance", status=404)
    network.work()
    assert network.mails("rw2") == [] or all(
        handover["case_code"] not in each["subject"] or "reprendre" not in each["subject"]
        for each in network.mails("rw2")
    )
    assert network["rw1"].get(path)["state"] == "declined"


def test_an_invitation_that_waits_ends_with_the_exclusion(network, shared):
    path = f"/api/v1/cases/{shared['id']}"
    asked = {"professional_id": network["colleague"].id, "role": "lawyer", "reason": "Help"}
    place = network["rw1"].post(f"{path}/team", asked)
    exclude(network, shared, professional_id=network["colleague"].id)
    assert network["colleague"].get("/api/v1/invitations")["items"] == []
    network["colleague"].call("POST", f"/api/v1/invitations/{place['id']}/acceptance", status=404)
    network.work()
    assert network.mails("colleague") == []


def test_their_open_tasks_and_reminders_go_back_to_the_reference_worker(network, shared):
    remind_at = network.clock.now() + timedelta(hours=5)
    network["rw1"].post(
        f"/api/v1/cases/{shared['id']}/tasks",
        {
            "category": "tenancy",
            "title": "Call the landlord",
            "assignee_id": network["specialist"].id,
            "remind_at": remind_at.isoformat(),
        },
    )
    exclude(network, shared, professional_id=network["specialist"].id)
    (task,) = network["rw1"].get(f"/api/v1/cases/{shared['id']}/tasks")["items"]
    assert (task["assignee_id"], task["state"]) == (None, "open")
    network.work()
    told, untold = (len(network.mails(who)) for who in ("rw1", "specialist"))
    network.clock.set(remind_at)
    network.work()
    assert len(network.mails("rw1")) == told + 1
    assert len(network.mails("specialist")) == untold


def test_a_lifted_exclusion_lets_them_be_invited_again(network, shared):
    path = f"/api/v1/cases/{shared['id']}"
    made = exclude(network, shared, professional_id=network["specialist"].id)
    again = exclude(network, shared, status=409, professional_id=network["specialist"].id)
    assert code_of(again) == "already-excluded"
    lift = f"{path}/exclusions/{made['id']}/lift"
    network["rw1"].call("POST", lift, status=428)
    network["rw2"].call("POST", lift, status=403, If_Match='"v1"')
    lifted = network["rw1"].post(lift, status=200, If_Match='"v1"')
    assert lifted["lifted_by"] == network["rw1"].id
    network["rw1"].call("POST", lift, status=409, If_Match='"v2"')
    network["specialist"].call("GET", path, status=404)
    join(network, shared, "specialist", "specialist")
    assert network["specialist"].get(path)["categories"] == ["tenancy", "health"]
    (kept,) = network["rw1"].get(f"{path}/exclusions")["items"]
    assert (kept["name"], kept["reason"]) == ("Sylvie Pauwels", "An old quarrel")


def record(network, case, *, days, **more):
    return network["rw1"].post(
        f"/api/v1/cases/{case['id']}/consents",
        {
            "purpose": "Keep the home",
            "evidence": "written",
            "document": "Binder 3, sheet 12",
            "language": "fr",
            "valid_until": (network.clock.now() + timedelta(days=days)).isoformat(),
            "provisions": [
                {
                    "recipient_kind": "person",
                    "recipient_id": network["specialist"].id,
                    "categories": ["work"],
                }
            ],
            **more,
        },
    )


def reminders(network, consent_id, state="planned"):
    return [
        due
        for (due,) in network.rows(
            "SELECT due_at FROM alerts WHERE kind = 'consent.ending' AND object_id = %s"
            " AND state = %s AND recipient_role = 'reference_worker' ORDER BY due_at",
            consent_id,
            state,
        )
    ]


def test_secrecy_ground_and_document_are_fields_of_their_own(network, shared):
    plain = record(network, shared, days=60)
    assert (plain["lifts_secrecy"], plain["legal_ground"]) == (False, "consent")
    assert plain["legal_article"] == "GDPR art. 6(1)(a)"
    assert plain["document"] == "Binder 3, sheet 12"
    lifted = record(network, shared, days=60, lifts_secrecy=True, legal_ground="public_task")
    assert (lifted["lifts_secrecy"], lifted["legal_article"]) == (True, "GDPR art. 6(1)(e)")
    path = f"/api/v1/cases/{shared['id']}/consents"
    body = {
        "purpose": "Keep the home",
        "evidence": "written",
        "language": "fr",
        "valid_until": (network.clock.now() + timedelta(days=9)).isoformat(),
        "provisions": [
            {"recipient_kind": "role", "recipient_role": "companion", "categories": ["identity"]}
        ],
    }
    refusal = network["rw1"].post(path, body, status=422)
    assert code_of(refusal) == "written-consent-without-document"
    network["rw1"].post(path, body | {"legal_ground": "because"}, status=422)


def test_a_renewal_goes_on_without_a_gap(network, shared):
    path = f"/api/v1/cases/{shared['id']}"
    old = record(network, shared, days=40, lifts_secrecy=True)
    assert "work" in network["specialist"].get(path)["categories"]
    network.clock.advance(days=39, hours=23)
    said = {
        "evidence": "oral",
        "witness": "The receptionist",
        "language": "tr",
        "valid_until": (network.clock.now() + timedelta(days=90)).isoformat(),
    }
    renewal = f"{path}/consents/{old['id']}/renewal"
    network["rw1"].call("POST", renewal, said, status=428)
    network["rw2"].call("POST", renewal, said, status=403, If_Match='"v1"')
    new = network["rw1"].post(renewal, said, If_Match='"v1"')
    assert (new["renewed_from_id"], new["lifts_secrecy"]) == (old["id"], True)
    assert (new["provisions"], new["purpose"]) == (old["provisions"], old["purpose"])
    assert "work" in network["specialist"].get(path)["categories"]
    network.clock.advance(days=60)
    assert "work" in network["specialist"].get(path)["categories"]
    kept = network["rw1"].get(f"{path}/consents/{old['id']}")
    assert (kept["renewed_at"], kept["valid_until"]) == (new["valid_from"], old["valid_until"])
    # The old one is history: neither renewed nor withdrawn again, lest the new one be forgotten.
    for act, body in (("renewal", said), ("withdrawal", None)):
        again = network["rw1"].post(
            f"{path}/consents/{old['id']}/{act}", body, status=409, If_Match='"v2"'
        )
        assert code_of(again) == "consent-already-renewed"
    network["rw1"].post(f"{path}/consents/{new['id']}/withdrawal", status=200, If_Match='"v1"')
    assert "work" not in network["specialist"].get(path)["categories"]


def test_what_has_ended_is_not_renewed(network, shared):
    path = f"/api/v1/cases/{shared['id']}/consents"
    short, taken = record(network, shared, days=2), record(network, shared, days=60)
    network["rw1"].post(f"{path}/{taken['id']}/withdrawal", status=200, If_Match='"v1"')
    network.clock.advance(days=2)
    said = {
        "evidence": "oral",
        "witness": "W",
        "language": "fr",
        "valid_until": (network.clock.now() + timedelta(days=90)).isoformat(),
    }
    for given, version, code in (
        (short, '"v1"', "consent-has-ended"),
        (taken, '"v2"', "consent-already-withdrawn"),
    ):
        refusal = network["rw1"].post(
            f"{path}/{given['id']}/renewal", said, status=422, If_Match=version
        )
        assert code_of(refusal) == code


def test_a_consent_that_names_the_excluded_is_not_renewed(network, shared):
    given = record(network, shared, days=60)
    exclude(network, shared, professional_id=network["specialist"].id)
    said = {
        "evidence": "oral",
        "witness": "W",
        "language": "fr",
        "valid_until": (network.clock.now() + timedelta(days=90)).isoformat(),
    }
    path = f"/api/v1/cases/{shared['id']}/consents/{given['id']}/renewal"
    refusal = network["rw1"].post(path, said, status=422, If_Match='"v1"')
    assert code_of(refusal) == "excluded-by-the-household"


def test_the_reference_worker_is_reminded_30_and_7_days_before_the_end(network, shared):
    given = record(network, shared, days=60)
    month, week = reminders(network, given["id"])
    assert (week.date() - month.date()).days == 23
    network.work()
    told = len(network.mails("rw1"))
    network.clock.set(month)
    network.work()
    assert len(network.mails("rw1")) == told + 1
    mail = network.mails("rw1")[-1]
    assert mail["subject"] == f"Un consentement prend bientôt fin – dossier {shared['code']}"
    assert "Pauwels" not in mail.as_string()
    network.clock.set(week)
    network.work()
    assert len(network.mails("rw1")) == told + 2


def test_reminders_end_with_a_withdrawal_and_move_with_a_renewal(network, shared):
    path = f"/api/v1/cases/{shared['id']}/consents"
    taken, renewed = record(network, shared, days=60), record(network, shared, days=60)
    network["rw1"].post(f"{path}/{taken['id']}/withdrawal", status=200, If_Match='"v1"')
    said = {
        "evidence": "oral",
        "witness": "W",
        "language": "fr",
        "valid_until": (network.clock.now() + timedelta(days=90)).isoformat(),
    }
    new = network["rw1"].post(f"{path}/{renewed['id']}/renewal", said, If_Match='"v1"')
    for ended in (taken, renewed):
        assert reminders(network, ended["id"]) == []
        assert len(reminders(network, ended["id"], "cancelled")) == 2
    assert len(reminders(network, new["id"])) == 2


@pytest.mark.parametrize(("days", "ahead"), [(31, [1, 24]), (20, [13]), (3, [0])])
def test_a_short_consent_has_the_reminders_that_lie_ahead(network, shared, days, ahead):
    given = record(network, shared, days=days)
    due = reminders(network, given["id"])
    today = network.clock.now().date()
    assert [(each.date() - today).days for each in due] == ahead


def test_each_kind_of_participation_has_its_offer_and_none_is_sensitive(network, shared):
    path = f"/api/v1/cases/{shared['id']}/offered-categories"
    offer = network["rw1"].get(f"{path}?role=specialist")
    assert offer == {
        "role": "specialist",
        "categories": ["identity", "tenancy", "procedure", "income"],
    }
    for role in ("generalist", "lawyer", "connector", "companion", "liaison"):
        offered = network["rw1"].get(f"{path}?role={role}")["categories"]
        assert offered
        assert not {"health", "violence", "detention", "residence"} & set(offered)
    network["rw1"].call("GET", f"{path}?role=judge", status=422)
    network["rw2"].call("GET", f"{path}?role=lawyer", status=403)
    network["colleague"].call("GET", f"{path}?role=lawyer", status=404)


def test_a_companion_takes_part(network, shared):
    consent(
        network,
        shared,
        {"recipient_kind": "role", "recipient_role": "companion"},
        ["identity", "procedure"],
    )
    join(network, shared, "colleague", "companion")
    seen = network["colleague"].get(f"/api/v1/cases/{shared['id']}")
    assert seen["categories"] == ["identity", "procedure"]


def test_every_kind_of_participation_has_a_row():
    assert set(tomllib.loads(OFFERED.read_text("utf-8"))) == {*TeamRole, "liaison"}
