"""What no message could tell, somebody tells: a task for the team, once for each person."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from services.cases.events import AlertUndelivered
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import LANGUAGES, say

_WRITE = text("SELECT write_tell_task(:alert, :whom, :titles)").bindparams(
    bindparam("titles", type_=JSONB)
)


def write_tell_task(event: AlertUndelivered, *, uow: UnitOfWork) -> None:
    """Nothing if the alert was answered or called off meanwhile, or if such a task is open."""
    # In the language of whoever answers for the case; the database puts the name in, which the
    # workers do not read.
    titles = {each: say("task.tell_in_person", each, name="%s") for each in LANGUAGES}
    values = {"alert": event.alert_id, "whom": event.professional_id, "titles": titles}
    uow.session.execute(_WRITE, values)
