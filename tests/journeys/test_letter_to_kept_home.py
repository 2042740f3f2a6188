"""J1 whole: from a court letter to a kept home, over HTTP, with the mail and the calendar read."""

import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import vobject

from tests.files import pdf
from tests.journeys.steps import consent, join, mails_about, org, sweep
from tests.people import Network

CASE = {
    "language": "fr",
    "commune": "Schaerbeek",
    "members": [
        {"role": "adult", "pseudonym": "Tenant"},
        {"role": "child", "pseudonym": "Child"},
    ],
}
SHARED = ["identity", "tenancy", "procedure"]
ADJOURNED = "2026-04-21T09:00:00+02:00"


def at(network: Network, month: int, day: int, hour: int = 9) -> None:
    """The workers' turn at this hour of Brussels' winter or summer."""
    offset = 1 if (month, day) < (3, 29) else 2
    network.clock.set(datetime(2026, month, day, hour - offset, tzinfo=UTC))
    sweep(network)


@pytest.fixture
def story(network: Network) -> dict[str, Any]:
    """Steps 1 and 2: the file, the consent, the tenancy, three dated acts, the letter itself."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    rw1 = network["rw1"]
    case = rw1.post("/api/v1/cases", CASE)
    path = f"/api/v1/cases/{case['id']}"
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, to, SHARED)
    consent(network, case, {"recipient_kind": "role", "recipient_role": "lawyer"}, SHARED)
    join(network, case, "rw2", "generalist")
    rw1.post(
        f"{path}/tenancy",
        {
            "postal_code": "1030",
            "lease_kind": "main_residence",
            "rent_eur": "650.00",
            "months_of_arrears": "3",
        },
    )
    for day in ("2025-12-01", "2026-01-01", "2026-02-01"):
        entry = {"day": day, "kind": "rent_due", "amount_eur": "650.00"}
        rw1.post(f"{path}/arrears", entry)
    sent = {"category": "procedure", "kind": "other", "title": "Requête"}
    letter = rw1.upload(f"{path}/documents", "requete.pdf", pdf(), **sent).json()
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")
    procedure = rw1.post(f"{path}/procedures", {"canton": "Schaerbeek 1", "roll_number": "26A100"})
    acts = f"/api/v1/procedures/{procedure['id']}/acts"
    rw1.post(acts, {"kind": "formal_notice", "acted_on": "2026-01-12"})
    petition = {"kind": "petition", "acted_on": "2026-02-16", "received_on": "2026-02-18"}
    rw1.post(acts, petition | {"document_id": letter["id"]})
    view = rw1.post(
        f"/api/v1/procedures/{procedure['id']}/hearings",
        {"starts_at": "2026-03-31T09:00:00+02:00", "room": "1", "kind": "introductory"},
    )
    return {"case": case, "path": path, "procedure": f"/api/v1/procedures/{view['id']}"} | {
        "letter": letter,
        "view": view,
    }


def due(view: Any, computes: str) -> Any:
    return next(each for each in view["deadlines"] if each["computes"] == computes)


def hearing(view: Any) -> Any:
    (found,) = [each for each in view["hearings"] if each["state"] == "set"]
    return found


def adjourn(network: Network, story: dict[str, Any]) -> Any:
    old = hearing(network["rw1"].get(story["procedure"]))
    return network["rw1"].post(
        f"{story['procedure']}/hearings/{old['id']}/move",
        {"starts_at": ADJOURNED, "room": "2"},
        status=200,
        If_Match=f'"v{old["version"]}"',
    )


def rungs_ahead(network: Network) -> list[str]:
    rows = network.rows(
        "SELECT DISTINCT due_at::date FROM alerts WHERE state = 'planned'"
        " AND kind = 'evictions.hearing_approaching' AND recipient_role = 'reference_worker'"
        " ORDER BY due_at::date"
    )
    return [day.isoformat() for (day,) in rows]


def test_the_letter_sets_every_date_task_and_alert(network, story):
    view = story["view"]
    assert due(view, "petition_not_before")["date"] == "2026-02-13"
    assert due(view, "hearing_not_before")["date"] == "2026-03-29"
    assert [act["warnings"] for act in view["acts"]] == [[], [], []]
    tasks = network["rw1"].get(f"{story['path']}/tasks")["items"]
    wanted = {"find_lawyer", "defence_bundle", "payment_plan", "companion"}
    assert wanted <= {task["template"] for task in tasks}
    assert rungs_ahead(network) == ["2026-03-17", "2026-03-24", "2026-03-27", "2026-03-30"]
    assert network["rw1"].get(f"{story['path']}/arrears")["months_of_rent"] == "3.0"


def test_the_hearing_is_adjourned_and_nobody_hears_of_the_old_date_again(network, story):
    feed = urlsplit(network["rw1"].post("/api/v1/me/calendar-feeds")["url"]).path
    before = read(network, feed, story)
    at(network, 3, 24, hour=10)
    assert len(mails_about(network, "rw1", "Audience")) >= 1
    view = adjourn(network, story)
    assert [each["state"] for each in view["hearings"]] == ["adjourned", "set"]
    assert rungs_ahead(network) == ["2026-04-07", "2026-04-14", "2026-04-17", "2026-04-20"]
    sweep(network)
    told = len(network.mails("rw1"))
    for day in (27, 30, 31):
        at(network, 3, day, hour=10)
    assert "mars" not in " ".join(text_after(network, told))
    after = read(network, feed, story)
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value.astimezone(UTC) == datetime(2026, 4, 21, 7, tzinfo=UTC)
    invitations = [mail for mail in network.mails("rw1") if calendar_of(mail)]
    assert {calendar_of(mail).vevent.uid.value for mail in invitations} == {before.uid.value}


def text_after(network: Network, told: int) -> list[str]:
    return [mail["subject"] for mail in network.mails("rw1")[told:]]


def read(network: Network, feed: str, story: dict[str, Any]) -> Any:
    answer = requests.get(network["rw1"].base + feed, timeout=20)
    events = vobject.readOne(answer.text).vevent_list
    title = f"RDV {story['case']['code']}"
    (found,) = [event for event in events if event.summary.value == title]
    return found


def calendar_of(mail: EmailMessage) -> Any:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return vobject.readOne(parts[0].get_content()) if parts else None


def test_the_judgment_gives_a_plan_that_is_missed_once_and_kept(network, story):
    rw1 = network["rw1"]
    adjourn(network, story)
    at(network, 4, 21, hour=12)
    held = hearing(rw1.get(story["procedure"]))
    rw1.post(
        f"{story['procedure']}/hearings/{held['id']}/result",
        {"result": "judged"},
        status=200,
        If_Match=f'"v{held["version"]}"',
    )
    network.clock.set(datetime(2026, 5, 5, 9, tzinfo=UTC))
    view = rw1.post(f"{story['procedure']}/acts", {"kind": "judgment", "acted_on": "2026-05-05"})
    judgment = next(act for act in view["acts"] if act["kind"] == "judgment")
    days = ("2026-06-01", "2026-07-01", "2026-08-01")
    parts = [{"due_on": day, "amount_eur": "150.00"} for day in days]
    plan = {"kind": "payment_plan", "act_id": judgment["id"], "instalments": parts}
    term = rw1.post(f"{story['path']}/terms", plan)
    at(network, 6, 1, hour=12)
    term = pay(network, term, 0, "2026-06-01")
    at(network, 7, 2)
    term = rw1.get(f"/api/v1/terms/{term['id']}")
    assert term["state"] == "missed"
    assert len(mails_about(network, "rw1", "Mensualité non payée")) == 1
    tasks = rw1.get(f"{story['path']}/tasks")["items"]
    assert "instalment_missed" in {task["template"] for task in tasks}
    # The case is not closed while a term is open, whatever the reason.
    closing = {"reason": "solved", "reviewer_id": network["rw2"].id, "despite": "All the same"}
    assert rw1.post(f"{story['path']}/closings", closing, status=409)["code"] == (
        "judgment-term-open"
    )
    term = changed(network, term, "resumption", instalments=[parts[1] | {"due_on": "2026-09-01"}])
    assert term["state"] == "resumed"
    watched = rw1.post(
        f"{story['path']}/watch",
        {"review_on": "2026-09-02"},
        status=200,
    )
    assert watched["state"] == "watch"
    seen_at_the_end(network, story, rw1.get(story["procedure"]))


def seen_at_the_end(network: Network, story: dict[str, Any], view: Any) -> None:
    """Acts in order, each date with its rule, the chain of hearings, the frozen bundle's log."""
    rw1 = network["rw1"]
    days = [act["acted_on"] for act in view["acts"]]
    assert days == sorted(days)
    for each in view["deadlines"]:
        assert each["rule_id"]
        assert each["rule_version"] >= 1
        assert each["source"]
        assert set(each["explanation"]) == {"en", "fr", "nl"}
    assert [each["state"] for each in view["hearings"]] == ["adjourned", "held"]
    assert view["hearings"][1]["replaces_id"] == view["hearings"][0]["id"]
    rw1.post(
        f"{story['procedure']}/bundle-ticks",
        {
            **{"item": "petition", "state": "present"},
            **{"document_id": story["letter"]["id"], "number": 1},
        },
    )
    frozen = rw1.post(f"{story['procedure']}/bundles", {"language": "fr", "words": "Bonjour."})
    content = rw1.call("GET", f"/api/v1/bundles/{frozen['id']}/content", status=200).content
    assert hashlib.sha256(content).hexdigest() == frozen["sha256"]
    kept = rw1.get(f"/api/v1/bundles/{frozen['id']}")
    assert len(kept["downloads"]) == 1
    rw1.call("DELETE", f"{story['procedure']}/hearings/{view['hearings'][0]['id']}", status=404)


def pay(network: Network, term: Any, number: int, day: str) -> Any:
    part = term["instalments"][number]["id"]
    return changed(network, term, f"instalments/{part}/payment", paid_on=day)


def changed(network: Network, term: Any, what: str, **body: Any) -> Any:
    network.clock.advance(seconds=1)
    path = f"/api/v1/terms/{term['id']}/{what}"
    return network["rw1"].post(path, body, status=200, If_Match=f'"v{term["version"]}"')


def test_a_petition_before_its_time_is_recorded_with_its_warning(network, story):
    path = f"{story['path']}/procedures"
    early = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    acts = f"/api/v1/procedures/{early['id']}/acts"
    network["rw1"].post(acts, {"kind": "formal_notice", "acted_on": "2026-02-01"})
    view = network["rw1"].post(acts, {"kind": "petition", "acted_on": "2026-02-16"})
    warned = {act["kind"]: act["warnings"] for act in view["acts"]}
    assert warned["formal_notice"] == []
    assert [(each["rule_id"], each["lawful_from"]) for each in warned["petition"]] == [
        ("BRU-02", "2026-03-02")
    ]
