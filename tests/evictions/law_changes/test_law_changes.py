"""J10 (2): a rule set valid from 1 September, 14 dates that change and 2 that are locked."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.evictions.law_changes.test_rule_versions import SHIPPED, _apply, _counts, _load, _preview
from tests.journeys.steps import sweep, want_all_at_once
from tests.once.beginnings import beginning
from tests.people import Network

# From 1 September: 35 days before the hearing, and the bailiff announces 10 working days before.
SECOND = (
    SHIPPED.replace("version = 1\nvalid_from = 2023-08-31", "version = 2\nvalid_from = 2026-09-01")
    .replace(
        'delay = 40\nunit = "day"\ncounting = "waiting"',
        'delay = 35\nunit = "day"\ncounting = "waiting"',
    )
    .replace("delay = 15\nunit", "delay = 10\nunit")
)
FAR = ("2026-09-14", "2026-09-15", "2026-09-16", "2026-09-17", "2026-09-21")
# Of each worker: acts whose date moves, those first whose new date is within a week of 5 October.
MOVES = {
    "rw1": [("petition", "2026-09-01"), ("eviction", "2026-10-23")],
    "rw2": [("petition", "2026-09-04"), ("petition", "2026-09-22")],
}
LOCKED = ("petition", "2026-09-18")
BEFORE = ("petition", "2026-08-28")
DIGEST = {"rw1": "recalculées", "rw2": "herberekend"}
URGENT = {"rw1": "elle est proche", "rw2": "nabij"}


def procedure(network: Network, who: str, kind: str, day: str):
    body = {"language": "fr", "commune": "Schaerbeek"}
    body["members"] = [{"role": "adult", "pseudonym": "Tenant"}]
    case = network[who].post("/api/v1/cases", body)
    path = f"/api/v1/cases/{case['id']}/procedures"
    made = network[who].post(path, {"canton": "Schaerbeek 1"})
    path = f"/api/v1/procedures/{made['id']}/acts"
    return case, network[who].post(path, {"kind": kind, "acted_on": day})


@pytest.fixture
@beginning
def autumn(network: Network):
    """Sixteen dates under the new rules, of two workers; a third has one under the old."""
    network.clock.set(datetime(2026, 10, 5, 8, 0, tzinfo=UTC))
    want_all_at_once(network, *MOVES)
    made = {}
    for who, acts in MOVES.items():
        days = [*acts, *(("petition", day) for day in FAR)]
        made[who] = [procedure(network, who, *act) for act in days]
        _, locked = procedure(network, who, *LOCKED)
        (deadline,) = locked["deadlines"]
        network[who].post(
            f"/api/v1/deadlines/{deadline['id']}/override",
            {"date": "2026-11-05", "reason": "The registry said so."},
            status=200,
            **{"If-Match": f'"v{deadline["version"]}"'},
        )
    procedure(network, "colleague", *BEFORE)
    sweep(network)
    return made


def shown(network: Network, who: str):
    lines = network[who].get("/api/v1/recomputed-deadlines?limit=100")["items"]
    return Counter(line["kind"] for line in lines)


def test_fourteen_dates_change_two_are_locked_and_each_worker_hears_once(network, autumn):
    run = _preview(network, _load(network, SECOND))
    expected = {"changed": 14, "locked": 2, "new": 0, "gone": 0, "skipped": 0}
    assert (run["state"], _counts(run)) == ("previewed", expected)
    for who in MOVES:
        assert shown(network, who) == {"changed": 7, "locked": 1}
    told = {who: len(network.mails(who)) for who in ("rw1", "rw2", "colleague", "coordinator")}
    applied = _apply(network, run)
    assert (applied["state"], _counts(applied)) == ("applied", expected)
    sweep(network)
    said = {who: network.mails(who)[count:] for who, count in told.items()}
    assert {who: len(mails) for who, mails in said.items()} == {
        **{"rw1": 3, "rw2": 2, "colleague": 0, "coordinator": 0}
    }
    for who in MOVES:
        subjects = [str(mail["subject"]) for mail in said[who]]
        assert sum(DIGEST[who] in each for each in subjects) == 1
        urgent = [each for each in subjects if URGENT[who] in each]
        near = [case["code"] for case, _ in autumn[who][: len(subjects) - 1]]
        assert sorted(each.split()[-1] for each in urgent) == sorted(near)


def test_a_near_date_is_told_whether_one_acts_before_it_or_it_is_the_earliest_lawful(
    network, autumn
):
    """The hearing may be on 7 October at the earliest; the bailiff announces until the 8th."""
    _apply(network, _preview(network, _load(network, SECOND)))
    now = {}
    for _, made in autumn["rw1"][:2]:
        found = network["rw1"].get(f"/api/v1/procedures/{made['id']}")["deadlines"]
        now |= {each["rule_id"]: (each["protective"], each["date"]) for each in found}
    assert now["BRU-04"] == (False, "2026-10-07")
    assert now["BRU-11"] == (True, "2026-10-08")
    urgent = [mail for mail in network.mails("rw1") if URGENT["rw1"] in mail["subject"]]
    words = " ".join(mail.get_body(("plain",)).get_content() for mail in urgent)
    assert "7 octobre 2026" in words
    assert "8 octobre 2026" in words


def test_the_digest_names_no_case_and_the_urgent_mail_no_person(network, autumn):
    _apply(network, _preview(network, _load(network, SECOND)))
    (digest,) = [m for m in network.mails("rw1") if DIGEST["rw1"] in m["subject"]]
    codes = [case["code"] for case, _ in autumn["rw1"]]
    assert not any(code in digest.as_string() for code in codes)
    locked = network.rows(
        "SELECT count(*) FROM deadlines WHERE overridden_date = '2026-11-05' AND rule_version = 2"
    )
    assert locked == [(2,)]
