"""Who of a household has a view of their own."""

from services.households.model import Member
from services.shared.errors import RuleBroken


def require_adult(member: Member) -> None:
    """A child is represented by the adults; their access is a matter for the reference worker."""
    if member.role != "adult":
        raise RuleBroken("portal-for-adults-only")


def require_present(member: Member) -> None:
    if member.left_on is not None:
        raise RuleBroken("member-already-left")
