"""Entries for the ledger outside the database: noted in a commit, taken out afterwards.

What happened stands in the entry's row; the file is written by whoever holds it (`infra.erasure`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.cases.events import HandoverAccepted, ParticipantLeft
from services.consent.events import ConsentRenewed, ConsentWithdrawn, ExclusionLifted, ExclusionSet
from services.evictions.events import WelfareCentreOpposed, WelfareOppositionWithdrawn
from services.network.events import ProfessionalLeft
from services.retention.model import LedgerEntry, LedgerKind
from services.shared.unit_of_work import UnitOfWork

AT_ONCE = 100
_HEAD = text("SELECT head, hash FROM ledger_head()")
_EXCLUDED = text(
    "SELECT coalesce(professional_id, organisation_id) FROM exclusions WHERE id = :exclusion"
)


class LedgerLine(Protocol):
    """A line of the ledger."""

    @property
    def position(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def entry_id(self) -> UUID: ...
    @property
    def case_id(self) -> UUID | None: ...
    @property
    def subject_id(self) -> UUID: ...
    @property
    def other_id(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...


def note(
    kind: LedgerKind,
    subject_id: UUID,
    *,
    case_id: UUID | None,
    uow: UnitOfWork,
    other_id: UUID | None = None,
) -> None:
    """Write a line of the ledger, in the commit that makes it true."""
    uow.session.execute(
        insert(LedgerEntry).inline(),
        {
            "id": uuid4(),
            "kind": kind.value,
            "case_id": case_id,
            "subject_id": subject_id,
            "other_id": other_id,
            "at": uow.now(),
        },
    )
    uow.wake()


def note_withdrawal(event: ConsentWithdrawn, *, uow: UnitOfWork) -> None:
    note(LedgerKind.CONSENT_WITHDRAWN, event.consent_id, case_id=event.case_id, uow=uow)


def note_renewal(event: ConsentRenewed, *, uow: UnitOfWork) -> None:
    """Should the renewal be withdrawn: a database that knows only the older one closes that."""
    note(
        LedgerKind.CONSENT_RENEWED,
        event.consent_id,
        case_id=event.case_id,
        other_id=event.renewed_from_id,
        uow=uow,
    )


def note_handover(event: HandoverAccepted, *, uow: UnitOfWork) -> None:
    note(
        LedgerKind.REFERENCE_CHANGED,
        event.handover_id,
        case_id=event.case_id,
        other_id=event.to_id,
        uow=uow,
    )


def note_departure(event: ParticipantLeft, *, uow: UnitOfWork) -> None:
    note(
        LedgerKind.PARTICIPATION_ENDED,
        event.participation_id,
        case_id=event.case_id,
        other_id=event.professional_id,
        uow=uow,
    )


def note_exclusion(event: ExclusionSet, *, uow: UnitOfWork) -> None:
    """An exclusion is noted with whom it names: a restored database may not know the row."""
    who = uow.session.scalar(_EXCLUDED, {"exclusion": event.exclusion_id})
    kind = LedgerKind.EXCLUSION_SET
    note(kind, event.exclusion_id, case_id=event.case_id, other_id=who, uow=uow)


def note_lifting(event: ExclusionLifted, *, uow: UnitOfWork) -> None:
    note(LedgerKind.EXCLUSION_LIFTED, event.exclusion_id, case_id=event.case_id, uow=uow)


def note_opposition(event: WelfareCentreOpposed, *, uow: UnitOfWork) -> None:
    """An opposition is noted with its procedure: a restored database may not know the row."""
    note(
        LedgerKind.WELFARE_OPPOSED,
        event.opposition_id,
        case_id=event.case_id,
        other_id=event.procedure_id,
        uow=uow,
    )


def note_opposition_withdrawn(event: WelfareOppositionWithdrawn, *, uow: UnitOfWork) -> None:
    note(LedgerKind.WELFARE_UNOPPOSED, event.opposition_id, case_id=event.case_id, uow=uow)


def note_closed_account(event: ProfessionalLeft, *, uow: UnitOfWork) -> None:
    note(LedgerKind.ACCOUNT_CLOSED, event.professional_id, case_id=None, uow=uow)


def waiting(*, uow: UnitOfWork) -> Sequence[LedgerEntry]:
    """Lines that are not outside yet, the oldest first."""
    found = select(LedgerEntry).where(LedgerEntry.position.is_(None))
    return uow.session.scalars(found.order_by(LedgerEntry.at, LedgerEntry.id).limit(AT_ONCE)).all()


def mark_written(entry_id: UUID, position: int, line_hash: bytes, *, uow: UnitOfWork) -> None:
    uow.session.execute(
        update(LedgerEntry)
        .where(LedgerEntry.id == entry_id, LedgerEntry.position.is_(None))
        .values(position=position, line_hash=line_hash)
    )


def head(*, uow: UnitOfWork) -> tuple[int, bytes]:
    """How far this database knows the ledger: the last position, and the hash of that line."""
    row = uow.session.execute(_HEAD).one_or_none()
    return (0, b"") if row is None else (row.head, bytes(row.hash))


def keep_replayed(line: LedgerLine, line_hash: bytes, *, uow: UnitOfWork) -> None:
    """The database knows this line again; one that it still wanted to write is written."""
    known = {"position": line.position, "line_hash": line_hash}
    row = {
        "id": line.entry_id,
        "kind": line.kind,
        "case_id": line.case_id,
        "subject_id": line.subject_id,
        "other_id": line.other_id,
        "at": line.at,
    }
    uow.session.execute(
        upsert(LedgerEntry)
        .values(row | known)
        .on_conflict_do_update(index_elements=["id"], set_=known)
    )
