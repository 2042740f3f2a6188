"""When a message may go out: after somebody's quiet hours, or with their digest. Pure.

Hours are what the clock of a zone shows. A night is one stretch of time, from when the clock first
shows the beginning to when it first shows the end: an hour that is repeated in October neither ends
it twice nor begins it again, and one that is skipped in March ends it at the jump.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
# Longer than any evening and night; more would be a way to hear of nothing in time.
LONGEST = timedelta(hours=16)


class Rhythm(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """The hours from `starts_at` until `ends_at`, mostly of the next day."""

    starts_at: time
    ends_at: time

    @property
    def length(self) -> timedelta:
        """Hours by the clock on the wall, in a night without a change of time."""
        start, end = (
            timedelta(hours=each.hour, minutes=each.minute)
            for each in (self.starts_at, self.ends_at)
        )
        return (end - start) % ONE_DAY


@dataclass(frozen=True, kw_only=True)
class DigestTime:
    """Every day at an hour, or on one day of the week (1 is Monday, ISO 8601)."""

    rhythm: Rhythm
    at: time
    weekday: int


def quiet_until(now: datetime, hours: QuietHours, zone: ZoneInfo) -> datetime | None:
    """The instant at which the quiet hours end that hold `now`; None outside of them."""
    today = now.astimezone(zone).date()
    overnight = ONE_DAY if hours.ends_at <= hours.starts_at else timedelta(0)
    for day in (today - ONE_DAY, today):
        end = instant(day + overnight, hours.ends_at, zone)
        if instant(day, hours.starts_at, zone) <= now < end:
            return end
    return None


def next_digest(now: datetime, when: DigestTime, zone: ZoneInfo) -> datetime:
    """The first of its instants after `now`."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(9))
    return next(
        moment
        for day in days
        if when.rhythm is Rhythm.DAILY or day.isoweekday() == when.weekday
        if (moment := instant(day, when.at, zone)) > now
    )


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When clocks first show `at` on `day`; where they skip it, as long after the jump as it lies
    after the hour that is skipped (as `services.shared.clock.brussels`)."""
    return datetime.combine(day, at, zone).astimezone(UTC)
