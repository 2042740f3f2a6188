"""What I want to hear of, when and how: chosen over HTTP, seen in the mailbox."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.catalogue import CATALOGUE, DIGEST_KIND
from tests.journeys.steps import join, mails_about, open_shared_case, set_hearing, sweep

PATH = "/api/v1/me/notification-preferences"
# 22:30 in Brussels on a Wednesday in winter, and the morning after it.
EVENING = datetime(2026, 2, 18, 21, 30, tzinfo=UTC)
MORNING = datetime(2026, 2, 19, 6, 30, tzinfo=UTC)
DIGEST = datetime(2026, 2, 19, 7, 0, tzinfo=UTC)
DEFAULT = {
    "choices": [],
    "quiet_hours": {"starts_at": "21:00", "ends_at": "07:30"},
    "zone": "Europe/Brussels",
    "digest": {"rhythm": "daily", "at": "08:00", "weekday": 1},
}
INVITED = "cases.participant_invited"


def choose(network, who, *choices, **more):
    """All of it, over what is chosen now."""
    person = network[who]
    now = person.call("GET", PATH, status=200)
    rows = [dict(zip(("about", "channel", "timing"), each, strict=True)) for each in choices]
    body = {**now.json(), "choices": rows, **more}
    return person.call("PUT", PATH, body, status=200, If_Match=now.headers["ETag"])


def invite(network, case, who="rw2"):
    return network["rw1"].post(
        f"/api/v1/cases/{case['id']}/team",
        {"professional_id": network[who].id, "role": "specialist", "reason": "Needed"},
    )


def test_before_any_choice_the_defaults_hold(network):
    answer = network["rw1"].call("GET", PATH, status=200)
    assert answer.json() == DEFAULT
    assert answer.headers["ETag"] == '"v0"'


def test_everything_that_can_be_told_is_listed_with_what_holds_for_me(network):
    choose(network, "rw1", (INVITED, "email", "in_digest"), ("digest", "email", "never"))
    kinds = {row["kind"]: row for row in network["rw1"].get("/api/v1/alert-kinds")["items"]}
    assert {name: (row["origin"], row["to"], row["urgency"]) for name, row in kinds.items()} == {
        name: (kind.origin, list(kind.to), kind.urgency)
        for name, kind in CATALOGUE.items()
        if name != DIGEST_KIND
    }
    assert kinds[INVITED]["email"] == "in_digest"
    assert kinds["cases.closed"]["email"] == "never"
    hearing = kinds["evictions.hearing_approaching"]
    assert (hearing["urgency"], hearing["email"], hearing["inapp"]) == (
        "legal",
        "at_once",
        "at_once",
    )
    assert hearing["to"] == ["reference_worker", "liaison", "person"]
    others = {row["kind"]: row for row in network["rw2"].get("/api/v1/alert-kinds")["items"]}
    assert others[INVITED]["email"] == "at_once"


def test_a_choice_needs_the_version_that_was_read(network):
    person = network["rw1"]
    body = person.get(PATH)
    person.call("PUT", PATH, body, status=428)
    first = person.call("PUT", PATH, body, status=200, If_Match='"v0"')
    assert first.headers["ETag"] == '"v1"'
    person.call("PUT", PATH, body, status=412, If_Match='"v0"')
    person.call("PUT", PATH, {**body, "zone": "UTC"}, status=200, If_Match='"v1"')
    actions = network.rows(
        "SELECT before ->> 'version', after ->> 'version' FROM audit_entries"
        " WHERE action = 'change_notification_preferences' ORDER BY at, seq"
    )
    assert actions == [("0", "1"), ("1", "2")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"choices": [("legal", "email", "never")]}, "legal-alerts-need-a-channel"),
        ({"choices": [("legal", "email", "in_digest")]}, "legal-alerts-need-a-channel"),
        (
            {"choices": [("evictions.hearing_approaching", "email", "never")]},
            "legal-alerts-need-a-channel",
        ),
        ({"choices": [("important", "inapp", "in_digest")]}, "no-digest-in-the-application"),
        ({"choices": [("digest", "email", "never")] * 2}, "chosen-twice"),
        ({"zone": "Europe/Atlantis"}, "no-such-time-zone"),
        ({"quiet_hours": {"starts_at": "21:00", "ends_at": "21:00"}}, "quiet-hours-empty"),
        ({"quiet_hours": {"starts_at": "08:00", "ends_at": "07:00"}}, "quiet-hours-too-long"),
    ],
)
def test_what_would_leave_a_family_alone_is_refused_with_its_reason(change, code, network):
    names = ("about", "channel", "timing")
    if "choices" in change:
        change = {"choices": [dict(zip(names, row, strict=True)) for row in change["choices"]]}
    body = {**DEFAULT, **change}
    refused = network["rw1"].call("PUT", PATH, body, status=422, If_Match='"v0"').json()
    assert refused["code"] == code
    assert network["rw1"].get(PATH) == DEFAULT


@pytest.mark.parametrize(
    "change",
    [
        {"choices": [{"about": "cases.unheard_of", "channel": "email", "timing": "never"}]},
        {"quiet_hours": {"starts_at": "24:00", "ends_at": "07:00"}},
        {"quiet_hours": {"starts_at": "21:00\n", "ends_at": "07:00"}},
        {"digest": {"rhythm": "hourly", "at": "08:00"}},
        {"digest": {"rhythm": "weekly", "at": "08:00", "weekday": 0}},
    ],
)
def test_what_makes_no_sense_is_malformed(change, network):
    network["rw1"].call("PUT", PATH, {**DEFAULT, **change}, status=422, If_Match='"v0"')


def test_an_invitation_at_night_waits_for_the_morning(network):
    case = open_shared_case(network)
    network.clock.set(EVENING)
    invite(network, case)
    network.work()
    assert network.mails("rw2") == []
    (alert,) = network["rw2"].get("/api/v1/alerts")["items"]
    assert alert["kind"] == INVITED
    network.clock.set(MORNING)
    network.work()
    assert len(network.mails("rw2")) == 1


def test_a_hearing_tomorrow_is_told_at_night_and_once(network):
    case = open_shared_case(network)
    network.clock.set(EVENING)
    set_hearing(network, case, "2026-02-20T08:00:00Z")
    network.work()
    # Fourteen, seven, three days before are all past: one alert. Nobody goes along yet: another.
    assert len(mails_about(network, "rw1", "Audience dans 2 jours")) == 1
    assert len(network.mails("rw1")) == 2
    # The invitation sleeps.
    network.clock.set(MORNING)
    network.work()
    assert len(mails_about(network, "rw1", "genda")) == 1


def test_an_invitation_that_was_answered_at_night_is_no_mail_in_the_morning(network):
    case = open_shared_case(network)
    network.clock.set(EVENING)
    place = invite(network, case)
    network.work()
    network["rw2"].post(f"/api/v1/invitations/{place['id']}/refusal", status=200)
    network.clock.set(MORNING)
    network.work()
    assert network.mails("rw2") == []


def test_whom_the_household_refused_at_night_is_not_told_in_the_morning(network):
    case = open_shared_case(network)
    network.clock.set(EVENING)
    invite(network, case)
    network.work()
    refusal = {"professional_id": network["rw2"].id, "reason": "The household asked"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/exclusions", refusal)
    network.clock.set(MORNING)
    network.work()
    assert network.mails("rw2") == []


def test_nobody_is_told_of_a_date_that_the_team_has_not_confirmed(network):
    case = open_shared_case(network)
    network.work()
    before = network.rows("SELECT count(*) FROM alerts WHERE kind LIKE 'evictions.hearing%%'")
    assert before == [(0,)]
    procedure = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/procedures",
        {"canton": "Schaerbeek 1", "roll_number": "26A100"},
    )
    posted = {"kind": "hearing_moved", "starts_at": "2026-02-20T08:00:00Z"}
    network["liaison"].post(f"/api/v1/procedures/{procedure['id']}/postings", posted)
    network.work()
    kinds = network.rows("SELECT DISTINCT kind FROM alerts WHERE kind LIKE 'evictions.hearing%%'")
    assert kinds == [("evictions.hearing_posted",)]
    assert network.mails("liaison") == []


def test_in_the_digest_it_comes_once_a_day_with_code_and_link(network):
    choose(network, "rw2", ("important", "email", "in_digest"))
    case = open_shared_case(network)
    invite(network, case)
    network.work()
    assert network.mails("rw2") == []
    (alert,) = network["rw2"].get("/api/v1/alerts")["items"]
    network.clock.set(DIGEST)
    network.work()
    (mail,) = network.mails("rw2")
    for part in ("plain", "html"):
        body = mail.get_body((part,)).get_content()
        assert case["code"] in body
        assert f"https://maillage.example/alerts/{alert['id']}" in body
        assert "Schaerbeek" not in body
        assert "Tenant" not in body
    network.clock.advance(days=3)
    network.work()
    assert len(network.mails("rw2")) == 1


def test_a_weekly_digest_comes_on_its_day(network):
    weekly = {"rhythm": "weekly", "at": "10:15", "weekday": 5}
    choose(network, "rw2", ("important", "email", "in_digest"), digest=weekly)
    invite(network, open_shared_case(network))
    network.work()
    friday = datetime(2026, 2, 20, 9, 15, tzinfo=UTC)
    network.clock.set(friday - timedelta(seconds=1))
    network.work()
    assert network.mails("rw2") == []
    network.clock.set(friday)
    network.work()
    assert len(network.mails("rw2")) == 1


def test_what_was_acknowledged_is_not_in_the_digest(network):
    choose(network, "rw2", ("important", "email", "in_digest"))
    invite(network, open_shared_case(network))
    network.work()
    (alert,) = network["rw2"].get("/api/v1/alerts")["items"]
    network["rw2"].post(f"/api/v1/alerts/{alert['id']}/acknowledgement", status=200)
    network.clock.set(DIGEST)
    network.work()
    assert network.mails("rw2") == []


def test_what_may_not_be_known_any_more_is_not_in_the_digest(network):
    choose(network, "rw2", ("important", "email", "in_digest"))
    case = open_shared_case(network)
    place = invite(network, case)
    network.work()
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/team/{place['id']}/end", status=200, If_Match='"v1"'
    )
    network.clock.set(DIGEST)
    network.work()
    assert network.mails("rw2") == []


def test_what_is_wanted_nowhere_is_in_no_list_and_behind_its_link(network):
    choose(network, "rw2", (INVITED, "email", "never"), (INVITED, "inapp", "never"))
    invite(network, open_shared_case(network))
    network.work()
    network.clock.advance(days=3)
    network.work()
    assert network.mails("rw2") == []
    assert network["rw2"].get("/api/v1/alerts")["items"] == []
    ((alert,),) = network.rows("SELECT id FROM alerts WHERE kind = %s", INVITED)
    assert network["rw2"].get(f"/api/v1/alerts/{alert}")["kind"] == INVITED


def test_a_new_choice_holds_for_what_already_waits(network):
    case = open_shared_case(network)
    network.clock.set(EVENING)
    invite(network, case)
    network.work()
    choose(network, "rw2", quiet_hours=None)
    network.work()
    assert len(network.mails("rw2")) == 1
    network.clock.set(DIGEST)
    network.work()
    assert len(network.mails("rw2")) == 1


def test_what_waits_for_a_digest_follows_a_new_choice(network):
    choose(network, "rw2", ("important", "email", "in_digest"))
    case = open_shared_case(network)
    invite(network, case)
    network.work()
    later = {"rhythm": "daily", "at": "18:00", "weekday": 1}
    choose(network, "rw2", ("important", "email", "in_digest"), digest=later)
    network.work()
    # 09:00Z is 10:00 in Brussels: the evening of the same day.
    network.clock.set(datetime(2026, 2, 18, 17, 0, tzinfo=UTC))
    network.work()
    assert len(network.mails("rw2")) == 1
    network.clock.set(DIGEST)
    network.work()
    assert len(network.mails("rw2")) == 1


def test_the_substitute_is_told_as_they_prefer_themselves(network):
    choose(network, "colleague", quiet_hours=None)
    case = open_shared_case(network)
    days = {"first_day": "2026-02-18", "last_day": "2026-02-27"}
    asked = {"substitute_id": network["colleague"].id, **days}
    network["rw1"].post("/api/v1/me/substitutions", asked)
    join(network, case, "rw2", "specialist")
    task = {"title": "Call", "category": "tenancy", "remind_at": "2026-02-18T21:40:00Z"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/tasks", task)
    network.clock.set(EVENING + timedelta(minutes=20))
    sweep(network)
    assert len(mails_about(network, "colleague", case["code"])) == 1
    assert mails_about(network, "rw1", case["code"]) == []
    network.clock.set(MORNING)
    network.work()
    assert len(mails_about(network, "rw1", case["code"])) == 1


def test_one_sees_and_changes_only_ones_own(network, database):
    choose(network, "rw1", ("digest", "email", "never"))
    choose(network, "rw2", quiet_hours=None)
    with database.transaction(clock=network.clock, actor=network["rw2"].actor) as uow:
        rows = uow.session.connection().exec_driver_sql(
            "SELECT professional_id FROM notification_preferences"
        )
        assert [str(row[0]) for row in rows] == [network["rw2"].id]
        changed = uow.session.connection().exec_driver_sql(
            "UPDATE notification_preferences SET zone = 'UTC' RETURNING professional_id"
        )
        assert [str(row[0]) for row in changed] == [network["rw2"].id]
