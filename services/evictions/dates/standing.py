"""Where a date stands today, as people read it: its state, who must act, the first lawful day."""

from dataclasses import asdict
from datetime import date
from typing import Any

from services.evictions.law.in_force import Law
from services.evictions.law.labels import rule_of
from services.evictions.law.life import State, limits, state_on
from services.evictions.law.moratorium import first_lawful
from services.evictions.law.norms import Norm
from services.evictions.law.rulebook import Bound


def bring_to_life(deadline: dict[str, Any], code: str, law: Law, today: date) -> None:
    """What the rule of a date says in plain words, who must act, and where the date stands today.

    A date whose rule fell away has neither words nor anybody who must act, and of its source what
    was said when it was computed.
    """
    rule = rule_of(law, *(deadline[name] for name in ("rule_set", "rule_version", "rule_id")))
    deadline["sources"] = sources_of(rule) if rule else []
    deadline["source"] = rule.source if rule else deadline["source"]
    deadline["explanation"] = asdict(rule.explanation) if rule else None
    deadline["label"] = asdict(rule.label) if rule and rule.label else None
    deadline["actor"] = rule.actor if rule else None
    season, ended = deadline.pop("season"), deadline["state"]
    own = date.fromisoformat(deadline["date"]) if deadline["overridden"] else None
    day = own or date.fromisoformat(deadline["computed_date"])
    other = deadline["earlier_reading"] and date.fromisoformat(deadline["earlier_reading"])
    found = limits(rule.bound if rule else Bound.UNTIL, day, other, own)
    deadline["state"] = state_on(today, State(ended) if ended else None, found)
    deadline["lawful_from"] = None
    if rule and rule.execution_day and ended is None:
        protects = next((each for each in law.on(code, today).moratoria if each.id == season), None)
        deadline["lawful_from"] = first_lawful(max(today, day), protects, law.calendar)


def sources_of(norm: Norm) -> list[dict[str, Any]]:
    """Where a norm was read, field by field."""
    return [asdict(each) for each in norm.sources]
