"""The ballot of a session: its rules, frozen at opening; who may vote, who did, and the papers.

No row ties a paper to a person (docs/decisions/0042): as long as votes come in, all papers lie in
one sealed row, and when it is opened they are written together, in a random order.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.intervisions.ballots.count import Rules
from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, STAFF, Base, Identified, Versioned


class BallotState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    VOID = "void"


class VoidCode(StrEnum):
    """Why a ballot has no result."""

    BY_FACILITATOR = "by_facilitator"
    SESSION_CANCELLED = "session_cancelled"
    # Its closing came before anybody could open it.
    NEVER_OPENED = "never_opened"
    NOTHING_TO_VOTE_ON = "nothing_to_vote_on"
    NOBODY_TO_VOTE = "nobody_to_vote"
    # So few papers would tell who gave which: they were destroyed unread.
    TOO_FEW_PAPERS = "too_few_papers"
    # The box holds other papers than were cast into it.
    BOX_ALTERED = "box_altered"
    # Its key is gone: the database was restored to a day before the closing, or the key was lost.
    BOX_UNREADABLE = "box_unreadable"


@dataclass(frozen=True, kw_only=True)
class BallotTerms:
    """The rules of a ballot. `priority_order` holds tags of the priority publics, by rank."""

    points: int
    self_vote: bool
    priority_order: tuple[str, ...]
    places: int
    opens_at: datetime
    closes_at: datetime


class Ballot(Identified, Versioned, Base):
    __tablename__ = "ballots"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'open', 'closed', 'void')", name="state"),
        CheckConstraint("points BETWEEN 1 AND 20 AND places BETWEEN 1 AND 50", name="numbers"),
        CheckConstraint("closes_at > opens_at", name="times"),
        CheckConstraint("(state = 'void') = (void_code IS NOT NULL)", name="void"),
        # What the count gave exists from the closing on, and at no other time.
        CheckConstraint(
            "(state = 'closed') = (result IS NOT NULL) AND (state = 'closed') = (seed IS NOT NULL)",
            name="result",
        ),
        Index(
            "uq_ballots_session",
            "session_id",
            unique=True,
            postgresql_where=sql("state <> 'void'"),
        ),
        Index("ix_ballots_running", "state", postgresql_where=sql("NOT key_destroyed")),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    points: Mapped[int] = mapped_column(Integer)
    self_vote: Mapped[bool] = mapped_column(Boolean)
    # Tags of the priority publics, the preferred one first.
    priority_order: Mapped[list[Any]] = mapped_column(info=PLAIN)
    # How many proposals get a table.
    places: Mapped[int] = mapped_column(Integer)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    planned_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    # Known from the opening on: how many may vote, how many papers the series asks for, and SHA-256
    # of the seed, which itself lies in the box.
    electors: Mapped[int | None] = mapped_column(Integer)
    quorum: Mapped[int | None] = mapped_column(Integer)
    seed_digest: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    reminded: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))
    # Known from the closing on.
    seed: Mapped[bytes | None] = mapped_column(LargeBinary, info=PLAIN)
    turnout: Mapped[int | None] = mapped_column(Integer)
    papers_digest: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    result: Mapped[dict[str, Any] | None] = mapped_column(info=PLAIN)
    void_code: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    void_reason: Mapped[str | None] = mapped_column(Text, info=STAFF)
    key_destroyed: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))

    @property
    def rules(self) -> Rules:
        return Rules(points=self.points, places=self.places)

    def set_rules(self, values: BallotTerms) -> None:
        """Set the rules, which nobody changes once the ballot is open."""
        if self.state != BallotState.PLANNED:
            raise Conflict("ballot-frozen")
        if len(set(values.priority_order)) != len(values.priority_order):
            raise RuleBroken("ballot-priority-twice")
        self.points, self.self_vote, self.places = values.points, values.self_vote, values.places
        self.priority_order = list(values.priority_order)
        self.opens_at, self.closes_at = values.opens_at, values.closes_at

    def is_open(self, now: datetime) -> bool:
        """Whether a vote counts at this instant, even if nobody closed the ballot in time."""
        return self.state == BallotState.OPEN and self.opens_at <= now < self.closes_at

    def require_running(self) -> None:
        """Refuse a ballot that is closed or void."""
        if self.state not in (BallotState.PLANNED, BallotState.OPEN):
            raise Conflict("ballot-over")

    def make_void(self, code: VoidCode, reason: str | None = None) -> None:
        self.require_running()
        self.state, self.void_code, self.void_reason = BallotState.VOID, code, reason


class BallotOption(Base):
    """A proposal that was visible at the opening, with what decides a tie, as it was then."""

    __tablename__ = "ballot_options"
    __table_args__ = (PrimaryKeyConstraint("ballot_id", "proposal_id"),)

    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballots.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"), index=True)
    # Its column in the box: the order of the ids.
    position: Mapped[int] = mapped_column(Integer)
    priority: Mapped[int | None] = mapped_column(Integer)
    waiting_weeks: Mapped[int] = mapped_column(Integer)
    # It was withdrawn before the closing: its points count for nobody.
    void: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))


class BallotElector(Base):
    """A person who may vote, as it stood at the opening."""

    __tablename__ = "ballot_electors"
    __table_args__ = (PrimaryKeyConstraint("ballot_id", "professional_id"),)

    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballots.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)


class BallotVoter(Base):
    """A person who voted, so that nobody does twice, and for the turnout; never when or what."""

    __tablename__ = "ballot_voters"
    __table_args__ = (
        PrimaryKeyConstraint("ballot_id", "professional_id"),
        ForeignKeyConstraint(
            ["ballot_id", "professional_id"],
            ["ballot_electors.ballot_id", "ballot_electors.professional_id"],
            name="fk_ballot_voters_elector",
        ),
    )

    ballot_id: Mapped[UUID]
    professional_id: Mapped[UUID]


class BallotBox(Base):
    """All papers of an open ballot, as one ciphertext of one length, written anew at every vote."""

    __tablename__ = "ballot_boxes"

    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text, info=STAFF)


class BallotPaper(Identified, Base):
    """One paper: points by proposal. All are written at once when the box is opened."""

    __tablename__ = "ballot_papers"

    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballots.id"), index=True)
    choices: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
