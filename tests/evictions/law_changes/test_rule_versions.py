"""A network changes the law as data: preview, apply, one digest, near dates told at once (J10)."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from services.evictions.counting.rulefile import RULES
from services.evictions.law_changes import run as recomputation
from tests.families import family
from tests.journeys.steps import open_shared_case, sweep, want_all_at_once
from tests.once.beginnings import beginning
from tests.people import Network

_REMEDIES = (RULES / "rem-2018.toml").read_text()
# As a network writes it that includes nothing.
SHIPPED = (RULES / "bxl-2023-09.toml").read_text().replace('includes = ["REM-2018"]\n', "") + (
    "\n" + _REMEDIES[_REMEDIES.index("[[rule]]") :]
)
# From 1 September the wait before the hearing is 50 days, and an appeal has a week.
SECOND = SHIPPED.replace(
    "version = 1\nvalid_from = 2023-08-31", "version = 2\nvalid_from = 2026-09-01"
).replace(
    'delay = 40\nunit = "day"\ncounting = "waiting"',
    'delay = 50\nunit = "day"\ncounting = "waiting"',
)


@pytest.fixture
@beginning
def autumn(network: Network) -> Network:
    network.clock.set(datetime(2026, 9, 7, 8, 0, tzinfo=UTC))
    want_all_at_once(network, "rw1", "coordinator")
    return network


def _procedure(network: Network, *acts: tuple[str, str]):
    case = open_shared_case(network)
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    for kind, day in acts:
        path = f"/api/v1/procedures/{procedure['id']}/acts"
        procedure = network["rw1"].post(path, {"kind": kind, "acted_on": day})
    return case, procedure


def _load(network: Network, source: str = SECOND, **more):
    body = {"source": source, "reason": "The ordinance of the summer"}
    return network["coordinator"].post("/api/v1/rule-sets", body, **more)


def _preview(network: Network, change, **body):
    path = f"/api/v1/rule-changes/{change['id']}/previews"
    run = network["coordinator"].post(path, body)
    assert run["state"] == "previewing"
    sweep(network)
    return network["coordinator"].get(f"/api/v1/recomputations/{run['id']}")


def _apply(network: Network, run, *, status: int = 200):
    path = f"/api/v1/recomputations/{run['id']}/application"
    version = {"If-Match": f'"v{run["version"]}"'}
    applied = network["coordinator"].post(path, status=status, **version)
    if status == 200:
        sweep(network)
        return network["coordinator"].get(f"/api/v1/recomputations/{run['id']}")
    return applied


def _counts(run):
    return {name: run[name] for name in ("changed", "locked", "new", "gone", "skipped")}


def _subjects(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["subject"]) for mail in mails]


def _override(network: Network, deadline, day: str) -> None:
    network["rw1"].post(
        f"/api/v1/deadlines/{deadline['id']}/override",
        {"date": day, "reason": "The registry said so."},
        status=200,
        **{"If-Match": f'"v{deadline["version"]}"'},
    )


def _read(network: Network, procedure):
    found = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")
    return {each["rule_id"]: each for each in found["deadlines"]}


def test_a_new_version_is_previewed_applied_and_told_once(autumn):
    _, first = _procedure(autumn, ("petition", "2026-09-02"))
    _, second = _procedure(autumn, ("petition", "2026-09-03"))
    _, locked = _procedure(autumn, ("petition", "2026-09-04"))
    _, before = _procedure(autumn, ("petition", "2026-08-28"))
    _override(autumn, locked["deadlines"][0], "2026-10-20")
    change = _load(autumn)
    assert (change["state"], change["number"]) == ("draft", 2)
    run = _preview(autumn, change)
    assert run["state"] == "previewed"
    assert _counts(run) == {"changed": 2, "locked": 1, "new": 0, "gone": 0, "skipped": 0}
    # The administrator learns how many; the reference worker which, before and after.
    lines = autumn["rw1"].get("/api/v1/recomputed-deadlines")["items"]
    moved = {(line["kind"], line["before"], line["after"]) for line in lines}
    assert moved == {
        ("changed", "2026-10-13", "2026-10-23"),
        ("changed", "2026-10-14", "2026-10-24"),
        ("locked", "2026-10-15", "2026-10-25"),
    }
    assert all(line["applied_at"] is None for line in lines)
    assert autumn["coordinator"].get("/api/v1/recomputed-deadlines")["items"] == []
    assert _read(autumn, first)["BRU-04"]["date"] == "2026-10-13"
    told = len(autumn.mails("rw1"))
    applied = _apply(autumn, run)
    assert (applied["state"], _counts(applied)) == ("applied", _counts(run))
    now = _read(autumn, first)["BRU-04"]
    assert (now["date"], now["rule_version"]) == ("2026-10-23", 2)
    assert _read(autumn, second)["BRU-04"]["date"] == "2026-10-24"
    kept = _read(autumn, locked)["BRU-04"]
    assert (kept["date"], kept["computed_date"]) == ("2026-10-20", "2026-10-25")
    old = _read(autumn, before)["BRU-04"]
    assert (old["date"], old["rule_version"]) == ("2026-10-08", 1)
    (digest,) = autumn.mails("rw1")[told:]
    assert "recalculées" in digest["subject"]
    sweep(autumn)
    assert len(autumn.mails("rw1")) == told + 1


def test_a_date_that_is_now_near_has_an_alert_of_its_own(autumn):
    # An eviction on Friday 18 September: the bailiff's notice is due five working days before.
    case, _ = _procedure(autumn, ("eviction", "2026-09-25"))
    change = autumn["coordinator"].post(
        "/api/v1/rule-changes",
        {"rule_set": "BXL-2023-09", "rule_id": "BRU-11", "delay": 9, "reason": "As judged"},
    )
    sweep(autumn)
    told = len(autumn.mails("rw1"))
    _apply(autumn, _preview(autumn, change))
    subjects = _subjects(autumn.mails("rw1")[told:])
    assert sorted("recalculées" in each for each in subjects) == [False, True]
    (urgent,) = [each for each in subjects if "recalculées" not in each]
    assert urgent.endswith(f"elle est proche (à confirmer) – dossier {case['code']}")


def test_a_holiday_is_added_and_taken_back(autumn):
    _, procedure = _procedure(autumn, ("service", "2026-09-15"))
    before = {name: each["date"] for name, each in _read(autumn, procedure).items()}
    assert "2026-10-15" in before.values()
    added = autumn["coordinator"].post(
        "/api/v1/holidays",
        {
            "day": "2026-10-15",
            "names": {"en": "Mourning", "fr": "Deuil", "nl": "Rouw"},
            "reason": "Royal decree",
        },
    )
    run = _apply(autumn, _preview(autumn, added))
    assert run["changed"] > 0
    assert "2026-10-16" in {each["date"] for each in _read(autumn, procedure).values()}
    autumn.clock.advance(seconds=1)
    _apply(autumn, _preview(autumn, added, retires=True))
    after = {name: each["date"] for name, each in _read(autumn, procedure).items()}
    assert after == before


def test_a_rule_that_is_disabled_takes_its_dates_and_alerts_with_it(autumn):
    case, procedure = _procedure(autumn, ("service", "2026-09-15"))
    computes = _read(autumn, procedure)
    rule = next(each for each in computes.values() if each["computes"] == "appeal_until")
    planned = "SELECT count(*) FROM alerts WHERE object_id = %s AND state = 'planned'"
    assert autumn.rows(planned, rule["id"]) == [(4,)]
    change = autumn["coordinator"].post(
        "/api/v1/rule-changes",
        {
            "rule_set": "BXL-2023-09",
            "rule_id": rule["rule_id"],
            "disabled": True,
            "reason": "Annulled",
        },
    )
    run = _apply(autumn, _preview(autumn, change))
    assert _counts(run)["gone"] == 1
    assert rule["rule_id"] not in _read(autumn, procedure)
    assert autumn.rows(planned, rule["id"]) == [(0,)]
    (trace,) = autumn.rows(
        "SELECT before FROM audit_entries WHERE action = 'recompute_deadlines' AND case_id = %s",
        case["id"],
    )
    assert list(trace[0].values()) == [rule["date"]]


def test_batches_go_on_where_they_stopped(autumn, monkeypatch):
    monkeypatch.setattr(recomputation, "BATCH", 2)
    for day in ("2026-09-02", "2026-09-03", "2026-09-04", "2026-09-05"):
        _procedure(autumn, ("petition", day))
    path = f"/api/v1/rule-changes/{_load(autumn)['id']}/previews"
    run = autumn["coordinator"].post(path, {})
    done, percent = [], [run["percent_done"]]
    for _ in range(3):
        sweep(autumn)
        found = autumn["coordinator"].get(f"/api/v1/recomputations/{run['id']}")
        done.append((found["state"], found["procedures_done"], found["changed"]))
        percent.append(found["percent_done"])
    assert done == [("previewing", 2, 2), ("previewing", 4, 4), ("previewed", 4, 4)]
    assert percent == sorted(percent)
    assert (percent[0], percent[-1]) == (0, 100)


def test_a_preview_of_older_rules_is_not_applied(autumn):
    first, other = (
        autumn["coordinator"].post(
            "/api/v1/holidays",
            {"day": day, "names": {"en": "D", "fr": "J", "nl": "D"}, "reason": "R"},
        )
        for day in ("2026-10-15", "2026-10-16")
    )
    older = _preview(autumn, first)
    autumn.clock.advance(seconds=1)
    _apply(autumn, _preview(autumn, other))
    assert _apply(autumn, older, status=409)["type"].endswith("recomputation-outdated")


@family(
    "source, problem, line",
    [
        (SECOND.replace('unit = "month"', 'unit = "moon"', 1), "rule-set-broken", 35),
        ("code = ", "rule-set-broken", 1),
        (SECOND.replace("version = 2", "version = 1"), "rule-set-not-newer", None),
        (SECOND.replace("BXL-2023-09", "BXL-2099"), "rule-set-unknown", None),
    ],
)
def test_a_broken_rule_set_names_its_line(network, source, problem, line):
    refused = _load(network, source, status=422)
    assert refused["type"].endswith(problem)
    assert refused.get("line") == line


def test_only_who_administers_the_network_changes_its_law(network):
    body = {"source": SECOND, "reason": "R"}
    network["rw1"].post("/api/v1/rule-sets", body, status=403)
    network["rw1"].get("/api/v1/rule-changes", status=403)
    shown = network["rw1"].get("/api/v1/rule-sets")["items"]
    assert ("BXL-2023-09", 1, "active", True) in [
        (each["code"], each["version"], each["state"], each["shipped"]) for each in shown
    ]


def test_a_draft_is_withdrawn_and_loaded_again(network):
    change = _load(network)
    _load(network, status=409)
    path = f"/api/v1/rule-changes/{change['id']}/withdrawal"
    version = {"If-Match": f'"v{change["version"]}"'}
    withdrawn = network["coordinator"].post(path, status=200, **version)
    assert withdrawn["state"] == "retired"
    _load(network)
