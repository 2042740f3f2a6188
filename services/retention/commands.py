"""Ask for an erasure, confirm it, take it back; hold a case for as long as it is needed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.cases.model import Case
from services.consent.hold import hold
from services.consent.policy import require_lead
from services.consent.queries import access_to
from services.network.policy import require_role
from services.retention import ledger, policy
from services.retention.events import ErasureRequested
from services.retention.model import (
    CaseRetention,
    Erasure,
    ErasureGround,
    ErasureState,
    LedgerKind,
)
from services.shared import alerts
from services.shared.actor import Actor, RoleKind
from services.shared.errors import Conflict
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RequestErasure:
    case_id: UUID
    ground: ErasureGround


def request_erasure(cmd: RequestErasure, *, actor: Actor, uow: UnitOfWork) -> Erasure:
    """The reference worker of a closed case asks; nothing is erased until another confirms."""
    case = _closed_case(cmd.case_id, uow=uow)
    erasure = Erasure(
        id=uuid4(),
        case_id=case.id,
        case_code=case.code,
        ground=cmd.ground,
        state=ErasureState.REQUESTED,
        requested_by=actor.id,
        requested_at=uow.now(),
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(erasure)
    except IntegrityError as already:
        raise Conflict("erasure-already-requested") from already
    after = {"ground": erasure.ground, "state": erasure.state, "version": erasure.version}
    uow.record(
        "request_erasure",
        erasure,
        actor=actor,
        after=after,
        event=ErasureRequested(case_id=case.id, erasure_id=erasure.id),
    )
    return erasure


def confirm_erasure(erasure_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Erasure:
    """A coordinator who did not ask confirms. At commit the case is nobody's; there is no way
    back."""
    require_role(actor, RoleKind.COORDINATOR)
    erasure = load(Erasure, erasure_id, uow=uow)
    lock(erasure, uow=uow)
    require_version(erasure, version)
    erasure.confirm(by=actor.id, at=uow.now())
    uow.session.flush()
    alerts.cancel(erasure.id, uow=uow)
    ledger.note(LedgerKind.CASE_ERASED, erasure.id, case_id=erasure.case_id, uow=uow)
    _audit("confirm_erasure", erasure, version, actor=actor, uow=uow)
    return erasure


def withdraw_erasure(erasure_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Erasure:
    """The reference worker or a coordinator takes it back, as long as it is not confirmed."""
    erasure = load(Erasure, erasure_id, uow=uow)
    if not actor.has(RoleKind.COORDINATOR):
        require_lead(access_to(erasure.case_id, uow=uow))
    lock(erasure, uow=uow)
    require_version(erasure, version)
    erasure.withdraw()
    uow.session.flush()
    _audit("withdraw_erasure", erasure, version, actor=actor, uow=uow)
    return erasure


@dataclass(frozen=True, kw_only=True)
class HoldCase:
    case_id: UUID
    until: datetime
    reason: str


def hold_case(cmd: HoldCase, *, actor: Actor, uow: UnitOfWork) -> CaseRetention:
    """The case is neither purged nor erased until then: somebody needs it (GDPR art. 17(3))."""
    require_lead(access_to(cmd.case_id, uow=uow))
    policy.require_sound_hold(cmd.until, now=uow.now())
    load(Case, cmd.case_id, uow=uow, lock=True)
    if _open_request(cmd.case_id, uow=uow) is not None:
        raise Conflict("erasure-already-requested")
    kept = uow.session.get(CaseRetention, cmd.case_id)
    if kept is None:
        kept = CaseRetention(case_id=cmd.case_id)
        uow.session.add(kept)
    before = {"held_until": kept.held_until}
    kept.hold(until=cmd.until, by=actor.id, reason=cmd.reason)
    uow.session.flush()
    after = {"held_until": kept.held_until, "version": kept.version}
    uow.record("hold_case", kept, actor=actor, before=before, after=after)
    return kept


def release_case(case_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> CaseRetention:
    """The hold ends now; the purge is announced again before it comes."""
    of = {"case_id": case_id}
    kept = hold(CaseRetention, case_id, require_lead, of=of, version=version, uow=uow)
    before = {"held_until": kept.held_until, "version": version}
    kept.hold(until=None, by=None, reason=None)
    uow.session.flush()
    after = {"held_until": None, "version": kept.version}
    uow.record("release_case", kept, actor=actor, before=before, after=after)
    return kept


def _closed_case(case_id: UUID, *, uow: UnitOfWork) -> Case:
    """The closed case, locked: it is neither opened again nor put on hold before the commit."""
    require_lead(access_to(case_id, uow=uow))
    case = load(Case, case_id, uow=uow, lock=True)
    policy.require_closed(case)
    policy.require_not_held(uow.session.get(CaseRetention, case_id), now=uow.now())
    return case


def _open_request(case_id: UUID, *, uow: UnitOfWork) -> Erasure | None:
    found = select(Erasure).where(Erasure.case_id == case_id)
    return uow.session.scalars(found.where(Erasure.state != ErasureState.WITHDRAWN)).one_or_none()


def _audit(action: str, erasure: Erasure, version: int, *, actor: Actor, uow: UnitOfWork) -> None:
    uow.record(
        action,
        erasure,
        actor=actor,
        before={"state": ErasureState.REQUESTED, "version": version},
        after={"state": erasure.state, "version": erasure.version},
    )
