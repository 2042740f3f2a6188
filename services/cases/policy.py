"""Who may answer an invitation or a handover, and who may be asked."""

from services.cases.handover_model import Handover
from services.cases.model import Participation
from services.network.queries import ProfessionalView
from services.shared.actor import Actor, RoleKind
from services.shared.errors import NotFound, Refused, RuleBroken


def require_own_invitation(actor: Actor, place: Participation) -> None:
    """Somebody else's invitation does not exist for this actor."""
    if place.professional_id != actor.id:
        raise NotFound


def require_receiver(actor: Actor, handover: Handover) -> None:
    if handover.to_id != actor.id:
        raise NotFound


def require_proposer(actor: Actor, handover: Handover) -> None:
    """The receiver sees the proposal, but declines instead of withdrawing it."""
    if handover.from_id != actor.id:
        raise Refused("not-the-author")


def require_worker(receiver: ProfessionalView) -> None:
    """Only an active worker can be a reference worker."""
    if RoleKind.WORKER not in receiver.roles:
        raise RuleBroken("receiver-not-a-worker")
