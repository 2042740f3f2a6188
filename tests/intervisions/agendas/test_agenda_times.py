"""From minutes of time to hours on the clock, and what cannot be moved."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intervisions.agendas.times import Item, ItemKind, moved, placed, timed, without
from services.shared.errors import RuleBroken
from tests.families import family


def item(minutes=15, kind=ItemKind.TOPIC, title="Sujet"):
    return Item(id=uuid4(), kind=kind, title=title, minutes=minutes)


def opening(minutes=15):
    return item(minutes, ItemKind.FOLLOW_UPS, "")


def moment(text):
    return datetime.fromisoformat(text)


def hours(agenda):
    return [(each.starts_at.strftime("%H:%M"), each.ends_at.strftime("%H:%M")) for each in agenda]


def test_each_item_begins_where_the_one_before_it_ends():
    start, end = moment("2026-06-03T13:00+02:00"), moment("2026-06-03T16:00+02:00")
    agenda = timed([opening(), item(45), item(10, ItemKind.BREAK), item(110)], start, end)
    assert hours(agenda.items) == [
        ("13:00", "13:15"),
        ("13:15", "14:00"),
        ("14:00", "14:10"),
        ("14:10", "16:00"),
    ]
    assert [each.position for each in agenda.items] == [1, 2, 3, 4]
    assert agenda.overrun_minutes == 0
    assert not any(each.runs_over for each in agenda.items)


def test_what_is_too_long_is_said():
    start = datetime(2026, 6, 3, 11, tzinfo=UTC)
    agenda = timed([opening(), item(50), item(20)], start, start + timedelta(hours=1))
    assert agenda.overrun_minutes == 25
    assert [each.runs_over for each in agenda.items] == [False, True, True]
    part = timed([opening(1)], start, start + timedelta(seconds=30))
    assert part.overrun_minutes == 1


@family(
    "start, shown",
    [
        # Clocks go from 2:00 to 3:00, then from 3:00 back to 2:00.
        ("2026-03-29T01:30+01:00", ["01:30 +0100", "03:30 +0200"]),
        ("2026-10-25T02:30+02:00", ["02:30 +0200", "02:30 +0100"]),
    ],
)
def test_an_hour_is_an_hour_in_the_nights_the_clocks_change(start, shown):
    agenda = timed([opening(60)], moment(start), moment(start) + timedelta(hours=1))
    (only,) = agenda.items
    assert [at.strftime("%H:%M %z") for at in (only.starts_at, only.ends_at)] == shown
    assert only.ends_at.astimezone(UTC) - only.starts_at.astimezone(UTC) == timedelta(hours=1)
    assert not only.runs_over


@given(
    st.lists(st.integers(1, 480), max_size=30),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_nothing_overlaps_and_no_minute_is_lost(minutes, start):
    agenda = timed([item(each) for each in minutes], start, start + timedelta(hours=3))
    edges = [start] + [each.ends_at.astimezone(UTC) for each in agenda.items]
    assert edges[:-1] == [each.starts_at.astimezone(UTC) for each in agenda.items]
    assert edges[-1] - start == timedelta(minutes=sum(minutes))
    assert agenda.overrun_minutes == max(0, sum(minutes) - 180)


def test_it_opens_with_the_follow_ups_whatever_is_moved():
    first, second, third = opening(), item(), item()
    assert placed([first, second], third, None) == [first, second, third]
    assert placed([first, second], third, 2) == [first, third, second]
    assert moved([first, second, third], third, 2) == [first, third, second]
    assert moved([first, second, third], second, 99) == [first, third, second]
    assert moved([first, second, third], first, 1) == [first, second, third]
    assert without([first, second, third], second) == [first, third]
    for refused in (
        lambda: placed([first, second], third, 1),
        lambda: placed([first, second], opening(), None),
        lambda: moved([first, second], second, 1),
        lambda: moved([first, second], first, 2),
        lambda: without([first, second], first),
    ):
        with pytest.raises(RuleBroken) as broken:
            refused()
        assert broken.value.code == "agenda-opens-with-follow-ups"


def test_an_agenda_has_an_end():
    items = [opening()] + [item(1) for _ in range(59)]
    with pytest.raises(RuleBroken):
        placed(items, item(), None)
