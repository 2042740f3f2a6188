"""A day as its week (ISO 8601 §5.2.3): all that a peer is told of when something is due."""

from datetime import date


def week_of(day: date) -> str:
    """`2026-W24`. The year is that of the week's Thursday."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
