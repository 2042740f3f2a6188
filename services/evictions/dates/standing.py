"""Where a date stands today, as people read it: its state, who must act, the first lawful day."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from services.evictions.law.acts import ActKind, Ground, Lifting
from services.evictions.law.in_force import Law
from services.evictions.law.labels import rule_of
from services.evictions.law.life import State, limits, state_on
from services.evictions.law.moratorium import first_lawful
from services.evictions.law.norms import Norm
from services.evictions.law.rulebook import Bound, Duty, Rule


def bring_to_life(
    deadline: dict[str, Any], lifted: Sequence[Lifting], law: Law, today: date
) -> None:
    """What the rule of a date says in plain words, who must act, and where the date stands today.

    `lifted`: what the acts in force say against a moratorium. A date whose rule fell away has
    neither words nor anybody who must act, and of its source what was said when it was computed.
    """
    rule = rule_of(law, *(deadline[name] for name in ("rule_set", "rule_version", "rule_id")))
    deadline["sources"] = sources_of(rule) if rule else []
    deadline["source"] = rule.source if rule else deadline["source"]
    deadline["explanation"] = asdict(rule.explanation) if rule else None
    deadline["label"] = asdict(rule.label) if rule and rule.label else None
    deadline["actor"] = rule.actor if rule else None
    ended = deadline["state"]
    own = date.fromisoformat(deadline["date"]) if deadline["overridden"] else None
    day = own or date.fromisoformat(deadline["computed_date"])
    other = deadline["earlier_reading"] and date.fromisoformat(deadline["earlier_reading"])
    found = limits(rule.bound if rule else Bound.UNTIL, day, other, own)
    deadline["state"] = state_on(today, State(ended) if ended else None, found)
    deadline["lawful_from"] = None
    if rule and rule.execution_day and ended is None:
        deadline["lawful_from"] = lawful_from(rule, day, lifted, law, today)


def lawful_from(rule: Rule, day: date, lifted: Sequence[Lifting], law: Law, today: date) -> date:
    """The first day from today on which an eviction is lawful that was not before `day`."""
    season = rule.moratorium if rule.moratorium and rule.moratorium.is_certain else None
    return first_lawful(max(today, day), season, lifted, law.calendar)


def sources_of(norm: Norm) -> list[dict[str, Any]]:
    """Where a norm was read, field by field."""
    return [asdict(each) for each in norm.sources]


def lifted_by(acts: list[dict[str, Any]]) -> list[Lifting]:
    """What the acts in force say against a moratorium."""
    return [
        Lifting(Ground(act["ground"]), date.fromisoformat(act["acted_on"]))
        for act in acts
        if act["ground"] and act["replaced_by"] is None and act["lapsed_at"] is None
    ]


def duties_after(law: Law, code: str, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the law asks after these acts without a delay that could be computed.

    `until` is its fixed last day, by the latest of the acts.
    """
    found: dict[str, tuple[Duty, date]] = {}
    for act in acts:
        if act["replaced_by"] is None and act["lapsed_at"] is None:
            acted_on, kind = date.fromisoformat(act["acted_on"]), ActKind(act["kind"])
            duties = law.on(code, acted_on).duties
            found |= {
                duty.id: (duty, acted_on)
                for duty in duties
                if duty.follows(kind) and duty.in_force_on(acted_on)
            }
    return [
        {
            "rule_id": duty.id,
            "trigger": duty.triggers[0].value,
            "until": last.date if (last := duty.last_day(acted_on)) else None,
            "article": duty.article,
            "source": duty.source,
            "sources": sources_of(duty),
            "certainty": duty.certainty.value,
            "explanation": asdict(duty.explanation),
        }
        for duty, acted_on in found.values()
    ]
