"""Consents, their provisions, and the grants derived from them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.shared.categories import ALL, Category
from services.shared.errors import RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class Basis(StrEnum):
    """Why somebody may see something of a case."""

    REFERENCE = "reference"
    PARTICIPATION = "participation"
    LIAISON = "liaison"
    BREAK_GLASS = "break_glass"


class RecipientKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    ROLE = "role"


class Effect(StrEnum):
    PERMIT = "permit"
    DENY = "deny"


class Consent(Identified, Versioned, Base):
    """One act of the household: given at an instant, for a period, withdrawn at once."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("valid_until > valid_from", name="period"),
        CheckConstraint("evidence IN ('oral', 'written')", name="evidence"),
        CheckConstraint("evidence <> 'oral' OR witness IS NOT NULL", name="witness"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text, info=personal(Category.IDENTITY))
    evidence: Mapped[str] = mapped_column(Text, info=PLAIN)
    witness: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    language: Mapped[str] = mapped_column(Text, info=PLAIN)
    collected_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    given_at: Mapped[datetime]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    provisions: Mapped[list["Provision"]] = relationship(order_by="Provision.id", lazy="selectin")

    def withdraw(self, at: datetime) -> None:
        if self.withdrawn_at is not None:
            raise RuleBroken("consent-already-withdrawn")
        self.withdrawn_at = at


class Provision(Identified, Base):
    """Permits or denies categories to a person, an organisation or a role."""

    __tablename__ = "provisions"
    __table_args__ = (
        CheckConstraint("effect IN ('permit', 'deny')", name="effect"),
        CheckConstraint("recipient_kind IN ('person', 'organisation', 'role')", name="kind"),
        CheckConstraint(
            "(recipient_kind = 'role') = (recipient_role IS NOT NULL)"
            " AND (recipient_kind = 'role') = (recipient_id IS NULL)",
            name="recipient",
        ),
        CheckConstraint(f"category_mask > 0 AND category_mask <= {int(ALL)}", name="categories"),
    )

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    effect: Mapped[str] = mapped_column(Text, info=PLAIN)
    recipient_kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    recipient_id: Mapped[UUID | None]
    recipient_role: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    category_mask: Mapped[int] = mapped_column(Integer)


class AccessGrant(Base):
    """What a professional may see of a case in [valid_from, valid_until). Written by triggers."""

    __tablename__ = "access_grants"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "principal_id", "basis", "valid_from"),
        Index(
            "ix_access_grants_principal",
            "principal_id",
            "case_id",
            postgresql_include=["category_mask", "valid_from", "valid_until", "basis"],
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    basis: Mapped[str] = mapped_column(Text, info=PLAIN)
    category_mask: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
