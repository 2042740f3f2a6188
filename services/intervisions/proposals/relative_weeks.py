"""A date is replaced by how many weeks it is away: "week -12". Pure.

A day that many people can look up (a hearing, a birth) becomes one of about seven that nobody can.
"""

from datetime import date

from services.intervisions.screening.dates import dates_in
from services.intervisions.screening.folding import fold

_WEEK = {"fr": "semaine", "nl": "week", "en": "week"}


def relative_week(day: date, *, on: date) -> int:
    """The number of calendar weeks from that of `on` to that of `day`; -1 is the week before."""
    return (_monday(day) - _monday(on)) // 7


def in_weeks(text: str, *, on: date, language: str) -> str:
    """The text with each exact date said in weeks from `on`.

    A date without a year is the nearest one. What is no day stays as it is; the screen stops it.
    """
    word = _WEEK[language]
    said, done = [], 0
    for found in sorted(dates_in(fold(text)), key=lambda each: (each.start, -each.end)):
        day = found.on(on)
        if found.start < done or day is None:
            continue
        said += [text[done : found.start], f"{word} {relative_week(day, on=on):+d}"]
        done = found.end
    return "".join([*said, text[done:]])


def _monday(day: date) -> int:
    return day.toordinal() - day.weekday()
