"""How long a rung waits: the waits of the rules, shrunk together before a near date. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.catalogue import CANARY, CATALOGUE, CLIMBING, Urgency
from notifications.delivery.next_channel import ORDER, next_channel
from notifications.planning.escalation import RESERVE, last_moment, next_wait

NOW = datetime(2026, 3, 24, 8, 0, tzinfo=UTC)
WAITS = [timedelta(hours=4), timedelta(hours=4), timedelta(hours=16)]


def climbed(left: timedelta, waits=WAITS) -> list[timedelta]:
    """When each rung is told, counted from now, with the date `left` away."""
    at, told = timedelta(0), []
    for rung in range(len(waits)):
        at += next_wait(waits[rung:], NOW + at, NOW + left)
        told.append(at)
    return told


def test_far_from_the_date_the_rules_hold():
    hours = [each / timedelta(hours=1) for each in climbed(timedelta(days=7))]
    assert hours == [4, 8, 24]
    assert next_wait(WAITS, NOW, None) == timedelta(hours=4)


def test_a_near_date_shrinks_them_together_and_leaves_the_reserve():
    told = climbed(timedelta(hours=16))
    assert told[-1] == timedelta(hours=16) - RESERVE
    assert told == [timedelta(hours=2), timedelta(hours=4), timedelta(hours=12)]


@pytest.mark.parametrize("minutes", [1, 10, 90, 300, 479, 481, 1000, 1681, 3000])
@pytest.mark.parametrize("waits", [WAITS, WAITS[:1], [timedelta(days=7)] * 3])
def test_the_last_rung_is_told_before_the_date(minutes, waits):
    left = timedelta(minutes=minutes)
    told = climbed(left, waits)
    assert told == sorted(told)
    assert told[-1] < left


def test_at_the_date_all_are_told_at_once_and_no_wait_stays_none():
    assert climbed(timedelta(0)) == [timedelta(0)] * 3
    assert next_wait([timedelta(0)], NOW, NOW + timedelta(hours=1)) == timedelta(0)


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ({"hearing_at": "2026-03-31T07:00:00+00:00"}, datetime(2026, 3, 31, 7, tzinfo=UTC)),
        ({"hearing_at": "2026-03-24T07:00:00+00:00"}, None),
        ({"due_on": "2026-03-31"}, datetime(2026, 3, 31, 15, tzinfo=UTC)),
        ({"due_on": "2026-03-23"}, None),
        ({}, None),
    ],
)
def test_until_when_somebody_can_act(facts, last):
    assert last_moment(facts, NOW) == last


def test_on_the_evening_of_the_day_nothing_is_left_to_wait_for():
    evening = datetime(2026, 3, 24, 19, 0, tzinfo=UTC)
    assert last_moment({"due_on": "2026-03-24"}, evening) == evening


def test_what_climbs_is_about_the_procedure():
    """Rungs are named and guarded as such: by the category procedure."""
    assert {kind.split(".")[0] for kind in CLIMBING} == {"evictions"}
    legal = {k for k, row in CATALOGUE.items() if row.urgency is Urgency.LEGAL}
    assert legal - set(CLIMBING) == {CANARY}


def test_channels_follow_one_another_and_end():
    assert ORDER == ("email", "sms")
    assert next_channel(["email"], ["email", "sms"]) == "sms"
    assert next_channel(["email"], []) is None
    assert next_channel(["email", "sms"], ["email", "sms"]) is None
    assert next_channel(["sms"], ["sms"]) is None
