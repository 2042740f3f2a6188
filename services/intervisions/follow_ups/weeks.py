"""A day as its week (ISO 8601 §5.2.3), which is all a peer learns of when something is due."""

from datetime import date


def week_of(day: date) -> str:
    """The week, such as `2026-W24`; its year is that of the week's Thursday."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
