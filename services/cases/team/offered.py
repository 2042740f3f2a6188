"""The categories to propose for each kind of participation (F12): data, read once."""

import tomllib
from functools import cache
from pathlib import Path

from services.shared.categories import SENSITIVE, mask_of, names_of

_FILE = Path(__file__).with_name("offered_categories.toml")


def categories_for(role: str) -> list[str]:
    """Names in the order of the categories. KeyError for a role without a row."""
    return names_of(_offers()[role])


@cache
def _offers() -> dict[str, int]:
    """ValueError if the file proposes a sensitive category: those open only when named."""
    offers = {
        role: mask_of(names) for role, names in tomllib.loads(_FILE.read_text("utf-8")).items()
    }
    sensitive = [role for role, mask in offers.items() if mask & SENSITIVE]
    if sensitive:
        raise ValueError(f"sensitive categories are never proposed: {sensitive}")
    return {role: int(mask) for role, mask in offers.items()}
