"""Who changed what (with before and after) and who read what, in the acting transaction.

The API's role may only insert, and read the entries of a case for its reference worker: no change,
no deletion. Every entry waits in `unsealed_entries` from its own commit until the one appender
(`seal_audit` in services/audit/chain.sql) has put it in the chain: nothing has to be looked for,
so nothing can be skipped, however late a transaction commits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, Base


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(Text, info=PLAIN)
    subject_kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    subject_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    # Names of what changed, ids, states and dates; never the content of a note or a name.
    before: Mapped[dict[str, Any] | None] = mapped_column(info=PLAIN)
    after: Mapped[dict[str, Any] | None] = mapped_column(info=PLAIN)
    request_id: Mapped[str | None] = mapped_column(Text, info=PLAIN)

    __table_args__ = (Index("ix_audit_entries_case", "case_id", "seq"),)


class ReadEntry(Base):
    __tablename__ = "read_entries"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    case_id: Mapped[UUID]
    what: Mapped[str] = mapped_column(Text, info=PLAIN)
    category_mask: Mapped[int] = mapped_column(Integer)
    # On which ground (reference, participation, liaison, break_glass), as the rule had it then.
    basis: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    request_id: Mapped[str | None] = mapped_column(Text, info=PLAIN)

    __table_args__ = (
        Index("ix_read_entries_case", "case_id", "seq"),
        # Entries arrive in the order of time: a few pages tell where an hour begins.
        Index("ix_read_entries_at", "at", postgresql_using="brin"),
    )


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One of many records that were changed together, with what that changed."""

    subject_id: UUID | None
    case_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


_JOURNALS = "journal IN ('audit_entries', 'read_entries')"


class UnsealedEntry(Base):
    """An entry that is committed and not yet sealed; written by a trigger, taken by the sealer."""

    __tablename__ = "unsealed_entries"
    __table_args__ = (
        PrimaryKeyConstraint("journal", "entry_seq"),
        CheckConstraint(_JOURNALS, name="journal"),
    )

    journal: Mapped[str] = mapped_column(Text, info=PLAIN)
    entry_seq: Mapped[int] = mapped_column(BigInteger)


class AuditSeal(Base):
    """One link: `chain_hash` covers this entry, this seal's instant and every link before it."""

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    journal: Mapped[str] = mapped_column(Text, info=PLAIN)
    entry_seq: Mapped[int] = mapped_column(BigInteger)
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary, info=PLAIN)
    chain_hash: Mapped[bytes] = mapped_column(LargeBinary, info=PLAIN)
    sealed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("journal", "entry_seq"),
        CheckConstraint(_JOURNALS, name="journal"),
    )


class AuditAnchor(Base):
    """A signed head of the chain. The row is what is to be exported; the proof is outside."""

    __tablename__ = "audit_anchors"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chain_hash: Mapped[bytes] = mapped_column(LargeBinary, info=PLAIN)
    at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(Text, info=PLAIN)
    signature: Mapped[str] = mapped_column(Text, info=PLAIN)
    exported_at: Mapped[datetime | None]
