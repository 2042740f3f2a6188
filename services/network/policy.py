"""Who may change the network. Administration gives no right over any case."""

from collections.abc import Collection
from uuid import UUID

from services.shared.actor import Actor, RoleKind
from services.shared.errors import Refused


def require_role(actor: Actor, role: RoleKind) -> None:
    if not actor.has(role):
        raise Refused("role-required", role=role.value)


def require_network_administrator(actor: Actor) -> None:
    """Who administers and coordinates: organisations, and whoever gets a right over several."""
    require_role(actor, RoleKind.ADMINISTRATOR)
    require_role(actor, RoleKind.COORDINATOR)


def require_registrar(actor: Actor, organisation_id: UUID, roles: Collection[RoleKind]) -> None:
    """An administrator registers colleagues; the network's administrator also everybody else.

    Liaisons, coordinators and administrators reach beyond one organisation.
    """
    require_role(actor, RoleKind.ADMINISTRATOR)
    reaching = {RoleKind.LIAISON, RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR}
    if organisation_id != actor.organisation_id or reaching & set(roles):
        require_network_administrator(actor)


def may_sign(actor: Actor) -> bool:
    """A coordinator or an administrator signs, and only for their own organisation."""
    return actor.has(RoleKind.COORDINATOR) or actor.has(RoleKind.ADMINISTRATOR)


def require_signatory(actor: Actor) -> None:
    if not may_sign(actor):
        raise Refused("not-a-signatory")
