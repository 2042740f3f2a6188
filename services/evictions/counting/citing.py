"""How an article is cited to a reader of one language: codes have a name in each (`codes.toml`).

Rules, deadlines and their steps keep an article in one form, whoever reads it; whoever shows it to
people says it by `cite`. Pure.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from services.evictions.counting import rulefile
from services.evictions.counting.rulefile import RULES, Fields
from services.evictions.counting.wording import day_of_year
from services.shared.words.catalogue import LANGUAGES

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY = rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})"


@lru_cache(maxsize=4096)
def cite(article: str, language: str) -> str:
    """The article as people of "en", "fr" or "nl" cite it; English has the names that rules have.

    What the file does not know stays as it is.
    """
    if language == "en":
        return article
    terms, pattern = _terms(language)
    said = pattern.sub(lambda found: _said(found, terms, language), article)
    # French alone sets a space before a semicolon.
    return said.replace("; ", " ; ") if language == "fr" else said


def in_every_language(article: str) -> dict[str, str]:
    """The article as it is cited in each language."""
    return {language: cite(article, language) for language in LANGUAGES}


def _said(found: re.Match[str], terms: Mapping[str, str], language: str) -> str:
    words = found.group()
    if words in terms:
        return terms[words]
    day = re.search(_DAY, words)
    assert day is not None
    on, month, year = day.groups()
    said = f"{day_of_year(_MONTHS.index(month) + 1, int(on)).say(language)} {year}"
    return terms[words.replace(day.group(), "{day}")].replace("{day}", said)


@lru_cache(maxsize=len(LANGUAGES))
def _terms(language: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """What each term is called, and one expression that finds them, the longest first."""
    file = RULES / "codes.toml"
    top = rulefile.read_fields(rulefile.read_file(file), file.name)
    terms = dict(_term(fields, language) for fields in top.rows("term", key="name"))
    top.finish()
    forms = (
        re.escape(name).replace(r"\{day\}", _DAY) for name in sorted(terms, key=len, reverse=True)
    )
    return terms, re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")


def _term(fields: Fields, language: str) -> tuple[str, str]:
    name = fields.take("name", rulefile.text)
    said = {each: fields.take(each, rulefile.text) for each in LANGUAGES if each != "en"}
    fields.finish()
    return name, said[language]
