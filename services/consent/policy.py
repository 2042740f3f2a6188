"""What follows from the access an actor has to a case. Pure: facts in, a reason out."""

from dataclasses import dataclass
from uuid import UUID

from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import Refused, RuleBroken


@dataclass(frozen=True)
class Access:
    """What an actor may see of one case at one instant."""

    leads: bool
    in_team: bool
    as_liaison: bool
    mask: Category


def require_reference_worker(access: Access) -> None:
    if not access.leads:
        raise Refused("not-the-reference-worker")


def require_team(access: Access) -> None:
    if not access.in_team:
        raise Refused("not-in-the-team")


def require_category(access: Access, category: Category) -> None:
    """One may only write where one may read."""
    if not access.mask & category:
        raise Refused("category-not-open")


def require_liaison(access: Access) -> None:
    if not access.as_liaison:
        raise Refused("not-the-liaison")


def require_hand_over_first(
    reference_worker: Actor, professional_id: UUID | None, organisation_id: UUID | None
) -> None:
    """Whoever is responsible for the case is not shut out of it: they hand it over before."""
    if (
        professional_id == reference_worker.id
        or organisation_id == reference_worker.organisation_id
    ):
        raise RuleBroken("hand-over-first")
