"""Answers kept under the caller's Idempotency-Key, so that a repeated POST has one effect.

A row is inserted first and completed last in the transaction of the effects: a second copy of the
request waits on the first one's insert, then finds its answer (draft-ietf-httpapi-idempotency-key).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    column,
    delete,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.actor import Acting, Actor
from services.shared.categories import ALL
from services.shared.errors import NotFound, RuleBroken
from services.shared.tables import PLAIN, Base, personal
from services.shared.unit_of_work import UnitOfWork

# Answers may hold data about the household, so they are kept no longer than retries last.
KEPT = timedelta(hours=24)
# What of a case is open to the actor of this transaction (services/consent/access.sql).
_MAY_SEE = table("may_see", column("case_id"), column("mask"))


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"
    __table_args__ = (
        PrimaryKeyConstraint("actor_id", "key"),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )

    actor_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(Text, info=PLAIN)
    # Set if the answer shows a case: it is given again only while that case is open to the actor.
    case_id: Mapped[UUID | None]
    # What of it was open then: the answer may show all of that, and nothing else.
    category_mask: Mapped[int | None] = mapped_column(Integer)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary, info=PLAIN)
    created_at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(Integer)
    headers: Mapped[dict[str, Any] | None] = mapped_column(info=PLAIN)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, info=personal(ALL))


@dataclass(frozen=True, kw_only=True)
class StoredAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


def claim(key: str, request_hash: bytes, *, actor: Acting, uow: UnitOfWork) -> StoredAnswer | None:
    """None if this transaction is the first with this key; else the answer given before.

    Waits while another transaction holds the same key. RuleBroken if it was another request,
    NotFound if it shows more of a case than is still open to the actor.
    """
    fresh = {"request_hash": request_hash, "created_at": uow.now()}
    inserted = uow.session.scalar(
        insert(IdempotencyKey)
        .values(actor_id=actor.id, key=key, **fresh)
        .on_conflict_do_update(
            index_elements=["actor_id", "key"],
            set_={
                **fresh,
                "status": None,
                "headers": None,
                "body": None,
                "case_id": None,
                "category_mask": None,
            },
            where=IdempotencyKey.created_at <= uow.now() - KEPT,
        )
        .returning(IdempotencyKey.key)
    )
    return None if inserted else _earlier(key, request_hash, actor=actor, uow=uow)


def keep(
    key: str, answer: StoredAnswer, case_id: UUID | None, *, actor: Acting, uow: UnitOfWork
) -> None:
    """Complete the row that `claim` inserted in this transaction.

    `case_id`: the case that the answer shows, of which it may show what is open to the actor now.
    """
    seen = select(_MAY_SEE).where(_MAY_SEE.c.case_id == case_id, _MAY_SEE.c.mask != 0)
    uow.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.actor_id == actor.id, IdempotencyKey.key == key)
        .values(
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            case_id=seen.with_only_columns(_MAY_SEE.c.case_id).scalar_subquery(),
            category_mask=seen.with_only_columns(_MAY_SEE.c.mask).scalar_subquery(),
        )
    )


def forget_old_answers(*, uow: UnitOfWork) -> int:
    """Delete what is past its keeping time; returns how many. For the timetable."""
    gone = delete(IdempotencyKey).where(IdempotencyKey.created_at <= uow.now() - KEPT)
    return len(uow.session.scalars(gone.returning(IdempotencyKey.key)).all())


def _earlier(key: str, request_hash: bytes, *, actor: Acting, uow: UnitOfWork) -> StoredAnswer:
    row = uow.session.execute(
        select(
            IdempotencyKey.request_hash,
            IdempotencyKey.case_id,
            IdempotencyKey.category_mask,
            IdempotencyKey.status,
            IdempotencyKey.headers,
            IdempotencyKey.body,
        ).where(IdempotencyKey.actor_id == actor.id, IdempotencyKey.key == key)
    ).one()
    if row.request_hash != request_hash:
        raise RuleBroken("idempotency-key-reused")
    if row.case_id is not None:
        if row.category_mask & ~_open_mask(row.case_id, uow=uow) or not isinstance(actor, Actor):
            raise NotFound
        uow.read(row.case_id, "stored-answer", row.category_mask, actor=actor)
    return StoredAnswer(status=row.status, headers=row.headers, body=row.body)


def _open_mask(case_id: UUID, *, uow: UnitOfWork) -> int:
    return uow.session.scalar(select(_MAY_SEE.c.mask).where(_MAY_SEE.c.case_id == case_id)) or 0
