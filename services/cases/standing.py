"""A proposal about a case that still stands: a closing or a handover excludes the other."""

from uuid import UUID

from sqlalchemy import select

from services.cases.closing_model import LOOK_WITHIN, Closing, ClosingState
from services.cases.handover_model import Handover, HandoverState
from services.cases.model import Case, CaseState
from services.shared.errors import Conflict, NotFound
from services.shared.unit_of_work import UnitOfWork


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


def _require_no_handover(case_id: UUID, *, uow: UnitOfWork) -> None:
    standing = select(Handover.id).where(
        Handover.case_id == case_id, Handover.state == HandoverState.PROPOSED
    )
    if uow.session.scalar(standing):
        raise Conflict("handover-already-proposed")
