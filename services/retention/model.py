"""What is planned and done about the end of cases, and what the ledger outside must be told."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict, Refused
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class CaseRetention(Versioned, Base):
    """The day since when a case is closed (a trigger on its state writes it), and who holds it."""

    __tablename__ = "case_retention"
    __table_args__ = (
        CheckConstraint(
            "(held_until IS NULL) = (held_by IS NULL)"
            " AND (held_until IS NULL) = (hold_reason IS NULL)",
            name="hold",
        ),
        Index("ix_case_retention_closed_at", "closed_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    closed_at: Mapped[datetime | None]
    # The reference worker was told that the purge approaches; never purged without.
    warned_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    held_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    hold_reason: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))

    def hold(self, *, until: datetime | None, by: UUID | None, reason: str | None) -> None:
        """What was told before counts no more: when the hold ends, it is told again."""
        self.held_until, self.held_by, self.hold_reason = until, by, reason
        self.warned_at = None


class ErasureGround(StrEnum):
    """Why: GDPR art. 17(1), the end of the period, or the ledger after a restore."""

    HOUSEHOLD_REQUEST = "household_request"
    UNLAWFUL = "unlawful"
    RETENTION = "retention"
    LEDGER = "ledger"


class ErasureState(StrEnum):
    """`requested -> confirmed -> shredded -> erased`, or `withdrawn` before it is confirmed.

    From `confirmed` on there is no way back: the case is closed to everybody at that commit.
    """

    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    SHREDDED = "shredded"
    ERASED = "erased"


class Erasure(Identified, Versioned, Base):
    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint(
            "ground IN ('household_request', 'unlawful', 'retention', 'ledger')",
            name="ground",
        ),
        CheckConstraint(
            "state IN ('requested', 'withdrawn', 'confirmed', 'shredded', 'erased')", name="state"
        ),
        # Two persons, or the end of the period.
        CheckConstraint(
            "state IN ('requested', 'withdrawn') OR ground IN ('retention', 'ledger')"
            " OR confirmed_by IS NOT NULL AND confirmed_by <> requested_by",
            name="two_persons",
        ),
        Index(
            "uq_erasures_case",
            "case_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    # For the one who confirms, who has no case scope.
    case_code: Mapped[str] = mapped_column(Text, info=PLAIN)
    ground: Mapped[str] = mapped_column(Text, info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    requested_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    confirmed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    def confirm(self, *, by: UUID, at: datetime) -> None:
        self._require_requested()
        if self.requested_by == by:
            raise Refused("own-erasure-request")
        self.state, self.confirmed_by, self.confirmed_at = ErasureState.CONFIRMED, by, at

    def withdraw(self) -> None:
        self._require_requested()
        self.state = ErasureState.WITHDRAWN

    def _require_requested(self) -> None:
        if self.state != ErasureState.REQUESTED:
            raise Conflict("erasure-already-decided")


class LedgerKind(StrEnum):
    """What a restored database must not forget."""

    CASE_ERASED = "case_erased"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_RENEWED = "consent_renewed"
    PARTICIPATION_ENDED = "participation_ended"
    EXCLUSION_SET = "exclusion_set"
    EXCLUSION_LIFTED = "exclusion_lifted"
    REFERENCE_CHANGED = "reference_changed"
    ACCOUNT_CLOSED = "account_closed"
    WELFARE_OPPOSED = "welfare_opposed"
    WELFARE_UNOPPOSED = "welfare_unopposed"


class LedgerEntry(Base):
    """A line for the ledger outside the database; `position` once it is there.

    Opaque ids and an instant. `subject_id` is what ended; `other_id` whom it concerns.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('case_erased', 'consent_withdrawn', 'consent_renewed', 'participation_ended',"
            " 'exclusion_set', 'exclusion_lifted', 'reference_changed', 'account_closed',"
            " 'welfare_opposed', 'welfare_unopposed')",
            name="kind",
        ),
        CheckConstraint("(position IS NULL) = (line_hash IS NULL)", name="written"),
        Index("ix_ledger_entries_waiting", "at", postgresql_where=text("position IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    case_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    other_id: Mapped[UUID | None]
    at: Mapped[datetime]
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    line_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=PLAIN)
