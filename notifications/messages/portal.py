"""The household did something by itself: its reference worker hears that there is something to
read. What it was stands in the file alone."""

from services.portal.events import ChoiceMade, RequestMade
from services.shared.alerts import RecipientRole, tell
from services.shared.unit_of_work import UnitOfWork


def tell_choice(event: ChoiceMade, *, uow: UnitOfWork) -> None:
    """One message for each choice, so that none is overlooked.

    Given and taken back are two choices about one object: its version tells them apart.
    """
    lead = RecipientRole.REFERENCE_WORKER
    tell(event, event.choice_id, lead, version=event.version, uow=uow)


def tell_request(event: RequestMade, *, uow: UnitOfWork) -> None:
    tell(event, event.request_id, RecipientRole.REFERENCE_WORKER, uow=uow)
