"""The steps of an erasure, run by the workers: each in its own transaction, each repeatable."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text, update

from services.documents.model import DocumentVersion
from services.evictions.bundles import queries as bundle_queries
from services.retention.model import Erasure, ErasureState, LedgerEntry, LedgerKind
from services.shared.unit_of_work import UnitOfWork

AT_ONCE = 20
_ERASE = text("SELECT erase_case(:case)")


@dataclass(frozen=True)
class Doomed:
    id: UUID
    case_id: UUID
    state: str


def ready(*, uow: UnitOfWork) -> list[Doomed]:
    """Confirmed, and known to the ledger outside; the oldest first."""
    known = (
        select(LedgerEntry.id)
        .where(LedgerEntry.kind == LedgerKind.CASE_ERASED)
        .where(LedgerEntry.subject_id == Erasure.id)
        .where(LedgerEntry.position.is_not(None))
    )
    found = (
        select(Erasure.id, Erasure.case_id, Erasure.state)
        .where(Erasure.state.in_([ErasureState.CONFIRMED, ErasureState.SHREDDED]))
        .where(known.exists())
        .order_by(Erasure.confirmed_at, Erasure.id)
        .limit(AT_ONCE)
    )
    return [Doomed(*row) for row in uow.session.execute(found)]


def mark_shredded(case: Doomed, *, uow: UnitOfWork) -> None:
    """Write down that the key of an erased case is destroyed."""
    uow.session.execute(
        update(Erasure)
        .where(Erasure.id == case.id, Erasure.state == ErasureState.CONFIRMED)
        .values(state=ErasureState.SHREDDED)
    )


def files_of(case_id: UUID, *, uow: UnitOfWork) -> list[str]:
    """The names under which the documents and frozen bundles of a case lie."""
    names = select(DocumentVersion.stored_name).where(DocumentVersion.case_id == case_id)
    return [*uow.session.scalars(names), *bundle_queries.files_of(case_id, uow=uow)]


def delete_rows(case: Doomed, *, uow: UnitOfWork) -> int:
    """All that names the case, but the tombstone; how many. 0 if somebody else was first."""
    mine = uow.session.scalars(
        select(Erasure.id)
        .where(Erasure.id == case.id, Erasure.state == ErasureState.SHREDDED)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if mine is None:
        return 0
    rows = int(uow.session.execute(_ERASE, {"case": case.case_id}).scalar_one())
    uow.session.execute(
        update(Erasure)
        .where(Erasure.id == case.id)
        .values(state=ErasureState.ERASED, erased_at=uow.now())
    )
    return rows
