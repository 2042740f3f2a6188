"""The vocabulary of needs: a code, and what it is called in French, Dutch and English."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from services.shared.errors import RuleBroken

LANGUAGES = ("fr", "nl", "en")


@cache
def vocabulary() -> Mapping[str, Mapping[str, str]]:
    """The label of each code in each language, in the order of the file."""
    return tomllib.loads((Path(__file__).parent / "needs.toml").read_text(encoding="utf-8"))


def require_known(tags: list[str]) -> None:
    """Refuse unknown tags without repeating them, as one may be somebody's name."""
    if set(tags) - set(vocabulary()):
        raise RuleBroken("need-unknown")
