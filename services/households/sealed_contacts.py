"""A member's compartment: the safe address and the safe phone, sealed, in a row of their own.

Purpose: somebody in the household may be in danger from somebody else in it, or from outside. That
the row exists says so; hence it is as hidden as what it holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Unreadable
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.sealing import Keyring, SealedAt

SEALED = personal(Category.VIOLENCE)


class SealedField(StrEnum):
    ADDRESS = "address"
    PHONE = "phone"


Texts = Mapping[SealedField, str | None]


class SealedContacts(Identified, Versioned, Base):
    """Ciphertext under one key a row; the plain text is never a column, a log line or a message."""

    __tablename__ = "sealed_contacts"
    __table_args__ = (
        CheckConstraint("key_id IS NOT NULL OR (address IS NULL AND phone IS NULL)", name="key"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), unique=True)
    key_id: Mapped[str | None] = mapped_column(Text, index=True, info=PLAIN)
    address: Mapped[bytes | None] = mapped_column(LargeBinary, info=SEALED)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary, info=SEALED)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))

    def write(self, texts: Texts, keyring: Keyring) -> None:
        """Seal every field anew under the newest key; one that is not given is emptied."""
        for column, value in sealed(self.id, texts, keyring).items():
            setattr(self, column, value)

    def empty(self) -> None:
        self.key_id = self.address = self.phone = None

    def text(self, field: SealedField, keyring: Keyring) -> str | None:
        """Unreadable if its key is missing or it was altered."""
        ciphertext: bytes | None = getattr(self, field.value)
        if ciphertext is None or self.key_id is None:
            return None
        return keyring.unseal(ciphertext, place(self.id, field), self.key_id)


def place(row: UUID, field: SealedField) -> SealedAt:
    return SealedAt(table=SealedContacts.__tablename__, row=row, column=field.value)


def sealed(row: UUID, texts: Texts, keyring: Keyring) -> dict[str, Any]:
    """The columns of a row whose fields say `texts`."""
    key_id = keyring.newest()
    columns: dict[str, Any] = {"key_id": key_id}
    for field in SealedField:
        text = texts.get(field)
        columns[field.value] = text and keyring.seal(text, place(row, field), key_id)
    return columns


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`last` is where the next batch goes on; None if there was nothing left."""

    resealed: int
    unreadable: int
    last: UUID | None


def reseal(keyring: Keyring, *, after: UUID | None, limit: int, uow: UnitOfWork) -> Batch:
    """Bring up to `limit` rows under the newest key, in the order of their ids.

    Two at once take different rows. What a row says stays the same, and so does its version; one
    that cannot be opened is left as it is and counted.
    """
    rows = _under_older_keys(keyring.newest(), after, limit, uow=uow)
    unreadable = 0
    for row in rows:
        try:
            texts = {field: row.text(field, keyring) for field in SealedField}
        except Unreadable:
            unreadable += 1
            continue
        columns = sealed(row.id, texts, keyring)
        fresh = update(SealedContacts).where(SealedContacts.id == row.id).values(columns)
        uow.session.execute(fresh, execution_options={"synchronize_session": False})
    return Batch(
        resealed=len(rows) - unreadable,
        unreadable=unreadable,
        last=rows[-1].id if rows else None,
    )


def _under_older_keys(
    newest: str, after: UUID | None, limit: int, *, uow: UnitOfWork
) -> Sequence[SealedContacts]:
    older = (
        select(SealedContacts)
        .where(SealedContacts.key_id != newest)
        .order_by(SealedContacts.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return uow.session.scalars(
        older if after is None else older.where(SealedContacts.id > after)
    ).all()
