"""A date is replaced by how many weeks it is away: "week -12". Pure.

A day that many people can look up (a hearing, a birth) becomes one of about seven that nobody can.
"""

import re
from datetime import date
from functools import partial

from services.intervisions.screening.dates import dates_in
from services.intervisions.screening.folding import fold
from services.shared.words.catalogue import say

# What stands before a date, and before a week in its place: "le 11 mars", "la semaine -12".
_BEFORE = {
    "fr": {"le": "la", "au": "à la", "du": "de la"},
    "nl": {"op": "in"},
    "en": {"on": "in"},
}
_LAST_WORD = re.compile(r"(\w+) $")


def relative_week(day: date, *, on: date) -> int:
    """The number of calendar weeks from that of `on` to that of `day`; -1 is the week before."""
    return (_monday(day) - _monday(on)) // 7


def in_weeks(text: str, *, on: date, language: str) -> str:
    """The text with each exact date said in weeks from `on`.

    A date without a year is the nearest one. What is no day stays as it is; the screen stops it.
    """
    said, done = "", 0
    for found in sorted(dates_in(fold(text)), key=lambda each: (each.start, -each.end)):
        day = found.on(on)
        if found.start < done or day is None:
            continue
        before = _LAST_WORD.sub(partial(_agreed, language), text[done : found.start])
        weeks = f"{relative_week(day, on=on):+d}"
        said += before + say("week.away", language, weeks=weeks)
        done = found.end
    return said + text[done:]


def _agreed(language: str, last: re.Match[str]) -> str:
    word = last[1]
    other = _BEFORE[language].get(word.lower(), word)
    return f"{other.capitalize() if word[0].isupper() else other} "


def _monday(day: date) -> int:
    return day.toordinal() - day.weekday()
