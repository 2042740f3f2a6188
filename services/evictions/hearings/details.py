"""The room, kind or roll number of a hearing changes: the same hearing, no adjournment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from services.consent.hold import hold
from services.evictions.hearings.model import Hearing, HearingKind, HearingState
from services.evictions.hearings.planning import is_ahead
from services.evictions.hearings.roster_model import OPEN_STATES, Accompaniment
from services.evictions.policy import require_recorder
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.errors import Conflict
from services.shared.unit_of_work import UnitOfWork

CHANGED = "evictions.hearing_changed"
_ROLES = (RecipientRole.REFERENCE_WORKER, RecipientRole.LIAISON)


@dataclass(frozen=True, kw_only=True)
class Details:
    room: str | None
    kind: HearingKind | None
    roll_number: str | None


def change_details(
    procedure_id: UUID,
    hearing_id: UUID,
    details: Details,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    """Write the details of a hearing anew; its day, its ladder and its place in calendars stay."""
    of = {"procedure_id": procedure_id}
    hearing = hold(Hearing, hearing_id, require_recorder, of=of, version=version, uow=uow)
    if hearing.state == HearingState.CANCELLED:
        raise Conflict("hearing-not-set")
    write_details(hearing, details, actor=actor, uow=uow)
    return hearing


def details_of(hearing: Hearing) -> Details:
    kind = HearingKind(hearing.kind) if hearing.kind else None
    return Details(room=hearing.room, kind=kind, roll_number=hearing.roll_number)


def write_details(
    hearing: Hearing,
    details: Details,
    *,
    posted_by: UUID | None = None,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    """The same for a hearing that the caller holds and may change. Nothing new is no change.

    `posted_by` is the liaison from whom the team has it.
    """
    before = details_of(hearing)
    if before == details:
        return
    version = hearing.version
    hearing.room, hearing.kind = details.room, details.kind
    hearing.roll_number = details.roll_number
    hearing.posted_by = posted_by or hearing.posted_by
    uow.session.flush()
    if details.room != before.room and is_ahead(hearing, uow.now()):
        alerts.plan(_told(hearing, uow.now(), uow=uow), uow=uow)
    changed = [name for name, value in vars(details).items() if value != getattr(before, name)]
    after = {"version": hearing.version, "changed": changed}
    uow.record("change_hearing", hearing, actor=actor, before={"version": version}, after=after)


def _told(hearing: Hearing, now: datetime, *, uow: UnitOfWork) -> list[NewAlert]:
    """Who counts on the room: whoever hears of the hearing, and everybody who is to go along."""
    going = uow.session.scalars(
        select(Accompaniment.professional_id)
        .where(Accompaniment.hearing_id == hearing.id, Accompaniment.professional_id.is_not(None))
        .where(Accompaniment.state.in_([state.value for state in OPEN_STATES]))
    )
    to: list[tuple[RecipientRole, UUID | None]] = [(role, None) for role in _ROLES]
    to += [(RecipientRole.PERSON, each) for each in going]
    return [
        NewAlert(
            kind=CHANGED,
            case_id=hearing.case_id,
            object_id=hearing.id,
            object_version=hearing.version,
            due_at=now,
            facts={"hearing_at": hearing.starts_at.isoformat()},
            recipient_role=role,
            recipient_id=person,
        )
        for role, person in to
    ]
