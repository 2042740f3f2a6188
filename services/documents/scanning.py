"""Documents leave quarantine with a verdict. Workers run this; they see ids, file names, states.

A claim is a lease with a fencing number (the attempts so far): a verdict that comes too late, from
a worker whose lease has passed on, is not written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text, update

from services.documents.model import DocumentVersion, ScanState
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

LEASE = timedelta(minutes=2)
_CLAIM = text(
    """
    UPDATE document_versions v SET scan_attempts = v.scan_attempts + 1, scan_next_at = :lease_end
    FROM (SELECT document_id, number FROM document_versions
          WHERE scan_state = 'quarantined' AND scan_next_at <= :now
          ORDER BY scan_next_at LIMIT 1 FOR UPDATE SKIP LOCKED) due
    WHERE v.document_id = due.document_id AND v.number = due.number
    RETURNING v.document_id, v.number, v.stored_name, v.scan_attempts
    """
)
# When the next version can be scanned; one that is over has been waiting since.
NEXT_SCAN = "SELECT min(scan_next_at) FROM document_versions WHERE scan_state = 'quarantined'"
_LEADS = text(
    """
    SELECT EXISTS (SELECT FROM reference_assignments
                   WHERE case_id = :case AND professional_id = :who AND upper_inf(period))
    """
)


@dataclass(frozen=True)
class Claim:
    document_id: UUID
    number: int
    stored_name: str
    attempts: int


def claim(*, uow: UnitOfWork) -> Claim | None:
    """The version that waits longest, for us alone until the lease is over."""
    values = {"now": uow.now(), "lease_end": uow.now() + LEASE}
    row = uow.session.execute(_CLAIM, values).first()
    return None if row is None else Claim(*row)


def finish(claim: Claim, verdict: ScanState, *, uow: UnitOfWork) -> bool:
    """Write the verdict; False if the lease was lost. Whoever must know of an infection is told."""
    row = uow.session.execute(
        update(DocumentVersion)
        .where(DocumentVersion.document_id == claim.document_id)
        .where(DocumentVersion.number == claim.number)
        .where(DocumentVersion.scan_state == ScanState.QUARANTINED)
        .where(DocumentVersion.scan_attempts == claim.attempts)
        .values(scan_state=verdict, scanned_at=uow.now())
        .returning(DocumentVersion.case_id, DocumentVersion.uploaded_by)
    ).first()
    if row is not None and verdict == ScanState.INFECTED:
        _alert_infected(claim, row.case_id, row.uploaded_by, uow=uow)
    return row is not None


def postpone(until: datetime, *, uow: UnitOfWork) -> None:
    """The scanner is away: all that is due waits, also what we hold, so that no round hangs."""
    uow.session.execute(
        update(DocumentVersion)
        .where(DocumentVersion.scan_state == ScanState.QUARANTINED)
        .where(DocumentVersion.scan_next_at <= uow.now() + LEASE)
        .values(scan_next_at=until)
    )


def retry(claim: Claim, at: datetime, *, uow: UnitOfWork) -> None:
    """No verdict about this one: it waits, the others do not."""
    uow.session.execute(
        update(DocumentVersion)
        .where(DocumentVersion.document_id == claim.document_id)
        .where(DocumentVersion.number == claim.number)
        .where(DocumentVersion.scan_attempts == claim.attempts)
        .values(scan_next_at=at)
    )


def _alert_infected(claim: Claim, case_id: UUID, uploader: UUID, *, uow: UnitOfWork) -> None:
    told: list[tuple[RecipientRole, UUID | None]] = [(RecipientRole.REFERENCE_WORKER, None)]
    if not uow.session.scalar(_LEADS, {"case": case_id, "who": uploader}):
        told.append((RecipientRole.PERSON, uploader))
    alerts.plan(
        [
            NewAlert(
                kind="documents.infected",
                case_id=case_id,
                object_id=claim.document_id,
                object_version=claim.number,
                due_at=uow.now(),
                recipient_role=role,
                recipient_id=person,
            )
            for role, person in told
        ],
        uow=uow,
    )
