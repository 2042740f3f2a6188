"""What follows from the access an actor has to a case. Pure: facts in, a reason out."""

from dataclasses import dataclass

from services.shared.categories import Category
from services.shared.errors import Refused


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
