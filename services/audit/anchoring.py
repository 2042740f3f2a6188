"""The head of the chain that is to be signed, and signed ones that wait to leave the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from services.shared.audit import AuditAnchor, AuditSeal
from services.shared.unit_of_work import UnitOfWork

# Whichever comes first (security.md, top 20, row 13).
ANCHOR_EVERY = timedelta(minutes=5)
ANCHOR_AT_SEALS = 1_000
# One sweeper at a time; any constant will do, as long as it is ours.
_LOCK = 7_410_214
_EXPORT_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Head:
    position: int
    chain_hash: bytes
    at: datetime


def head_to_anchor(*, uow: UnitOfWork) -> Head | None:
    """The head, if an anchor of it is due; None also while another sweeper is about it."""
    if not uow.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return None
    newest = select(AuditSeal.position, AuditSeal.chain_hash)
    head = uow.session.execute(newest.order_by(AuditSeal.position.desc()).limit(1)).one_or_none()
    if head is None:
        return None
    last = uow.session.scalars(
        select(AuditAnchor).order_by(AuditAnchor.position.desc()).limit(1)
    ).one_or_none()
    new = head.position - (last.position if last else 0)
    overdue = last is None or uow.now() - last.at >= ANCHOR_EVERY
    if new <= 0 or not (overdue or new >= ANCHOR_AT_SEALS):
        return None
    return Head(position=head.position, chain_hash=head.chain_hash, at=uow.now())


def keep_anchor(head: Head, *, key_id: str, signature: str, uow: UnitOfWork) -> None:
    """Keep a signed head, in the transaction of `head_to_anchor`; it then waits to be exported."""
    uow.session.add(AuditAnchor(**vars(head), key_id=key_id, signature=signature))


def anchors_to_export(*, uow: UnitOfWork) -> list[AuditAnchor]:
    """Anchors that are not outside yet, the oldest first."""
    waiting = select(AuditAnchor).where(AuditAnchor.exported_at.is_(None))
    return list(uow.session.scalars(waiting.order_by(AuditAnchor.position).limit(_EXPORT_AT_ONCE)))


def mark_exported(position: int, *, uow: UnitOfWork) -> None:
    uow.session.execute(
        update(AuditAnchor)
        .where(AuditAnchor.position == position, AuditAnchor.exported_at.is_(None))
        .values(exported_at=uow.now())
    )
