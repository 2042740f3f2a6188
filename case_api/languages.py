"""The language of an answer, and the texts of the pages in each language."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from flask import request

LANGUAGES = ("en", "fr", "nl")
_PAGES = Path(__file__).parent / "translations" / "pages.toml"


def chosen_language() -> str:
    """`?lang=` of a page, else the best of Accept-Language (RFC 9110 §12.5.4), else English."""
    wanted = request.args.get("lang", "")
    if wanted in LANGUAGES:
        return wanted
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def page_texts(page: str, language: str) -> dict[str, str]:
    """The texts of one page. KeyError if a page or a language is missing."""
    return {name: words[language] for name, words in _pages()[page].items()}


@cache
def _pages() -> dict[str, dict[str, dict[str, str]]]:
    pages: dict[str, Any] = tomllib.loads(_PAGES.read_text(encoding="utf-8"))
    return pages
