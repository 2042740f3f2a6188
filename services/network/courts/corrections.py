"""The network says what is wrong in the courts' data, and takes it back. The import stays."""

from typing import Any
from uuid import UUID

from services.network import policy
from services.network.courts.model import CorrectionState, CourtCorrection
from services.network.courts.names import keys_of
from services.network.courts.queries import COURTS, court, every_court, with_changes
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.loading import load, require_version
from services.shared.unit_of_work import UnitOfWork


def correct_court(
    court_id: UUID, changes: dict[str, Any], reason: str, *, actor: Actor, uow: UnitOfWork
) -> CourtCorrection:
    """The correction holds from the commit, over every import to come, until it is taken back."""
    policy.require_network_administrator(actor)
    before = court(court_id, uow=uow)
    if not changes:
        raise RuleBroken("court-correction-says-nothing")
    _require_own_names(court_id, with_changes(before, changes).known_as, uow=uow)
    correction = CourtCorrection(
        court_id=court_id,
        state=CorrectionState.ACTIVE,
        changes=changes,
        reason=reason,
        made_by=actor.id,
        made_at=uow.now(),
    )
    uow.session.add(correction)
    uow.session.flush()
    uow.forget(COURTS)
    after = {"court": before.code, "state": correction.state, "fields": sorted(changes)}
    uow.record("correct_court", correction, actor=actor, case_id=None, after=after)
    return correction


def withdraw_correction(
    correction_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> CourtCorrection:
    """What was imported, or corrected before, holds again."""
    policy.require_network_administrator(actor)
    correction = load(CourtCorrection, correction_id, uow=uow, lock=True)
    require_version(correction, version)
    before = {"state": correction.state}
    correction.withdraw(actor.id, uow.now())
    uow.session.flush()
    uow.forget(COURTS)
    after = {"state": correction.state, "fields": sorted(correction.changes)}
    uow.record(
        "withdraw_court_correction",
        correction,
        actor=actor,
        case_id=None,
        before=before,
        after=after,
    )
    return correction


def _require_own_names(court_id: UUID, names: tuple[str, ...], *, uow: UnitOfWork) -> None:
    """A name that two cantons share would find neither."""
    mine = keys_of(names)
    for other in every_court(uow=uow):
        if other.id != court_id and mine & keys_of(other.known_as):
            raise RuleBroken("canton-name-taken", canton=other.code)
