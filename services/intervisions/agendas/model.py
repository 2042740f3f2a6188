"""The agenda of a session: its draft, item by item, and the versions that were published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from services.intervisions.agendas.times import FOLLOW_UP_MINUTES, ItemKind
from services.shared.tables import PLAIN, Base, Identified, Versioned


class Agenda(Versioned, Base):
    """The draft of one session: all its items share this row's version."""

    __tablename__ = "agendas"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("intervision_sessions.id"), primary_key=True
    )
    # The number of the version that was published last; 0: none yet.
    latest: Mapped[int] = mapped_column(Integer, server_default=sql("0"))

    @property
    def id(self) -> UUID:
        return self.session_id

    def touch(self) -> None:
        """Items changed: the version rises with the next flush."""
        flag_modified(self, "latest")


class AgendaItem(Identified, Base):
    """An item of the draft. The facilitator wrote its title; the opening item has none."""

    __tablename__ = "agenda_items"
    __table_args__ = (
        # Items change places within one transaction.
        UniqueConstraint("session_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint(
            "kind IN ('follow_ups', 'ballot_result', 'table', 'topic', 'need', 'break', 'other')",
            name="kind",
        ),
        CheckConstraint("minutes BETWEEN 1 AND 480 AND position >= 1", name="numbers"),
        CheckConstraint("(kind = 'follow_ups') = (title IS NULL)", name="title"),
        CheckConstraint("(kind = 'follow_ups') = (position = 1)", name="opening"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("agendas.session_id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    title: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    minutes: Mapped[int] = mapped_column(Integer)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"))


class AgendaVersion(Base):
    """A published version, which stays for ever: the items in their order, without hours."""

    __tablename__ = "agenda_versions"
    __table_args__ = (PrimaryKeyConstraint("session_id", "number"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("agendas.session_id"))
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    published_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    published_at: Mapped[datetime]


def opening_item(session_id: UUID) -> AgendaItem:
    """The first item of every agenda: the follow-ups of earlier sessions."""
    return AgendaItem(
        session_id=session_id,
        position=1,
        kind=ItemKind.FOLLOW_UPS,
        minutes=FOLLOW_UP_MINUTES,
    )
