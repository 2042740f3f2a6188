"""Rule sets, changes and recomputations for administrators: codes, days and counts.

The dates that moved are for the reference worker of each case.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text

from services.evictions.law import rulesets
from services.evictions.law.model import (
    ChangeKind,
    ChangeState,
    Recomputation,
    RuleChange,
    RuleSetConfirmation,
)
from services.network.policy import require_network_administrator
from services.shared.actor import Actor
from services.shared.errors import Conflict
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class RuleSetVersion:
    """A version of a rule set; `change_id` is None for what comes with the program.

    `confirmed`: a lawyer of the network confirms it as it is; `confirmations` are all there were.
    """

    code: str
    version: int
    valid_from: date
    state: str
    shipped: bool
    change_id: UUID | None
    confirmed: bool
    confirmations: list[RuleSetConfirmation]


@dataclass(frozen=True)
class MovedDate:
    id: UUID
    case_id: UUID
    case_code: str
    procedure_id: UUID
    recomputation_id: UUID
    applied_at: datetime | None
    rule_id: str
    computes: str
    kind: str
    before: date | None
    after: date | None


_MOVED = text(
    """
    SELECT d.id, d.case_id, c.code, d.procedure_id, d.recomputation_id, r.applied_at, d.rule_id,
           d.computes, d.kind, d.before, d.after
    FROM recomputed_deadlines d
    JOIN may_see s ON s.case_id = d.case_id AND s.leads
    JOIN cases c ON c.id = d.case_id
    JOIN recomputations r ON r.id = d.recomputation_id
    WHERE (CAST(:recomputation AS uuid) IS NULL OR d.recomputation_id = :recomputation)
      AND (CAST(:after AS text) IS NULL OR (c.code, d.id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY c.code, d.id LIMIT :limit
    """
)


def moved_dates(
    recomputation_id: UUID | None,
    *,
    after: tuple[str, UUID] | None,
    limit: int,
    actor: Actor,
    uow: UnitOfWork,
) -> list[MovedDate]:
    """What moves, or moved, in the cases of which the actor is the reference worker."""
    code, key = after or (None, None)
    values = {"recomputation": recomputation_id, "after": code, "after_id": key, "limit": limit}
    found = [MovedDate(*row) for row in uow.session.execute(_MOVED, values)]
    for each in {line.case_id for line in found}:
        uow.read(each, "deadlines", 0, actor=actor)
    return found


def rule_set_versions(*, uow: UnitOfWork) -> list[RuleSetVersion]:
    """Every version, shipped or loaded, by code and number, and who confirmed it."""
    shipped = [rulesets.shipped(code) for code in rulesets.codes()]
    versions: list[tuple[str, int, date, str, UUID | None]]
    versions = [(each.code, each.version, each.valid_from, "active", None) for each in shipped]
    for row in uow.session.scalars(select(RuleChange).where(RuleChange.kind == ChangeKind.VERSION)):
        assert row.rule_set is not None
        assert row.number is not None
        assert row.valid_from is not None
        versions.append((row.rule_set, row.number, row.valid_from, row.state, row.id))
    known = _confirmations(uow=uow)
    found = []
    for code, number, since, state, change in versions:
        confirmations = [] if state == ChangeState.DRAFT else known.get((code, number), [])
        confirmed = state == ChangeState.ACTIVE and any(map(_holds, confirmations))
        version = (code, number, since, state, change is None, change)
        found.append(RuleSetVersion(*version, confirmed, confirmations))
    return sorted(found, key=lambda each: (each.code, each.version, each.state))


def _holds(confirmation: RuleSetConfirmation) -> bool:
    """Neither taken back nor overtaken; functions.sql says the same to whoever asks of a date."""
    return (
        confirmation.withdrawn_at is None
        and confirmation.lapsed_at is None
        and confirmation.law_text == rulesets.fingerprint(confirmation.rule_set)
    )


def _confirmations(*, uow: UnitOfWork) -> dict[tuple[str, int], list[RuleSetConfirmation]]:
    found: dict[tuple[str, int], list[RuleSetConfirmation]] = {}
    ordered = (RuleSetConfirmation.recorded_at, RuleSetConfirmation.id)
    for each in uow.session.scalars(select(RuleSetConfirmation).order_by(*ordered)):
        found.setdefault((each.rule_set, each.number), []).append(each)
    return found


def rule_changes(*, actor: Actor, uow: UnitOfWork) -> list[RuleChange]:
    require_network_administrator(actor)
    return list(uow.session.scalars(select(RuleChange).order_by(RuleChange.made_at, RuleChange.id)))


def recomputation(recomputation_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Recomputation:
    """A recomputation: how far it is, and how many dates it moves; never which."""
    require_network_administrator(actor)
    return load(Recomputation, recomputation_id, uow=uow)


def require_latest(run: Recomputation, *, uow: UnitOfWork) -> None:
    """Conflict if rules changed since the comparison: it is no preview of anything any more."""
    since = select(func.count()).where(Recomputation.applied_at >= run.asked_at)
    if uow.session.scalar(since):
        raise Conflict("recomputation-outdated")
