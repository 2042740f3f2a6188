"""What is told on working days follows a holiday that a network adds or takes back."""

from datetime import UTC, datetime

import pytest

from tests.cases.closings.test_closing import close, reopen
from tests.evictions.hearings.test_accompaniment import HEARING, NOBODY, START, alarms
from tests.evictions.law_changes.test_rule_versions import _apply, _preview
from tests.journeys.steps import join, mails_about, open_shared_case, set_hearing, sweep
from tests.people import Network

# Of a hearing on Tuesday 31 March: Thursday and Friday, and with that Friday off a day earlier.
AS_SHIPPED = {
    "reference_worker": datetime(2026, 3, 26, 8, tzinfo=UTC),
    "coordinator": datetime(2026, 3, 27, 8, tzinfo=UTC),
}
A_DAY_EARLIER = {
    "reference_worker": datetime(2026, 3, 25, 8, tzinfo=UTC),
    "coordinator": datetime(2026, 3, 26, 8, tzinfo=UTC),
}
RUNGS = (
    "SELECT rung, due_at, state FROM alerts WHERE kind = 'evictions.hearing_approaching'"
    " AND recipient_role = 'reference_worker' ORDER BY due_at, state"
)


@pytest.fixture
def case(network: Network):
    network.clock.set(START)
    return open_shared_case(network)


def holiday(network: Network, day: str = "2026-03-27"):
    names = {"en": "Mourning", "fr": "Deuil", "nl": "Rouw"}
    body = {"day": day, "names": names, "reason": "Royal decree"}
    added = network["coordinator"].post("/api/v1/holidays", body)
    _apply(network, _preview(network, added))
    return added


def test_the_alarm_moves_with_a_holiday_and_back(network, case):
    set_hearing(network, case, HEARING)
    assert alarms(network) == AS_SHIPPED
    added = holiday(network)
    assert alarms(network) == A_DAY_EARLIER
    network.clock.advance(seconds=1)
    _apply(network, _preview(network, added, retires=True))
    assert alarms(network) == AS_SHIPPED


def test_one_whose_hour_is_past_by_then_is_told_at_once_and_only_once(network, case):
    set_hearing(network, case, HEARING)
    network.clock.set(datetime(2026, 3, 25, 12, 0, tzinfo=UTC))
    sweep(network)
    assert not mails_about(network, "rw1", NOBODY)
    holiday(network)
    assert len(mails_about(network, "rw1", NOBODY)) == 1
    assert alarms(network) == {"coordinator": A_DAY_EARLIER["coordinator"]}
    network.clock.set(datetime(2026, 3, 27, 12, 0, tzinfo=UTC))
    sweep(network)
    assert len(mails_about(network, "rw1", NOBODY)) == 1
    assert len(mails_about(network, "coordinator", NOBODY)) == 1


def test_neither_a_preview_nor_a_day_elsewhere_moves_it(network, case):
    set_hearing(network, case, HEARING)
    body = {"day": "2026-03-27", "names": {"en": "M", "fr": "D", "nl": "R"}, "reason": "R"}
    _preview(network, network["coordinator"].post("/api/v1/holidays", body))
    assert alarms(network) == AS_SHIPPED
    holiday(network, "2026-04-01")
    assert alarms(network) == AS_SHIPPED


def test_that_of_a_closed_case_stands_right_when_it_is_open_again(network, case):
    join(network, case, "rw2", "generalist")
    set_hearing(network, case, HEARING)
    close(network, case, despite="They moved out")
    holiday(network)
    reopen(network, case)
    assert alarms(network) == A_DAY_EARLIER


def test_a_rung_on_that_day_is_told_the_working_day_before(network, case):
    """Three days before is a Saturday, told on the Friday; now on Thursday. A day before is Monday:
    with that off as well, it is told with the other, as the nearer.
    """
    set_hearing(network, case, HEARING)
    holiday(network)
    planned = [(rung, at.day) for rung, at, state in network.rows(RUNGS) if state == "planned"]
    assert planned == [("14d", 17), ("7d", 24), ("3d", 26), ("1d", 30)]
    network.clock.advance(seconds=1)
    holiday(network, "2026-03-30")
    planned = [(rung, at.day) for rung, at, state in network.rows(RUNGS) if state == "planned"]
    assert planned == [("14d", 17), ("7d", 24), ("1d", 26)]
