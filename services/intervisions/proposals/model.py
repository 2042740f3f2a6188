"""A situation proposed to a session, the texts beside it, and the sealed way to its case."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import ALL
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class ProposalState(StrEnum):
    DRAFT = "draft"
    IN_READING = "in_reading"
    VISIBLE = "visible"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Proposal(Identified, Versioned, Base):
    """A situation that its reference worker brings, under a name that was drawn for this session.

    It holds neither its case nor an instant: the case stands in `proposal_sources`.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("session_id", "pseudonym"),
        CheckConstraint(
            "state IN ('draft', 'in_reading', 'visible', 'returned', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("waiting_weeks >= 0", name="waiting"),
        CheckConstraint("reader_id <> proposer_id", name="reader"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    proposer_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    pseudonym: Mapped[str] = mapped_column(Text, info=PLAIN)
    vignette: Mapped[str] = mapped_column(Text, info=personal(ALL))
    question: Mapped[str] = mapped_column(Text, info=personal(ALL))
    # Tags of the priority publics (S073): prison_past, mental_suffering, family_violence.
    tags: Mapped[list[Any]] = mapped_column(info=personal(ALL))
    impasse: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))
    region: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    waiting_weeks: Mapped[int] = mapped_column(Integer, server_default=sql("0"))
    state: Mapped[str] = mapped_column(Text, info=PLAIN, server_default=ProposalState.DRAFT.value)
    reader_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"), index=True)
    # The second reader's remark to the proposer, who changes the words and submits again.
    remark: Mapped[str | None] = mapped_column(Text, info=personal(ALL))

    def require_editable(self) -> None:
        """Refuse unless it was not given to a reader yet, or came back from one."""
        if self.state not in (ProposalState.DRAFT, ProposalState.RETURNED):
            raise Conflict("proposal-state", state=self.state)


class ProposalSource(Base):
    """The one link from a session to a case, which is sealed."""

    __tablename__ = "proposal_sources"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    # The instant since when the case waits, which stands here because no peer looks here.
    proposed_at: Mapped[datetime | None]


class ProposalAttachment(Base):
    """The words of a text that somebody put beside a proposal: no file, no name, no instant."""

    __tablename__ = "proposal_attachments"
    __table_args__ = (PrimaryKeyConstraint("proposal_id", "number"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text, info=personal(ALL))
