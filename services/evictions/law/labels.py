"""What a reader is told of the rule that a date follows from: its words and its provision."""

import re

from services.evictions.law.in_force import Law
from services.evictions.law.rulebook import Rule

_NOTED = (re.compile(r"; [^();]*to check(?=\))"), re.compile(r" \([^();]*to check\)"))


def rule_of(law: Law, rule_set: str, version: int, rule_id: str) -> Rule | None:
    """The rule as that version has it; None where it fell away since."""
    found = law.version(rule_set, version)
    return next((rule for rule in found.rules if rule.id == rule_id), None) if found else None


def provision(article: str) -> str:
    """The article alone, without what was noted beside it while it was read."""
    for noted in _NOTED:
        article = noted.sub("", article)
    return article
