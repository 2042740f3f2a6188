"""How things are said on a sheet: its words, days, kinds of data, and a table or nothing at all."""

import tomllib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from case_api.sheets.render import Heading, Part, Table, Words
from notifications.dates import day_in_words, time_in_words
from services.portal import wording
from services.portal.views import DateToKnow
from services.shared.clock import legal_day

Say = Callable[..., str]


def table(
    name: str, header: list[str], rows: list[list[str]], widths: list[int], say: Say
) -> list[Part]:
    title = Heading(say(name))
    return [title, Table(header, rows, widths)] if rows else [title, Words(say("nothing"))]


def or_nothing(parts: list[Part], say: Say) -> list[Part]:
    return parts if len(parts) > 1 else [*parts, Words(say("nothing"))]


def period(since: datetime, until: datetime | None, say: Say) -> str:
    if until is None:
        return say("since", day=day(since, say))
    return say("between", day=day(since, say), until=day(until, say))


def categories(names: list[str], say: Say) -> str:
    return wording.listed("categories", names, say("language"))


def moment(at: datetime, say: Say) -> str:
    return f"{day(at, say)}, {time_in_words(at, say('language'))}"


def day(of: date | datetime, say: Say) -> str:
    on = legal_day(of) if isinstance(of, datetime) else of
    return day_in_words(on, say("language"))


def meaning(date_: DateToKnow) -> str:
    """What a legal date is for, its article, and what is in doubt about it."""
    return " ".join(filter(None, (f"{date_.words} ({date_.article})", date_.doubt)))


def say_in(language: str) -> Say:
    """The words of this language, filled in by name; `language` says which it is."""

    def say(name: str, /, **filled: Any) -> str:
        return language if name == "language" else _words()[name][language].format(**filled)

    return say


@cache
def _words() -> dict[str, dict[str, str]]:
    told = (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(told)
