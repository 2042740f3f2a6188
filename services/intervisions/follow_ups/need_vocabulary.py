"""The needs that a session may find, as the field names them (features.md, S079 and journey J6)."""

from services.shared.errors import RuleBroken
from services.shared.words.catalogue import LANGUAGES, say

# A code is for ever: what was counted under it stays comparable from year to year.
NEEDS = (
    "housing", "emergency_shelter", "unfit_housing", "overcrowding", "rent_arrears", "debt",
    "income", "rights_not_taken_up", "energy", "papers", "registered_address", "mental_health",
    "physical_health", "dependency", "hoarding", "violence", "prison_past", "isolation",
    "parenting", "childcare_school", "youth", "ageing", "administration", "language", "digital",
    "work", "legal_aid", "neighbours",
)  # fmt: skip


def labels(need: str) -> dict[str, str]:
    """What a need is called, by language."""
    return {language: say(f"need.{need}", language) for language in LANGUAGES}


def require_known(tags: list[str]) -> None:
    """Refuse unknown tags without repeating them, as one may be somebody's name."""
    if set(tags) - set(NEEDS):
        raise RuleBroken("need-unknown")
