"""What the household reads about its own file, by the codes that stand in it."""

from collections.abc import Iterable

from services.shared.words.catalogue import has_text, say


def named(part: str, code: str, language: str, **filled: str) -> str:
    """The words of a code; the code itself if it has none yet."""
    key = f"household.{part}.{code}"
    return say(key, language, **filled) if has_text(key) else code


def doubt(certainty: str, language: str) -> str | None:
    """What to know of a date whose rule is not beyond doubt; None for one that is."""
    return None if certainty == "found" else named("doubts", certainty, language)


def listed(part: str, codes: Iterable[str], language: str) -> str:
    return ", ".join(named(part, code, language) for code in codes)
