"""The warnings and questions about a date, in the words of every language as they are read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.evictions.counting.citing import cite
from services.shared.words.catalogue import LANGUAGES, day_in_words, has_text, say


def words_of(warning: Mapping[str, Any]) -> dict[str, str]:
    """What is doubtful and what to look at, by language; empty for a code without a text."""
    if not has_text(f"warning.{warning['code']}"):
        return {}
    return {language: _said(warning, language) for language in LANGUAGES}


def _said(warning: Mapping[str, Any], language: str) -> str:
    days = {
        name: day_in_words(date.fromisoformat(warning[name]), language)
        for name in ("day", "lawful_from")
        if warning.get(name)
    }
    article = {"article": cite(warning["article"], language)} if warning.get("article") else {}
    return say(f"warning.{warning['code']}", language, **days, **article)
