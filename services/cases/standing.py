"""A proposal about a case that still stands: a closing or a handover excludes the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.orm import InstrumentedAttribute

from services.cases.closing_model import LOOK_WITHIN, Closing, ClosingState
from services.cases.events import ClosingExpired, HandoverExpired
from services.cases.handover_model import ANSWER_WITHIN, Handover, HandoverState
from services.cases.model import Case, CaseState
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound
from services.shared.events import Event
from services.shared.loading import load
from services.shared.tables import NO_SYNC
from services.shared.unit_of_work import UnitOfWork

_ITEMS = text("SELECT kind, open FROM open_items(:case)")


def hold_course(case_id: UUID, *, uow: UnitOfWork) -> Case:
    """The case, held: of a handover and a closing that are proposed at once, one sees the other."""
    held = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    case = uow.session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if case is None:
        raise NotFound
    if case.state == CaseState.CLOSED:
        raise Conflict("case-closed")
    return case


def require_no_closing(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Whoever takes over decides anew; a proposal that is over in time counts no more."""
    standing = select(Closing.id).where(
        Closing.case_id == case_id,
        Closing.state == ClosingState.PROPOSED,
        Closing.proposed_at > uow.now() - LOOK_WITHIN,
    )
    if uow.session.scalar(standing):
        raise Conflict("closing-already-proposed")


def require_no_handover(case_id: UUID, *, uow: UnitOfWork) -> None:
    standing = select(Handover.id).where(
        Handover.case_id == case_id, Handover.state == HandoverState.PROPOSED
    )
    if uow.session.scalar(standing):
        raise Conflict("handover-already-proposed")


def open_items(case_id: UUID, *, uow: UnitOfWork) -> dict[str, int]:
    """How many of each kind are still ahead in a case, as far as the actor may read them."""
    return counts(uow.session.execute(_ITEMS, {"case": case_id}).all())


def counts(rows: Iterable[Any]) -> dict[str, int]:
    """Rows of a kind and a number, as a dictionary."""
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True, kw_only=True)
class _Proposals:
    """One table of proposals: how long each waits for an answer, and what its expiry writes."""

    model: type[Closing] | type[Handover]
    waits: timedelta
    answered_at: str
    # Never the whole row: workers may not read the words of a proposal.
    columns: Sequence[InstrumentedAttribute[UUID]]
    action: str
    event: Callable[[Any], Event]


CLOSINGS = _Proposals(
    model=Closing,
    waits=LOOK_WITHIN,
    answered_at="decided_at",
    columns=(Closing.id, Closing.case_id),
    action="expire_closing",
    event=lambda row: ClosingExpired(case_id=row.case_id, closing_id=row.id),
)
HANDOVERS = _Proposals(
    model=Handover,
    waits=ANSWER_WITHIN,
    answered_at="answered_at",
    columns=(Handover.id, Handover.case_id, Handover.from_id, Handover.to_id),
    action="expire_handover",
    event=lambda row: HandoverExpired(
        case_id=row.case_id, handover_id=row.id, from_id=row.from_id, to_id=row.to_id
    ),
)


def expire(proposals: _Proposals, *, uow: UnitOfWork) -> int:
    """End every proposal that waited too long, however long ago; returns how many."""
    expired = _expired(proposals, uow=uow)
    for row in expired:
        uow.announce(proposals.event(row), actor=None)
    return len(expired)


def expire_of_case(proposals: _Proposals, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    """A proposal whose time is over is in nobody's way, whether or not a sweep has passed."""
    for row in _expired(proposals, proposals.model.case_id == case_id, uow=uow):
        uow.record(
            proposals.action,
            load(proposals.model, row.id, uow=uow),
            actor=actor,
            before={"state": "proposed"},
            after={"state": "expired"},
            event=proposals.event(row),
        )


def _expired(proposals: _Proposals, *where: ColumnElement[bool], uow: UnitOfWork) -> Sequence[Any]:
    model = proposals.model
    overdue = (
        select(model.id)
        .where(model.state == "proposed", *where)
        .where(model.proposed_at <= uow.now() - proposals.waits)
        .with_for_update(skip_locked=True)
    )
    ended = {"state": "expired", proposals.answered_at: uow.now(), "version": model.version + 1}
    expired = update(model).where(model.id.in_(overdue)).values(ended)
    returned = expired.returning(*proposals.columns)
    return uow.session.execute(returned, execution_options=NO_SYNC).all()
