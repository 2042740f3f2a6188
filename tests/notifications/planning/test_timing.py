"""Quiet hours and digests by the clock on the wall, in both nights in which it changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notifications.preferences import DEFAULT
from notifications.timing import (
    LONGEST,
    DigestTime,
    QuietHours,
    Rhythm,
    next_digest,
    quiet_until,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
NIGHT = DEFAULT.quiet_hours
START = datetime(2026, 1, 1, tzinfo=UTC)
# The nights in which the clock changes, more often than chance would have it.
CHANGES = [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]


def within(start: datetime, days: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * 86_400).map(lambda seconds: start + timedelta(seconds=seconds))


moments = st.one_of(within(START, 5 * 365), *(within(each, 2) for each in CHANGES))
minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(*divmod(number, 60)))
zones = st.sampled_from(["Europe/Brussels", "UTC", "America/New_York", "Asia/Kathmandu"]).map(
    ZoneInfo
)


@st.composite
def nights(draw):
    hours = QuietHours(starts_at=draw(minutes), ends_at=draw(minutes))
    assume(timedelta(0) < hours.length <= LONGEST)
    return hours


def shown(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()


def second_by_the_wall(now: datetime, hours: QuietHours, zone: ZoneInfo) -> bool:
    """Another way to say it, right on days on which the clock does not change."""
    at = shown(now, zone)
    if hours.starts_at < hours.ends_at:
        return hours.starts_at <= at < hours.ends_at
    return at >= hours.starts_at or at < hours.ends_at


def changes_around(now: datetime, zone: ZoneInfo) -> bool:
    offsets = {
        (now + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-49, 50)
    }
    return len(offsets) > 1


@given(moments, nights(), zones)
def test_quiet_is_what_the_wall_says_on_ordinary_days(now, hours, zone):
    assume(not changes_around(now, zone))
    end = quiet_until(now, hours, zone)
    assert (end is not None) is second_by_the_wall(now, hours, zone)
    if end is not None:
        assert shown(end, zone) == hours.ends_at
        assert timedelta(0) < end - now <= hours.length


@given(moments, nights(), zones)
def test_a_night_ends_once_and_nothing_is_put_off_twice(now, hours, zone):
    end = quiet_until(now, hours, zone)
    if end is None:
        return
    assert now < end <= now + hours.length + timedelta(hours=1)
    assert quiet_until(end, hours, zone) is None
    # Whatever comes later in the same night waits for the same instant.
    later = now + (end - now) / 2
    assert quiet_until(later, hours, zone) == end


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # The night in which clocks go from 02:00 to 03:00, and that from 03:00 back to 02:00.
        (datetime(2026, 3, 28, 20, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, 30, tzinfo=UTC)),
        (datetime(2026, 10, 24, 19, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 6, 29, 59, tzinfo=UTC), datetime(2026, 10, 25, 6, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 6, 30, tzinfo=UTC), None),
        (datetime(2026, 3, 28, 19, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 19, 0, tzinfo=UTC), datetime(2026, 7, 2, 5, 30, tzinfo=UTC)),
    ],
)
def test_the_default_night_in_brussels(now, end):
    assert quiet_until(now, NIGHT, BRUSSELS) == end


def test_quiet_hours_in_the_repeated_hour_end_at_its_first_showing():
    hours = QuietHours(starts_at=time(21, 0), ends_at=time(2, 30))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert quiet_until(first - timedelta(minutes=1), hours, BRUSSELS) == first
    # 02:10 is shown a second time: the night is over all the same.
    assert quiet_until(first + timedelta(minutes=40), hours, BRUSSELS) is None


digests = st.builds(
    DigestTime, rhythm=st.sampled_from(Rhythm), at=minutes, weekday=st.integers(1, 7)
)


@given(moments, digests, zones)
def test_a_digest_comes_within_its_rhythm_at_its_hour(now, when, zone):
    due = next_digest(now, when, zone)
    daily = when.rhythm is Rhythm.DAILY
    assert now < due <= now + timedelta(days=1 if daily else 7, hours=2)
    if not changes_around(due, zone):
        assert shown(due, zone) == when.at
    if not daily:
        assert due.astimezone(zone).isoweekday() == when.weekday


@pytest.mark.parametrize("month", [3, 10])
@given(when=digests)
def test_every_day_has_one_digest_also_when_the_clock_changes(month, when):
    daily = DigestTime(rhythm=Rhythm.DAILY, at=when.at, weekday=1)
    at, found = datetime(2026, month, 20, tzinfo=UTC), []
    while at < datetime(2026, month, 31, tzinfo=UTC):
        at = next_digest(at, daily, BRUSSELS)
        found.append(at.astimezone(BRUSSELS).date())
    assert found == [found[0] + timedelta(days=n) for n in range(len(found))]
    assert found[0] <= date(2026, month, 21)
