"""What makes the date of an act doubtful. Pure.

A doubt is named beside the act, whatever the order in which acts were written down; it is never a
reason to refuse one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.evictions.dates.facts import AnAct, dated
from services.evictions.law.acts import INTRODUCTIONS, JUDGMENTS, ActKind, liftings
from services.evictions.law.in_force import Law
from services.evictions.law.life import Limits
from services.evictions.law.moratorium import NO_EXECUTION
from services.evictions.law.rulebook import Bound, Rule

# What one of these acts must have come before. One that nobody wrote down is no doubt: the network
# often hears of a procedure when it is under way.
COMES_AFTER: Mapping[ActKind, tuple[ActKind, ...]] = {
    ActKind.PETITION: (ActKind.FORMAL_NOTICE,),
    ActKind.SUMMONS: INTRODUCTIONS,
    ActKind.HEARING: INTRODUCTIONS,
    **dict.fromkeys(JUDGMENTS, (ActKind.HEARING,)),
    ActKind.SERVICE: JUDGMENTS,
    ActKind.BAILIFF_NOTICE: (ActKind.SERVICE,),
    ActKind.EVICTION: (ActKind.SERVICE,),
    ActKind.APPEAL: JUDGMENTS,
    ActKind.OPPOSITION: JUDGMENTS,
    ActKind.APPEAL_JUDGMENT: (ActKind.APPEAL,),
    ActKind.EVICTION_POSTPONED: (ActKind.SERVICE,),
}


class ADate(Protocol):
    """A date that an act may not respect; without a rule it stands only by a person's word."""

    @property
    def act_id(self) -> UUID: ...

    @property
    def rule_id(self) -> str: ...

    @property
    def computes(self) -> str: ...

    @property
    def article(self) -> str: ...

    @property
    def rule(self) -> Rule | None: ...

    @property
    def limits(self) -> Limits | None: ...

    @property
    def ended_by(self) -> UUID | None: ...


def doubts(
    acts: Sequence[AnAct], deadlines: Sequence[ADate], code: str, law: Law
) -> dict[UUID, list[dict[str, Any]]]:
    """The warnings that the date of each act in force deserves, by the id of the act."""
    days = {act.id: act.acted_on for act in acts}
    return {
        act.id: [
            *_too_early(
                act,
                [row for row in deadlines if days.get(row.act_id, act.acted_on) <= act.acted_on],
            ),
            *_too_late(act, [row for row in deadlines if row.ended_by == act.id]),
            *_on_no_execution_day(act, law),
            *_without_title(act),
            *_in_moratorium(act, acts, code, law),
            *_of_no_exception(act, code, law),
            *_out_of_order(act, acts),
            *_received_before_sent(act),
        ]
        for act in acts
    }


def _too_early(act: AnAct, deadlines: Sequence[ADate]) -> list[dict[str, Any]]:
    """Earliest lawful dates of this kind of act that its day does not respect."""
    return _against("before-lawful-date", "lawful_from", Bound.NOT_BEFORE, act, deadlines)


def _too_late(act: AnAct, deadlines: Sequence[ADate]) -> list[dict[str, Any]]:
    """Last days that the act which ended them does not respect, by the strictest reading."""
    return _against("after-lawful-date", "day", Bound.UNTIL, act, deadlines)


def _against(
    code: str, day: str, bound: Bound, act: AnAct, deadlines: Sequence[ADate]
) -> list[dict[str, Any]]:
    found = [
        (row.limits.strict, row.rule_id, row.rule, row.article)
        for row in deadlines
        if row.rule is not None
        and row.limits is not None
        and row.rule.bound is bound
        and act.kind in row.rule.completed_by
        and not row.limits.sure(act.acted_on)
    ]
    return [
        {
            "code": code,
            "rule_id": rule_id,
            day: strict.isoformat(),
            "article": article,
            "breach": rule.shields,
        }
        for strict, rule_id, rule, article in sorted(found, key=lambda one: one[:2])
    ]


def _on_no_execution_day(act: AnAct, law: Law) -> list[dict[str, Any]]:
    """No eviction on a Saturday, a Sunday or a legal holiday, in any region (C. jud. art. 1387)."""
    if act.kind != ActKind.EVICTION or law.calendar.is_working_day(act.acted_on):
        return []
    return [
        {
            "code": "no-execution-day",
            "lawful_from": law.calendar.next_working_day(act.acted_on).isoformat(),
            "article": NO_EXECUTION,
            "breach": True,
        }
    ]


def _without_title(act: AnAct) -> list[dict[str, Any]]:
    if act.kind != ActKind.UNLAWFUL_EVICTION:
        return []
    return [{"code": "no-enforceable-title", "article": "CBL art. 233/1", "breach": True}]


def _of_no_exception(act: AnAct, code: str, law: Law) -> list[dict[str, Any]]:
    """A warning for a ground that no moratorium of this regime knows: it lifts nothing."""
    seasons = law.on(code, act.acted_on).moratoria
    known = {each.ground for season in seasons for each in season.exemptions}
    if act.ground is None or act.ground in known:
        return []
    return [{"code": "no-such-exception"}]


def _in_moratorium(act: AnAct, acts: Sequence[AnAct], code: str, law: Law) -> list[dict[str, Any]]:
    if act.kind != ActKind.EVICTION:
        return []
    before = [each for each in acts if each.acted_on <= act.acted_on]
    lifted = liftings(dated(each) for each in before)
    return [
        {
            "code": "in-moratorium",
            "rule_id": season.id,
            "lawful_from": season.first_day_after(act.acted_on).isoformat(),
            "article": season.article,
            "breach": season.is_certain,
        }
        for season in law.on(code, act.acted_on).moratoria
        if season.covers(act.acted_on) and not season.is_lifted(lifted)
    ]


def _out_of_order(act: AnAct, acts: Sequence[AnAct]) -> list[dict[str, Any]]:
    before = COMES_AFTER.get(ActKind(act.kind), ())
    days = [other.acted_on for other in acts if other.kind in before]
    if not days or min(days) <= act.acted_on:
        return []
    return [{"code": "before-what-it-follows", "lawful_from": min(days).isoformat()}]


def _received_before_sent(act: AnAct) -> list[dict[str, Any]]:
    if act.received_on is None or act.received_on >= act.acted_on:
        return []
    return [{"code": "received-before-sent"}]
