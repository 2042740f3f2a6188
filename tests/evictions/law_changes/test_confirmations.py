"""A lawyer of the network confirms a rule set; until then each date says that none did."""

from datetime import UTC, datetime

import pytest

from tests.cases.plans.test_plan import adult
from tests.evictions.law_changes.test_norm_changes import draft, procedure
from tests.evictions.law_changes.test_rule_versions import _apply, _load, _preview
from tests.families import family
from tests.household import adult as at_home
from tests.journeys.steps import mails_about, open_shared_case, sweep, want_all_at_once
from tests.once.beginnings import beginning
from tests.people import Network

BRUSSELS = "BXL-2023-09"
LAWYER = {"version": 1, "lawyer": "Maître Simons", "bar": "Bruxelles"}


@pytest.fixture
@beginning
def case(network: Network):
    network.clock.set(datetime(2026, 9, 7, 8, 0, tzinfo=UTC))
    want_all_at_once(network, "rw1")
    return open_shared_case(network)


@pytest.fixture
@beginning
def path(network, case):
    found = procedure(network, case)
    network["rw1"].post(f"{found}/acts", {"kind": "service", "acted_on": "2026-09-04"})
    return found


def confirm(network, code=BRUSSELS, *, who="coordinator", status=201, **more):
    body = {**LAWYER, "confirmed_on": "2026-09-07", **more}
    return network[who].post(f"/api/v1/rule-sets/{code}/confirmations", body, status=status)


def take_back(network, confirmation, *, status=200):
    where = f"/api/v1/rule-set-confirmations/{confirmation['id']}/withdrawal"
    version = {"If-Match": f'"v{confirmation["version"]}"'}
    return network["coordinator"].post(where, status=status, **version)


def confirmed(network, path):
    """What each deadline of the procedure says, by the version that computed it."""
    seen = network["rw1"].get(path)["deadlines"]
    return {each["rule_version"]: each["confirmed"] for each in seen}


def listed(network, number=1):
    sets = network["rw2"].get("/api/v1/rule-sets")["items"]
    return next(each for each in sets if (each["code"], each["version"]) == (BRUSSELS, number))


def test_each_date_says_so_until_a_lawyer_confirmed_its_rules(network, path):
    assert confirmed(network, path) == {1: False}
    assert (listed(network)["confirmed"], listed(network)["confirmations"]) == (False, [])
    made = confirm(network)
    assert confirmed(network, path) == {1: True}
    (known,) = listed(network)["confirmations"]
    assert listed(network)["confirmed"] is True
    assert (known["lawyer"], known["bar"]) == ("Maître Simons", "Bruxelles")
    assert (known["confirmed_on"], known["recorded_by"]) == (
        "2026-09-07",
        str(network["coordinator"].id),
    )
    taken_back = take_back(network, made)
    assert taken_back["withdrawn_at"]
    assert confirmed(network, path) == {1: False}
    again = take_back(network, taken_back, status=409)
    assert again["type"].endswith("rule-set-confirmation-withdrawn")
    done = network.rows(
        "SELECT action FROM audit_entries WHERE subject_kind = 'rule_set_confirmations'"
    )
    assert done == [("confirm_rule_set",), ("withdraw_rule_set_confirmation",)]


def test_a_changed_rule_is_confirmed_by_nobody_until_a_lawyer_read_it(network, path):
    confirm(network)
    confirm(network, "FED-2018")
    network.clock.set(datetime(2026, 9, 8, 8, 0, tzinfo=UTC))
    rule = {"rule_set": BRUSSELS, "rule_id": "BRU-04"}
    _apply(network, _preview(network, draft(network, rule, delay=41)))
    assert confirmed(network, path) == {1: False}
    (lapsed,) = listed(network)["confirmations"]
    assert lapsed["lapsed_at"]
    sets = network["rw1"].get("/api/v1/rule-sets")["items"]
    assert [each["code"] for each in sets if each["confirmed"]] == ["FED-2018"]
    late = confirm(network, status=409)
    assert late["type"].endswith("rule-set-changed-since")
    confirm(network, confirmed_on="2026-09-08")
    assert confirmed(network, path) == {1: True}


def test_a_holiday_of_the_network_ends_every_confirmation(network, path):
    confirm(network)
    confirm(network, "VLA-2019")
    day = {"day": "2026-10-05", "reason": "R", "names": {"en": "H", "fr": "F", "nl": "F"}}
    _apply(network, _preview(network, network["coordinator"].post("/api/v1/holidays", day)))
    sets = network["rw1"].get("/api/v1/rule-sets")["items"]
    assert [each["code"] for each in sets if each["confirmed"]] == []


def test_a_new_version_is_a_new_text(network, path):
    confirm(network)
    _apply(network, _preview(network, _load(network)))
    network["rw1"].post(f"{path}/acts", {"kind": "formal_notice", "acted_on": "2026-08-31"})
    assert confirmed(network, path) == {1: True, 2: False}
    assert (listed(network)["confirmed"], listed(network, 2)["confirmed"]) == (True, False)
    confirm(network, version=2)
    assert set(confirmed(network, path).values()) == {True}


def test_another_release_of_the_text_is_confirmed_by_nobody(network, path, superuser):
    confirm(network)
    superuser.execute("UPDATE rule_set_confirmations SET law_text = 'an older release'")
    assert confirmed(network, path) == {1: False}


@family(
    "code, more, problem",
    [
        ("BXL-1999", {}, "rule-set-version-unknown"),
        (BRUSSELS, {"version": 7}, "rule-set-version-unknown"),
        (BRUSSELS, {"confirmed_on": "2026-09-08"}, "confirmed-in-the-future"),
        (BRUSSELS, {"lawyer": " "}, "invalid-input"),
    ],
)
@pytest.mark.usefixtures("case")
def test_what_is_no_confirmation_is_refused(network, code, more, problem):
    refused = confirm(network, code, status=422, **more)
    assert problem in refused["type"]


@family("who", ["rw1", "liaison"])
@pytest.mark.usefixtures("case")
def test_only_who_administers_and_coordinates_records_it(network, who):
    confirm(network, who=who, status=403)


def test_the_household_is_told_so_once_beside_its_dates(network, case, path):
    home = at_home(network, case, adult(case))
    view = home.get()
    assert view["dates"]
    assert "avocat de ce réseau" in view["dates_note"]
    confirm(network)
    assert home.get()["dates_note"] is None


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_mail_that_names_a_doubt_says_it_too(network, path, is_confirmed):
    if is_confirmed:
        confirm(network)
    network["rw1"].post(f"{path}/acts", {"kind": "eviction", "acted_on": "2026-10-20"})
    network.clock.set(datetime(2026, 9, 25, 8, 0, tzinfo=UTC))
    sweep(network)
    mails = mails_about(network, "rw1", "à confirmer")
    said = [mail.get_body(("plain",)).get_content() for mail in mails]
    assert said
    assert all(("pas confirmées par un avocat" in text) is not is_confirmed for text in said)
