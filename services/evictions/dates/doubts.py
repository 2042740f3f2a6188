"""What makes the date of an act doubtful. Pure.

A doubt is named beside the act, whatever the order in which acts were written down; it is never a
reason to refuse one.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from services.evictions.dates.facts import AnAct, dated
from services.evictions.law.in_force import Law
from services.evictions.law.rulebook import ActKind, Certainty, Lifting, Moratorium, liftings

# What one of these acts must have come before. One that nobody wrote down is no doubt: the network
# often hears of a procedure when it is under way.
_PETITIONS = (ActKind.PETITION, ActKind.UNILATERAL_PETITION, ActKind.CITATION)
_JUDGMENTS = (ActKind.JUDGMENT, ActKind.DEFAULT_JUDGMENT)
COMES_AFTER: Mapping[ActKind, tuple[ActKind, ...]] = {
    ActKind.PETITION: (ActKind.FORMAL_NOTICE,),
    ActKind.SUMMONS: _PETITIONS,
    ActKind.HEARING: _PETITIONS,
    ActKind.JUDGMENT: (ActKind.HEARING,),
    ActKind.DEFAULT_JUDGMENT: (ActKind.HEARING,),
    ActKind.SERVICE: _JUDGMENTS,
    ActKind.BAILIFF_NOTICE: (ActKind.SERVICE,),
    ActKind.EVICTION: (ActKind.SERVICE,),
}


class ADate(Protocol):
    """A date that may forbid an act: the first lawful day of its kind."""

    @property
    def act_id(self) -> UUID: ...

    @property
    def rule_id(self) -> str: ...

    @property
    def computes(self) -> str: ...

    @property
    def article(self) -> str: ...

    @property
    def effective_date(self) -> date: ...


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
            *_in_moratorium(act, acts, code, law),
            *_of_no_exception(act, code, law),
            *_out_of_order(act, acts),
            *_received_before_sent(act),
        ]
        for act in acts
    }


def _too_early(act: AnAct, deadlines: Sequence[ADate]) -> list[dict[str, Any]]:
    """Earliest lawful dates of this kind of act that its day does not respect."""
    early = [
        row
        for row in deadlines
        if row.computes == f"{act.kind}_not_before" and row.effective_date > act.acted_on
    ]
    return [
        {
            "code": "before-lawful-date",
            "rule_id": row.rule_id,
            "lawful_from": row.effective_date.isoformat(),
            "article": row.article,
        }
        for row in sorted(early, key=lambda row: (row.effective_date, row.rule_id))
    ]


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
        }
        for season in law.on(code, act.acted_on).moratoria
        if season.covers(act.acted_on) and not _is_lifted(season, lifted)
    ]


def _is_lifted(season: Moratorium, lifted: tuple[Lifting, ...]) -> bool:
    found = season.exempted(lifted)
    return found is not None and found[0].certainty is Certainty.FOUND


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
