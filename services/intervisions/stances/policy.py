"""When a case may be proposed, and who lifts its impasse. Pure."""

from services.consent.policy import Access, require_team
from services.intervisions.stances.model import Answer, IntervisionAgreement
from services.shared.errors import Refused, RuleBroken


def require_agreed(said: IntervisionAgreement | None) -> None:
    """The household must have said yes; no answer is no yes."""
    if said is None:
        raise RuleBroken("agreement-missing")
    if said.answer != Answer.AGREED:
        raise RuleBroken("agreement-refused")


def require_lifter(access: Access, *, flagged_it: bool) -> None:
    """The reference worker lifts an impasse, or the member of the team who flagged it."""
    require_team(access)
    if not (access.leads or flagged_it):
        raise Refused("not-the-reference-worker")
