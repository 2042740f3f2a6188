"""What no message could tell, somebody tells: a task for the team, once for each person."""

from sqlalchemy import text

from services.cases.events import AlertUndelivered
from services.shared.unit_of_work import UnitOfWork

# The database puts the name in, which the workers do not read.
_WRITE = text("SELECT write_tell_task(:alert, :whom)")


def write_tell_task(event: AlertUndelivered, *, uow: UnitOfWork) -> None:
    """Nothing if the alert was answered or called off meanwhile, or if such a task is open."""
    uow.session.execute(_WRITE, {"alert": event.alert_id, "whom": event.professional_id})
