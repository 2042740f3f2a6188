"""What a date is for, in words."""

from services.shared.words.catalogue import LANGUAGES, has_text, say


def label(computes: str, language: str) -> str:
    """A few words for a date; a network's own rule without words is called a legal date."""
    key = f"date.{computes}"
    return say(key if has_text(key) else "date.deadline", language)


def labels(computes: str) -> dict[str, str]:
    """The same in every language."""
    return {language: label(computes, language) for language in LANGUAGES}
