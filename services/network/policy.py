"""Who may change the network. Administration gives no right over any case."""

from services.shared.actor import Actor, RoleKind
from services.shared.errors import Refused


def require_role(actor: Actor, role: RoleKind) -> None:
    if not actor.has(role):
        raise Refused("role-required", role=role.value)


def may_sign(actor: Actor) -> bool:
    """A coordinator or an administrator signs, and only for their own organisation."""
    return actor.has(RoleKind.COORDINATOR) or actor.has(RoleKind.ADMINISTRATOR)


def require_signatory(actor: Actor) -> None:
    if not may_sign(actor):
        raise Refused("not-a-signatory")
