"""What to ask about the hearings and the postings of a procedure, as it is read."""

from datetime import date, datetime
from typing import Any

from services.evictions.counting.calendar import Calendar
from services.evictions.dates.plausibility import of_day, of_instant


def put_questions(procedure: dict[str, Any], calendar: Calendar) -> None:
    """Give the hearings and postings of a procedure their warnings; its acts carry theirs."""
    recorded = {act["id"]: act["recorded_at"] for act in procedure["acts"]}
    for hearing in procedure["hearings"]:
        at = datetime.fromisoformat(recorded[hearing.pop("act_id")])
        starts_at = datetime.fromisoformat(hearing["starts_at"])
        hearing["warnings"] = of_instant(starts_at, at, calendar)
    for posting in procedure["postings"]:
        day, instant = posting["day"], posting["starts_at"]
        posting["warnings"] = questions_of_posting(
            day=date.fromisoformat(day) if day else None,
            # One called off only says which hearing it means.
            starts_at=datetime.fromisoformat(instant)
            if instant and not posting["because"]
            else None,
            posted_at=datetime.fromisoformat(posting["posted_at"]),
            calendar=calendar,
        )


def questions_of_posting(
    *, day: date | None, starts_at: datetime | None, posted_at: datetime, calendar: Calendar
) -> list[dict[str, Any]]:
    """What to ask about a date heard at the court: an hour, or the day of a judgment."""
    if starts_at is not None:
        return of_instant(starts_at, posted_at, calendar)
    return of_day(day, posted_at, calendar, official=True) if day else []
