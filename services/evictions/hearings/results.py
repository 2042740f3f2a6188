"""Record what came out of a hearing once it was held (F39)."""

from uuid import UUID

from services.consent.hold import hold
from services.evictions.hearings.model import Hearing, HearingResult, HearingState
from services.evictions.policy import require_recorder
from services.shared import alerts
from services.shared.actor import Actor
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
    """Record what came out of a hearing that was held; what is still planned about it ends.

    A hearing that is adjourned to a known date is moved instead. The same result again is no
    change.
    """
    of = {"procedure_id": procedure_id}
    hearing = hold(Hearing, hearing_id, require_recorder, of=of, version=version, uow=uow)
    if hearing.result == result and hearing.state != HearingState.CANCELLED:
        return hearing
    before = {"state": hearing.state, "version": version}
    hearing.record_result(result, uow.now())
    alerts.cancel(hearing.id, uow=uow)
    uow.session.flush()
    after = {"state": hearing.state, "result": hearing.result, "version": hearing.version}
    uow.record("record_result", hearing, actor=actor, before=before, after=after)
    return hearing
