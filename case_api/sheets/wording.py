"""How things are said on a sheet: its words, days, kinds of data, and a table or nothing at all."""

from datetime import date, datetime

from case_api.sheets.render import Heading, Part, Prose, Table
from services.portal.views import DateToKnow
from services.portal.wording import listed
from services.shared.clock import legal_day
from services.shared.words.catalogue import day_in_words, say, time_in_words


def table(
    name: str, header: list[str], rows: list[list[str]], widths: list[int], language: str
) -> list[Part]:
    title = Heading(say(f"sheet.{name}", language))
    return (
        [title, Table(header, rows, widths)]
        if rows
        else [title, Prose(say("sheet.nothing", language))]
    )


def or_nothing(parts: list[Part], language: str) -> list[Part]:
    return parts if len(parts) > 1 else [*parts, Prose(say("sheet.nothing", language))]


def period(since: datetime, until: datetime | None, language: str) -> str:
    if until is None:
        return say("sheet.since", language, day=day(since, language))
    return say("sheet.between", language, day=day(since, language), until=day(until, language))


def categories(names: list[str], language: str) -> str:
    return listed("categories", names, language)


def moment(at: datetime, language: str) -> str:
    return f"{day(at, language)}, {time_in_words(at, language)}"


def day(of: date | datetime, language: str) -> str:
    on = legal_day(of) if isinstance(of, datetime) else of
    return day_in_words(on, language)


def meaning(date_: DateToKnow) -> str:
    """What a date is for, the article of one of the law, and what is in doubt about it."""
    article = f"({date_.article})" if date_.article else None
    return " ".join(filter(None, (date_.words, article, date_.doubt)))
