"""Consents, their provisions, and the grants derived from them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.shared.categories import ALL, Category
from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class RecipientKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    ROLE = "role"


class Effect(StrEnum):
    PERMIT = "permit"
    DENY = "deny"


class LegalGround(StrEnum):
    """Why processing is lawful (GDPR art. 6(1)); lifting professional secrecy is another thing."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTEREST = "vital_interest"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"

    @property
    def article(self) -> str:
        """The point of article 6(1) that it stands under: (a) to (f), in the order above."""
        return f"GDPR art. 6(1)({'abcdef'[list(LegalGround).index(self)]})"


class Consent(Identified, Versioned, Base):
    """One act of the household: given at an instant, for a period, withdrawn at once."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("valid_until > valid_from", name="period"),
        CheckConstraint("evidence IN ('oral', 'written', 'portal')", name="evidence"),
        # The person's own act in the household's view, or what a professional collected.
        CheckConstraint(
            "(evidence = 'portal') = (collected_by IS NULL)"
            " AND (evidence <> 'portal' OR member_id IS NOT NULL)",
            name="given",
        ),
        CheckConstraint("evidence <> 'oral' OR witness IS NOT NULL", name="witness"),
        CheckConstraint("evidence <> 'written' OR document IS NOT NULL", name="document"),
        CheckConstraint(
            "legal_ground IN ('consent', 'contract', 'legal_obligation', 'vital_interest',"
            " 'public_task', 'legitimate_interest')",
            name="legal_ground",
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    # The adult who gives it for themselves alone, as long as they live there; null: the household.
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text, info=personal(Category.IDENTITY))
    evidence: Mapped[str] = mapped_column(Text, info=PLAIN)
    witness: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    # Where the signed paper is, until documents are kept here.
    document: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    # The household lifts professional secrecy (Criminal Code art. 458, old numbering; its number
    # in the Code of 2024 is to be checked). Sharing data and lifting secrecy are two questions.
    lifts_secrecy: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))
    legal_ground: Mapped[str] = mapped_column(
        Text, info=PLAIN, server_default=LegalGround.CONSENT.value
    )
    language: Mapped[str] = mapped_column(Text, info=PLAIN)
    collected_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    # An adult of the household whose alone this is in the household's own view (0016).
    confidential_to: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    given_at: Mapped[datetime]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    # Since then the renewal speaks instead; `valid_until` stays as it was agreed.
    renewed_at: Mapped[datetime | None]
    renewed_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("consents.id"), unique=True)
    provisions: Mapped[list["Provision"]] = relationship(order_by="Provision.id", lazy="selectin")

    def withdraw(self, at: datetime) -> None:
        self._require_standing()
        self.withdrawn_at = at

    def renew(self, at: datetime) -> None:
        """Ends at the instant its renewal begins."""
        self._require_standing()
        if self.valid_until <= at:
            raise RuleBroken("consent-has-ended")
        self.renewed_at = at

    def _require_standing(self) -> None:
        if self.withdrawn_at is not None:
            raise RuleBroken("consent-already-withdrawn")
        if self.renewed_at is not None:
            raise Conflict("consent-already-renewed")


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


class Exclusion(Identified, Versioned, Base):
    """The household refuses a person, or everybody of an organisation, until it is lifted."""

    __tablename__ = "exclusions"
    __table_args__ = (
        CheckConstraint("(professional_id IS NULL) <> (organisation_id IS NULL)", name="one_named"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
        CheckConstraint("(set_by IS NULL) <> (set_by_member IS NULL)", name="one_set_it"),
        # Once by the team and once by each adult: none learns of another's by being refused.
        Index(
            "uq_exclusions_professional",
            "case_id",
            "professional_id",
            "set_by_member",
            unique=True,
            postgresql_where=sql("lifted_at IS NULL AND professional_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq_exclusions_organisation",
            "case_id",
            "organisation_id",
            "set_by_member",
            unique=True,
            postgresql_where=sql("lifted_at IS NULL AND organisation_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    professional_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str] = mapped_column(Text, info=personal(Category.IDENTITY))
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    # One adult's own refusal: it does not reach whoever helps another adult in confidence.
    set_by_member: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    set_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    lifted_at: Mapped[datetime | None]

    def lift(self, *, by: UUID, at: datetime) -> None:
        if self.lifted_at is not None:
            raise Conflict("exclusion-already-lifted")
        self.lifted_by = by
        self.lifted_at = at


class SharePeriod(Base):
    """Who could read which categories, on which ground, from when to when: what a grant was, kept
    by refresh_access() as it replaces it. Present grants stand in access_grants."""

    __tablename__ = "share_periods"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "principal_id", "basis", "category_mask", "since"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    basis: Mapped[str] = mapped_column(Text, info=PLAIN)
    category_mask: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime]
    until: Mapped[datetime]
