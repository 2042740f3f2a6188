"""What the household reads, in French, Dutch and English; read once from `wording.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.evictions.law.rulefile import LANGUAGES

DEFAULT = "fr"


def spoken(language: str) -> str:
    """The person's language if these words are written in it, else French."""
    return language if language in LANGUAGES else DEFAULT


def say(part: str, code: str, language: str, **filled: str) -> str:
    """The words of a code; the code itself if it has none yet."""
    words = _texts()[part].get(code)
    return words[language].format(**filled) if words else code


def doubt(certainty: str, language: str) -> str | None:
    """What to know of a date whose rule is not beyond doubt; None for one that is."""
    return None if certainty == "found" else say("doubts", certainty, language)


def listed(part: str, codes: Iterable[str], language: str) -> str:
    return ", ".join(say(part, code, language) for code in codes)


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))
