"""Who changed what (with before and after) and who read what, in the acting transaction.

The API's role may only insert: no change, no deletion.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, Integer, Text
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

    __table_args__ = (Index("ix_read_entries_case", "case_id", "seq"),)
