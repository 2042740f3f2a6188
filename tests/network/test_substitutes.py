"""F10: somebody stands in for a reference worker, for some days, with no wider rights."""

from datetime import UTC, datetime

import pytest

from tests.families import family
from tests.journeys.steps import (
    join,
    mails_about,
    note,
    open_shared_case,
    org,
    propose,
    set_hearing,
    take_over,
)
from tests.once.beginnings import beginning
from tests.people import Network

DAYS = {"first_day": "2026-08-03", "last_day": "2026-08-14"}
IN_PERIOD = datetime(2026, 8, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def case(network: Network):
    network.clock.set(datetime(2026, 7, 20, 8, 0, tzinfo=UTC))
    return open_shared_case(network)


@beginning
def name(network: Network, **more):
    body = {"substitute_id": network["colleague"].id, **DAYS, **more}
    return network["rw1"].post("/api/v1/me/substitutions", body)


def test_the_period_is_whole_days_in_brussels(network, case):
    name(network)
    for moment, status in (
        # Brussels is two hours ahead of UTC in August: the days begin at 22:00 UTC.
        (datetime(2026, 8, 2, 21, 59, 59, tzinfo=UTC), 404),
        (datetime(2026, 8, 2, 22, 0, 0, tzinfo=UTC), 200),
        (datetime(2026, 8, 14, 21, 59, 59, tzinfo=UTC), 200),
        (datetime(2026, 8, 14, 22, 0, 0, tzinfo=UTC), 404),
    ):
        network.clock.set(moment)
        network["colleague"].call("GET", f"/api/v1/cases/{case['id']}", status=status)
        listed = network["colleague"].get("/api/v1/cases")["items"]
        assert len(listed) == (status == 200), moment


def test_it_holds_for_cases_that_come_and_go_during_the_period(network, case):
    name(network)
    network.clock.set(IN_PERIOD)
    newer = open_shared_case(network)
    network["colleague"].get(f"/api/v1/cases/{newer['id']}")
    take_over(network, propose(network, newer), "rw2")
    network["colleague"].call("GET", f"/api/v1/cases/{newer['id']}", status=404)
    network["colleague"].get(f"/api/v1/cases/{case['id']}")
    take_over(network, propose(network, newer, "rw2", "rw1"), "rw1")
    network["colleague"].get(f"/api/v1/cases/{newer['id']}")


def test_a_substitute_does_the_daily_work(network, case):
    set_hearing(network, case, "2026-08-19T09:00:00+02:00")
    name(network)
    network.clock.set(datetime(2026, 8, 5, 7, 0, 1, tzinfo=UTC))
    network.work()
    colleague = network["colleague"]
    assert len(mails_about(network, "colleague", "Audience")) == 1
    alert, _invitation = colleague.get("/api/v1/alerts")["items"]
    done = colleague.post(f"/api/v1/alerts/{alert['id']}/acknowledgement", status=200)
    assert done["state"] == "acknowledged"
    note(network, case, "colleague", "Rang the lawyer.", category="health")
    (procedure,) = colleague.get("/api/v1/procedures")["items"]
    path = f"/api/v1/procedures/{procedure['id']}"
    view = colleague.post(f"{path}/acts", {"kind": "petition", "acted_on": "2026-08-03"})
    (hearing,) = view["hearings"]
    colleague.post(
        f"{path}/hearings/{hearing['id']}/move",
        {"starts_at": "2026-09-02T09:00:00+02:00"},
        status=200,
        If_Match='"v1"',
    )
    network.clock.set(datetime(2026, 8, 19, 7, 0, 1, tzinfo=UTC))
    network.work()
    # After the period: nothing more, neither mail nor the alert that was theirs.
    assert len(mails_about(network, "colleague", "Audience")) == 1
    assert len(mails_about(network, "rw1", "Audience")) == 2
    assert colleague.get("/api/v1/alerts")["items"] == []


def test_whoever_of_the_team_moves_a_hearing_cancels_its_alerts(network, case):
    join(network, case, "rw2", "generalist")
    view = set_hearing(network, case, "2026-08-19T09:00:00+02:00")
    (hearing,) = view["hearings"]
    network["rw2"].post(
        f"/api/v1/procedures/{view['id']}/hearings/{hearing['id']}/move",
        {"starts_at": "2026-09-02T09:00:00+02:00"},
        status=200,
        If_Match='"v1"',
    )
    states = network.rows("SELECT DISTINCT state FROM alerts WHERE object_id = %s", hearing["id"])
    assert states == [("cancelled",)]


def test_a_mail_that_was_due_in_the_period_is_not_sent_after_it(network, case):
    set_hearing(network, case, "2026-08-28T09:00:00+02:00")
    name(network)
    # Due on 14 August at 9:00; the workers were away until after the period.
    network.clock.set(datetime(2026, 8, 14, 22, 0, tzinfo=UTC))
    network.work()
    assert mails_about(network, "colleague", "Audience") == []
    assert len(mails_about(network, "rw1", "Audience")) == 1


def test_a_substitute_decides_nothing_for_the_household(network, case):
    name(network)
    place = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/team",
        {"professional_id": network["rw2"].id, "role": "generalist", "reason": "Needed"},
    )
    network.clock.set(IN_PERIOD)
    colleague, file = network["colleague"], f"/api/v1/cases/{case['id']}"
    handover = {"to_id": network["rw2"].id, "reason": "x", "former_stays": False}
    consent = {
        "purpose": "x",
        "evidence": "written",
        "language": "fr",
        "valid_until": "2026-12-31T00:00:00Z",
        "provisions": [
            {
                "recipient_kind": "organisation",
                "recipient_id": org(network, "rw2"),
                "categories": ["health"],
            }
        ],
    }
    colleague.call("POST", f"{file}/handovers", handover, status=403)
    colleague.call("POST", f"{file}/consents", consent, status=403)
    invite = {"professional_id": network["rw2"].id, "role": "lawyer", "reason": "x"}
    colleague.call("POST", f"{file}/team", invite, status=403)
    end = f"{file}/team/{place['id']}/end"
    colleague.call("POST", end, status=403, If_Match='"v1"')
    # Standing in does not pass on: their own substitute does not reach the cases of another.
    chain = {"substitute_id": network["rw1"].id, **DAYS}
    colleague.post("/api/v1/me/substitutions", chain)
    grants = network.rows("SELECT principal_id FROM access_grants WHERE basis = 'substitute'")
    assert [str(row[0]) for row in grants] == [colleague.id]


def test_the_database_refuses_a_substitute_what_the_commands_refuse(network, case, database, clock):
    name(network)
    network.clock.set(IN_PERIOD)
    with database.transaction(clock=clock, actor=network["colleague"].actor) as uow:
        connection = uow.session.connection()
        for table in ("consents", "provisions", "handovers"):
            rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            assert rows == 0, table
        for table, column in (("households", "id"), ("reference_assignments", "period")):
            change = f"UPDATE {table} SET {column} = {column} RETURNING id"
            changed = connection.exec_driver_sql(change)
            assert changed.fetchall() == [], table


def test_ending_early_works_at_once(network, case):
    substitution = name(network)
    network.clock.set(IN_PERIOD)
    path = f"/api/v1/me/substitutions/{substitution['id']}/end"
    network["colleague"].get(f"/api/v1/cases/{case['id']}")
    network["colleague"].call("POST", path, status=403)
    network["rw2"].call("POST", path, status=404)
    ended = network["rw1"].post(path, status=200)
    assert ended["ended_at"] == "2026-08-05T08:00:00Z"
    network["colleague"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
    network["rw1"].call("POST", path, status=409)
    grants = network.rows(
        "SELECT 1 FROM access_grants WHERE basis = 'substitute' AND valid_until > %s",
        network.clock.now(),
    )
    assert grants == []


def test_one_ended_before_it_began_never_begins(network, case):
    substitution = name(network)
    network["rw1"].post(f"/api/v1/me/substitutions/{substitution['id']}/end", status=200)
    network.clock.set(IN_PERIOD)
    network["colleague"].call("GET", f"/api/v1/cases/{case['id']}", status=404)


def test_both_find_it_in_their_list(network, case):
    named = name(network)
    for who, found in (("rw1", [named["id"]]), ("colleague", [named["id"]]), ("rw2", [])):
        listed = network[who].get("/api/v1/me/substitutions")["items"]
        assert [each["id"] for each in listed] == found


@family(
    "change, status",
    [
        ({"substitute_id": "rw2"}, 422),
        ({"substitute_id": "rw1"}, 422),
        ({"substitute_id": "coordinator"}, 422),
        ({"first_day": "2026-08-15"}, 422),
        ({"first_day": "2026-07-01", "last_day": "2026-07-19"}, 422),
        ({"first_day": "2026-07-01", "last_day": "2026-07-20"}, 201),
    ],
)
def test_who_and_when_must_make_sense(network, case, change, status):
    body = {"substitute_id": "colleague", **DAYS, **change}
    body["substitute_id"] = network[body["substitute_id"]].id
    network["rw1"].call("POST", "/api/v1/me/substitutions", body, status=status)


def test_whom_the_household_excludes_stands_in_for_nobody(network, case):
    substitution = name(network)
    network.clock.set(IN_PERIOD)
    file = f"/api/v1/cases/{case['id']}"
    network["colleague"].get(file)
    named = {"professional_id": network["colleague"].id, "reason": "No"}
    network["rw1"].post(f"{file}/exclusions", named)
    network["colleague"].call("GET", file, status=404)
    assert network.rows("SELECT 1 FROM access_grants WHERE basis = 'substitute'") == []
    assert substitution["ended_at"] is None


def test_the_household_may_refuse_a_substitute_by_name(network, case):
    name(network)
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/consents",
        {
            "purpose": "Not her",
            "evidence": "oral",
            "witness": "The receptionist",
            "language": "fr",
            "valid_until": "2026-12-31T00:00:00Z",
            "provisions": [
                {
                    "effect": "deny",
                    "recipient_kind": "person",
                    "recipient_id": network["colleague"].id,
                    "categories": [
                        "identity",
                        "tenancy",
                        "procedure",
                        "income",
                        "family",
                        "work",
                        "health",
                        "violence",
                        "detention",
                        "residence",
                    ],
                }
            ],
        },
    )
    network.clock.set(IN_PERIOD)
    network["colleague"].call("GET", f"/api/v1/cases/{case['id']}", status=404)


def test_a_substitute_who_leaves_or_changes_organisation_sees_nothing_more(network, case):
    name(network)
    network.clock.set(IN_PERIOD)
    network["colleague"].get(f"/api/v1/cases/{case['id']}")
    network.database.execute("SET session_replication_role = origin")
    network.rows(
        "UPDATE professionals SET organisation_id = %s WHERE id = %s RETURNING id",
        org(network, "rw2"),
        network["colleague"].id,
    )
    network["colleague"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
