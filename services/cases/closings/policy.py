"""Who may take the second look at a closing: somebody else, whom it lets into nothing."""

from uuid import UUID

from sqlalchemy import text

from services.network.queries import ProfessionalView, professional
from services.shared.actor import RoleKind
from services.shared.categories import ALL
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork

_TEAM_MAY_READ = text("SELECT team_may_read(:case, :who, :category)")


def require_other_eyes(
    reviewer_id: UUID, proposer_id: UUID, case_id: UUID, *, uow: UnitOfWork
) -> None:
    """A participant to whom the household opened something, or a worker of the same organisation.

    Judged when they are named and once more when they answer: both may have changed.
    """
    if reviewer_id == proposer_id:
        raise RuleBroken("own-closing")
    reviewer = professional(reviewer_id, uow=uow)
    proposer = professional(proposer_id, uow=uow)
    if not (_is_colleague(reviewer, proposer) or _takes_part(reviewer_id, case_id, uow=uow)):
        raise RuleBroken("reviewer-not-eligible")


def _is_colleague(reviewer: ProfessionalView, proposer: ProfessionalView) -> bool:
    same = reviewer.organisation_id == proposer.organisation_id
    return same and RoleKind.WORKER in reviewer.roles


def _takes_part(who: UUID, case_id: UUID, *, uow: UnitOfWork) -> bool:
    values = {"case": case_id, "who": who, "category": int(ALL)}
    return bool(uow.session.scalar(_TEAM_MAY_READ, values))
