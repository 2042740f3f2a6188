"""What came out of a hearing, recorded once it was held (F39)."""

from uuid import UUID

from services.consent.queries import access_to
from services.evictions.hearings.model import Hearing, HearingResult
from services.evictions.policy import require_recorder
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


def record_result(
    procedure_id: UUID,
    hearing_id: UUID,
    result: HearingResult,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    """What is still planned about it ends. Adjourned to a known date, it is moved instead."""
    hearing = load(Hearing, hearing_id, uow=uow)
    require_recorder(access_to(hearing.case_id, uow=uow))
    if hearing.procedure_id != procedure_id:
        raise NotFound
    lock(hearing, uow=uow)
    require_version(hearing, version)
    before = {"state": hearing.state, "version": version}
    hearing.record_result(result, uow.now())
    alerts.cancel(hearing.id, uow=uow)
    uow.session.flush()
    after = {"state": hearing.state, "result": hearing.result, "version": hearing.version}
    uow.record("record_result", hearing, actor=actor, before=before, after=after)
    return hearing
