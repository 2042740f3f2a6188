"""Who may take the second look at a closing: somebody else, whom it lets into nothing. Pure."""

from services.network.queries import ProfessionalView
from services.shared.actor import RoleKind
from services.shared.errors import RuleBroken


def require_other_eyes(
    reviewer: ProfessionalView, proposer: ProfessionalView, *, takes_part: bool
) -> None:
    """A reviewer is a participant to whom the household opened something (`takes_part`), or a
    worker of the proposer's organisation; RuleBroken for anybody else and for the proposer.
    """
    if reviewer.id == proposer.id:
        raise RuleBroken("own-closing")
    same = reviewer.organisation_id == proposer.organisation_id
    if not (takes_part or (same and RoleKind.WORKER in reviewer.roles)):
        raise RuleBroken("reviewer-not-eligible")
