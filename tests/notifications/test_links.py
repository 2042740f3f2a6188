"""The link in a message never leads nowhere for the person who got it: tried for every kind."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from notifications.catalogue import CATALOGUE, DIGEST_KIND, Needs
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from tests.cases.closings.test_closing import close, closing
from tests.evictions.hearings.test_accompaniment import HEARING, confirmed, leave, withdraw
from tests.journeys.steps import (
    join,
    mails_about,
    open_shared_case,
    propose,
    set_hearing,
    sweep,
    take_over,
)
from tests.people import Network

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LINK = re.compile(r"/alerts/([0-9a-f-]{36})")
# Whatever any message has to say.
FACTS = {
    **{"hearing_at": "2026-03-31T07:00:00+00:00", "days_left": 7, "due_on": "2026-03-31"},
    **{"uid": str(uuid4()), "sequence": 0, "session_at": "2026-04-08T11:00:00+00:00", "number": 4},
    "session_ends_at": "2026-04-08T14:00:00+00:00",
    **{"closes_at": "2026-04-07T11:00:00+00:00", "counted": 1, "since": START.isoformat()},
    **{"about": "evictions.hearing_approaching", "told_as": "team_lead"},
}
SESSION = """
WITH series AS (
  INSERT INTO intervision_series (id, version, kind, name, facilitator_id, languages, capacity,
    quorum, created_by, created_at)
  VALUES (gen_random_uuid(), 1, 'intervision', 'S', %(lead)s, '["fr"]', 9, 2, %(lead)s, now())
  RETURNING id
), session AS (
  INSERT INTO intervision_sessions (id, version, series_id, number, starts_at, ends_at, host_id)
  SELECT gen_random_uuid(), 1, series.id, 1, '2026-04-08 11:00Z', '2026-04-08 14:00Z', %(host)s
  FROM series RETURNING id
)
INSERT INTO session_invitations (id, version, session_id, professional_id, invited_at)
SELECT gen_random_uuid(), 1, session.id, %(peer)s, now() FROM session RETURNING session_id
"""
ERASURE = """
INSERT INTO erasures (id, version, case_id, case_code, ground, state, requested_by, requested_at)
SELECT gen_random_uuid(), 1, id, code, 'household_request', 'requested', opened_by, now()
FROM cases WHERE id = %s RETURNING id
"""


@dataclass(frozen=True)
class About:
    """What an alert is about, and the person it names if it names one."""

    object_id: str
    person: str
    case_id: str | None = None


def shared(network: Network):
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    return case


def world(network: Network) -> dict[Needs | str, About]:
    """Of each need, and of each role that needs more, somebody who has no more than that."""
    case, given, ending, ended = (shared(network) for _ in range(4))
    procedure = set_hearing(network, case, HEARING)
    heard = About(procedure["hearings"][0]["id"], "rw2", case["id"])
    body = {"professional_id": network["specialist"].id, "role": "specialist", "reason": "R"}
    invited = network["rw1"].post(f"/api/v1/cases/{case['id']}/team", body)
    danger = {"case_code": case["code"], "danger": "violence", "reason": "R" * 40}
    opened = network["colleague"].post("/api/v1/break-glass", danger)
    asked, taken = propose(network, case, to="lead"), propose(network, given, to="colleague")
    take_over(network, taken, "colleague")
    days = {"first_day": "2026-03-01", "last_day": "2026-03-31"}
    stands_in = {"substitute_id": network["lead"].id, **days}
    network["colleague"].post("/api/v1/me/substitutions", stands_in)
    proposed = closing(network, ending, reviewer="colleague")
    done = close(network, ended, reviewer="rw2")
    peers = {"lead": network["lead"].id, "peer": network["specialist"].id}
    host = network["lead"].actor.organisation_id
    ((session,),) = network.database.execute(SESSION, {**peers, "host": host}).fetchall()
    ((erasure,),) = network.database.execute(ERASURE, (case["id"],)).fetchall()
    role = "INSERT INTO professional_roles VALUES (%s, 'team_lead')"
    network.database.execute(role, (network["lead"].id,))
    return {
        Needs.NOTHING: About(str(uuid4()), "specialist"),
        Needs.CASE: heard,
        Needs.PROCEDURE: heard,
        Needs.INVITATION: About(invited["id"], "specialist", case["id"]),
        Needs.HANDOVER: About(taken["id"], "rw1", given["id"]),
        "cases.handover_proposed": About(asked["id"], "lead", case["id"]),
        Needs.CLOSING: About(proposed["id"], "colleague", ending["id"]),
        Needs.PLACE: About(done["id"], "rw2", ended["id"]),
        Needs.CALENDAR: heard,
        Needs.GLASS: About(opened["id"], "colleague", case["id"]),
        Needs.ERASURE: About(str(erasure), "coordinator", case["id"]),
        Needs.SESSION: About(str(session), "specialist"),
        RecipientRole.SUBSTITUTE: About(str(uuid4()), "lead", given["id"]),
    }


def one_of_each(network: Network) -> list[NewAlert]:
    """Each kind to each of its roles; a digest is made of others, and is told as they are."""
    known = world(network)
    planned = []
    for name, kind in CATALOGUE.items():
        for role in kind.to if name != DIGEST_KIND else ():
            about = known.get(name) or known.get(role) or known[kind.needs]
            named = network[about.person].actor.id if role is RecipientRole.PERSON else None
            planned.append(
                NewAlert(
                    kind=name,
                    object_id=UUID(about.object_id),
                    case_id=UUID(about.case_id) if about.case_id else None,
                    due_at=network.clock.now(),
                    recipient_role=role,
                    recipient_id=named,
                    rung="of the test",
                    facts=FACTS,
                )
            )
    return planned


def mailed(network: Network) -> set[tuple[str, str]]:
    """Who got a link to which alert, in a mail of its own or in a digest."""
    return {
        (who, link)
        for who in network.people
        for mail in network.mails(who)
        for link in LINK.findall(mail.get_body(("plain",)).get_content())
    }


def not_mailed(network: Network) -> list[str]:
    """The kinds of which somebody has the row in the application and no link."""
    names = {each.id: who for who, each in network.people.items()}
    rows = network.rows(
        "SELECT d.professional_id, a.id, a.kind"
        " FROM deliveries d JOIN alerts a ON a.id = d.alert_id"
        " WHERE d.channel = 'inapp' AND a.state = 'sending' ORDER BY a.kind"
    )
    links = mailed(network)
    return [kind for who, key, kind in rows if (names[str(who)], str(key)) not in links]


def leading_nowhere(network: Network) -> list[str]:
    """Of every link in every mail, followed by whoever got it."""
    return [
        f"{who} {network.rows('SELECT kind, recipient_role FROM alerts WHERE id = %s', link)}"
        for who, link in sorted(mailed(network))
        if network[who].call("GET", f"/api/v1/alerts/{link}").status_code != 200
    ]


def test_every_kind_of_alert_opens_for_everybody_who_got_it(network):
    network.clock.set(START)
    planned = one_of_each(network)
    with network.runtime.transaction() as uow:
        alerts.plan(planned, uow=uow)
    network.work()
    # With the digests, in which what asks for nothing is told.
    network.clock.advance(days=1)
    network.work()
    told = network.rows(
        "SELECT DISTINCT a.kind, a.recipient_role FROM alerts a"
        " JOIN deliveries d ON d.alert_id = a.id AND d.channel = 'inapp'"
        " WHERE a.rung = 'of the test'"
    )
    assert {*told} == {(each.kind, each.recipient_role.value) for each in planned}
    assert not_mailed(network) == []
    assert leading_nowhere(network) == []


@pytest.mark.parametrize("goes", [leave, withdraw])
def test_whoever_left_follows_the_link_that_says_so(network, goes):
    network.clock.set(START)
    case = shared(network)
    confirmed(network, set_hearing(network, case, HEARING))
    sweep(network)
    network.clock.advance(minutes=1)
    goes(network, case)
    sweep(network)
    link = LINK.findall(mails_about(network, "rw2", "genda")[-1].get_body().get_content())[0]
    assert network["rw2"].get(f"/api/v1/alerts/{link}")["kind"] == "evictions.hearing_left"
    listed = network["rw2"].get("/api/v1/alerts")["items"]
    assert [each["kind"] for each in listed] == ["evictions.hearing_left"]
