"""The household did something by itself: its reference worker hears that there is something to
read. What it was stands in the file alone."""

from services.portal.events import ChoiceMade, RequestMade
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork


def tell_choice(event: ChoiceMade, *, uow: UnitOfWork) -> None:
    """One message for each choice, so that none is overlooked."""
    told = NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=event.choice_id,
        # Given and taken back are two choices about one object.
        object_version=event.version,
        due_at=uow.now(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
    )
    alerts.plan([told], uow=uow)


def tell_request(event: RequestMade, *, uow: UnitOfWork) -> None:
    told = NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=event.request_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
    )
    alerts.plan([told], uow=uow)
