"""The clock: the one part of ours that tests replace."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class FakeClock:
    at: datetime = datetime(2026, 2, 18, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        self.at = at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)
