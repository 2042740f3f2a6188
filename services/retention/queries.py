"""The end of a case: when it goes, what goes with it, which erasures wait for a coordinator."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from services.consent.policy import require_lead
from services.consent.queries import access_to
from services.network.policy import require_role
from services.retention.classes import CASE, CLASSES
from services.retention.model import CaseRetention, Erasure, ErasureState
from services.shared.actor import Actor, RoleKind
from services.shared.unit_of_work import UnitOfWork

AT_MOST = 100
_PREVIEW = text("SELECT what, rows FROM erasure_preview(:case)")


@dataclass(frozen=True)
class RetentionView:
    """`purge_from`: not before this instant, nor before the warning was 30 days old."""

    case_id: UUID
    closed_at: datetime | None
    purge_from: datetime | None
    warned_at: datetime | None
    held_until: datetime | None
    hold_reason: str | None
    version: int
    erasure: Erasure | None
    would_delete: list[dict[str, Any]]


def retention(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> RetentionView:
    """A dry run of the erasure, in counts, for the reference worker."""
    require_lead(access_to(case_id, uow=uow))
    kept = uow.session.get(CaseRetention, case_id) or CaseRetention(case_id=case_id, version=0)
    planned = select(Erasure).where(Erasure.case_id == case_id)
    erasure = uow.session.scalars(
        planned.where(Erasure.state != ErasureState.WITHDRAWN)
    ).one_or_none()
    rows = uow.session.execute(_PREVIEW, {"case": case_id})
    uow.read(case_id, "retention", 0, actor=actor)
    return RetentionView(
        case_id=case_id,
        closed_at=kept.closed_at,
        purge_from=kept.closed_at and kept.closed_at + CLASSES[CASE].period,
        warned_at=kept.warned_at,
        held_until=kept.held_until,
        hold_reason=kept.hold_reason,
        version=kept.version,
        erasure=erasure,
        would_delete=[{"what": what, "rows": count} for what, count in rows],
    )


def erasures(state: ErasureState, *, actor: Actor, uow: UnitOfWork) -> list[Erasure]:
    """The oldest first, for coordinators: codes and dates, nothing of the cases."""
    require_role(actor, RoleKind.COORDINATOR)
    found = select(Erasure).where(Erasure.state == state)
    return list(
        uow.session.scalars(found.order_by(Erasure.requested_at, Erasure.id).limit(AT_MOST))
    )
