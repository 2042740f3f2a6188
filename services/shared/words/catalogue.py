"""Says a text of the catalogues, and writes days, times and lists as people of a language do."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from babel.support import Translations

from services.shared.clock import BRUSSELS

LANGUAGES = ("en", "fr", "nl")
DEFAULT = "fr"
_FOLDER = Path(__file__).parent
_LEAP_YEAR = 2000


def spoken(language: str | None) -> str:
    """The language itself if there is a catalogue for it, else French."""
    return language if language in LANGUAGES else DEFAULT


def say(key: str, language: str, /, **values: Any) -> str:
    """The text of a key, its `{names}` filled in; one with plural forms takes that of `count`.

    French writes `{canton:de}` for "de" before a name: "de Schaerbeek", "d’Uccle".
    KeyError for a key, a language or a name that is missing.
    """
    said = {name: _Name(each) if isinstance(each, str) else each for name, each in values.items()}
    return pattern(key, language, values.get("count")).format_map(said)


class _Name(str):
    """A text that is filled in; with `:de` after the French "de": `d’Uccle`, `du Rœulx`."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        if form != "de":
            return super().__format__(form)
        article, _, rest = self.partition(" ")
        if article in ("Le", "Les") and rest:
            return f"{'du' if article == 'Le' else 'des'} {rest}"
        first = normalize("NFKD", self[:1]).casefold()[:1]
        return f"d’{self}" if first in set("aeiouyœæ") else f"de {self}"


def pattern(key: str, language: str, count: int | None = None) -> str:
    """The text of a key as it stands in the catalogue, with the names that are to be filled in."""
    translations, plurals = _catalogue(language)
    if plurals[key]:
        if count is None:
            raise KeyError("count")
        return str(translations.ungettext(key, key, count))
    return str(translations.ugettext(key))


def keys(beginning: str) -> list[str]:
    """All keys that begin so."""
    return [key for key in _catalogue(DEFAULT)[1] if key.startswith(beginning)]


def has_text(key: str) -> bool:
    """Whether the catalogues hold this key. They all hold the same ones; a test keeps it so."""
    return key in _catalogue(DEFAULT)[1]


def day_in_words(day: date, language: str) -> str:
    """`lundi 1er mars 2027`, `maandag 1 maart 2027`, `Monday 1 March 2027`."""
    return _dated(day, "format.day", language)


def day_of_year(month: int, day: int, language: str) -> str:
    """A day that returns every year: `1er mars`, `15 maart`, `15 March`."""
    return _dated(date(_LEAP_YEAR, month, day), "format.day_of_year", language)


def weekday(day: date, language: str) -> str:
    """`samedi`, `zaterdag`, `Saturday`."""
    return format_date(day, "EEEE", locale=language)


def time_in_words(moment: datetime, language: str) -> str:
    """`9h00`, `9.00 uur`, `09:00`, as clocks in Brussels show it."""
    return format_datetime(moment, say("format.time", language), BRUSSELS, locale=language)


def listed(names: Iterable[str], language: str) -> str:
    """`A, B et C`, `A, B en C`, `A, B and C`."""
    return format_list(list(names), locale=language)


def euros(amount: Decimal, language: str) -> str:
    """`1 250,50 €`, `€ 1.250,50`, `€1,250.50`."""
    return format_currency(amount, "EUR", locale=language)


def _dated(day: date, key: str, language: str) -> str:
    """French alone writes the first of a month in another way."""
    first = f"{key}.first" if day.day == 1 else key
    return format_date(day, say(first, language), locale=language)


@cache
def _catalogue(language: str) -> tuple[Translations, dict[str, bool]]:
    """What is said, and of each key whether it has plural forms; read once per process."""
    if language not in LANGUAGES:
        raise KeyError(language)
    with (_FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    plurals = {
        message.id if isinstance(message.id, str) else message.id[0]: message.pluralizable
        for message in catalogue
        if message.id and message.string
    }
    return Translations(compiled), plurals
