"""What is shown of a closing: all of it to the reference worker, the proposal to whoever looks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.cases.standing import counts
from services.consent import policy
from services.consent.queries import access_to
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork

_ITEMS_OF = text("SELECT kind, open FROM open_items_of_closing(:closing)")


@dataclass(frozen=True)
class ClosingView:
    """`open_items` counts what is ahead: as proposed, and as of now for whoever is to look."""

    id: UUID
    case_id: UUID
    case_code: str
    reason: str
    words: str | None
    despite: str | None
    open_items: dict[str, int]
    state: str
    proposed_by: UUID
    proposer: str
    proposed_at: datetime
    reviewer_id: UUID
    reviewer: str
    decided_at: datetime | None
    refusal: str | None
    reopened_at: datetime | None
    reopening_reason: str | None
    version: int


_CLOSINGS = text(
    """
    SELECT k.id, k.case_id, c.code, k.reason, k.words, k.despite, k.open_items, k.state,
           k.proposed_by, x.name, k.proposed_at, k.reviewer_id, y.name, k.decided_at, k.refusal,
           k.reopened_at, k.reopening_reason, k.version
    FROM closings k JOIN cases c ON c.id = k.case_id
    JOIN professionals x ON x.id = k.proposed_by JOIN professionals y ON y.id = k.reviewer_id
    WHERE (CAST(:case AS uuid) IS NULL OR k.case_id = :case)
      AND (CAST(:closing AS uuid) IS NULL OR k.id = :closing)
      AND (:mine IS NOT TRUE OR k.reviewer_id = app_professional() AND k.state = 'proposed'
           AND k.proposed_at > app_now() - interval '7 days')
      AND (k.reviewer_id = app_professional() AND k.state = 'proposed'
        OR EXISTS (SELECT 1 FROM may_see s WHERE s.case_id = k.case_id AND s.leads))
    ORDER BY k.proposed_at, k.id
    """
)


def open_items_of(closing_id: UUID, *, uow: UnitOfWork) -> dict[str, int]:
    """Numbers only, for whoever was asked for the second look. NotFound for anybody else."""
    items = counts(uow.session.execute(_ITEMS_OF, {"closing": closing_id}).all())
    if not items:
        raise NotFound
    return items


def waiting_for_my_look(*, uow: UnitOfWork) -> list[ClosingView]:
    """Proposals that wait for the actor's second look."""
    values = {"case": None, "closing": None, "mine": True}
    return [ClosingView(*row) for row in uow.session.execute(_CLOSINGS, values)]


def closings_of(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[ClosingView]:
    """Every closing of a case, the first first, for its reference worker."""
    policy.require_lead(access_to(case_id, uow=uow))
    values = {"case": case_id, "closing": None, "mine": False}
    views = [ClosingView(*row) for row in uow.session.execute(_CLOSINGS, values)]
    uow.read(case_id, "closings", 0, actor=actor)
    return views


def closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> ClosingView:
    """One closing. Whoever looks sees what is ahead now, and that they looked is written down."""
    values = {"case": None, "closing": closing_id, "mine": False}
    row = uow.session.execute(_CLOSINGS, values).one_or_none()
    if row is None:
        raise NotFound
    view = ClosingView(*row)
    uow.read(view.case_id, "closing", 0, actor=actor)
    if view.reviewer_id == actor.id and view.state == "proposed":
        now = open_items_of(closing_id, uow=uow)
        view = ClosingView(**{**vars(view), "open_items": now})
    return view
