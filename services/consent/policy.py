"""What follows from the access an actor has to a case. Pure: facts in, a reason out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.consent.break_glass.model import SUSPENDED_AFTER, BreakGlassOpening
from services.shared.actor import Actor, RoleKind
from services.shared.categories import Category
from services.shared.errors import Conflict, Refused, RuleBroken


@dataclass(frozen=True)
class Access:
    """What an actor may do with one case at one instant. Break-glass counts for nothing here: it
    reads, and every command asks for more."""

    leads: bool
    takes_part: bool
    as_liaison: bool
    write_mask: Category
    closed: bool = False


def require_lead(access: Access) -> None:
    """The reference worker reads, and writes what the household may always say (a withdrawal, an
    exclusion), in a closed case too."""
    if not access.leads:
        raise Refused("not-the-reference-worker")


def require_reference_worker(access: Access) -> None:
    """The reference worker changes something while the case is not closed."""
    require_lead(access)
    _require_not_closed(access)


def require_place(access: Access) -> None:
    """A member of the team reads."""
    if not access.takes_part:
        raise Refused("not-in-the-team")


def require_team(access: Access) -> None:
    """A member of the team changes something while the case is not closed."""
    require_place(access)
    _require_not_closed(access)


def _require_not_closed(access: Access) -> None:
    if access.closed:
        raise Conflict("case-closed")


def require_category(access: Access, category: Category) -> None:
    """One may only write where one may read."""
    if not access.write_mask & category:
        raise Refused("category-not-open")


def require_liaison(access: Access) -> None:
    if not access.as_liaison:
        raise Refused("not-the-liaison")


def require_no_conflicting_role(actor: Actor) -> None:
    """Reviewers judge break-glass and liaisons serve the court: neither uses it."""
    for role in (RoleKind.COORDINATOR, RoleKind.LIAISON):
        if actor.has(role):
            raise Refused("break-glass-not-with-this-role", role=role.value)


def require_reviewed(oldest_unreviewed: datetime | None, *, now: datetime) -> None:
    """Seven days without a review suspend the right, until somebody reviews."""
    if oldest_unreviewed is not None and now >= oldest_unreviewed + SUSPENDED_AFTER:
        raise Refused("break-glass-suspended")


def require_not_own(actor: Actor, opening: BreakGlassOpening) -> None:
    if opening.professional_id == actor.id:
        raise Refused("own-break-glass")


def require_hand_over_first(
    reference_worker: Actor, professional_id: UUID | None, organisation_id: UUID | None
) -> None:
    """Whoever is responsible for the case is not shut out of it: they hand it over before."""
    if (
        professional_id == reference_worker.id
        or organisation_id == reference_worker.organisation_id
    ):
        raise RuleBroken("hand-over-first")
