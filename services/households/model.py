"""Household, its dated members, its tenancy."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

IDENTITY = personal(Category.IDENTITY)
TENANCY = personal(Category.TENANCY)
# What is true of a person in every membership of theirs.
OF_THE_PERSON = ("role", "pseudonym", "family_name", "given_name", "birth_date")


class Household(Identified, Versioned, Base):
    __tablename__ = "households"

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", deferrable=True, initially="DEFERRED"), unique=True
    )
    language: Mapped[str] = mapped_column(Text, info=PLAIN)
    # Not selected with the row, which says less: commune_of() gives it to whoever may read it.
    commune: Mapped[str | None] = mapped_column(
        Text, info=personal(Category.TENANCY), deferred=True, deferred_raiseload=True
    )


class Member(Identified, Versioned, Base):
    """A person in a household from a day to a day; a pseudonym is enough.

    Who comes back is the same person in another row, with days of its own.
    """

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("role IN ('adult', 'child')", name="role"),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="dates"),
        Index(
            "uq_members_present",
            "person_id",
            unique=True,
            postgresql_where=text("left_on IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    # The same in all memberships of one person in this household, and in no other household.
    person_id: Mapped[UUID] = mapped_column(default=uuid4, server_default=text("gen_random_uuid()"))
    role: Mapped[str] = mapped_column(Text, info=PLAIN)
    pseudonym: Mapped[str] = mapped_column(Text, info=IDENTITY)
    family_name: Mapped[str | None] = mapped_column(Text, info=IDENTITY)
    given_name: Mapped[str | None] = mapped_column(Text, info=IDENTITY)
    birth_date: Mapped[date | None] = mapped_column(Date, info=IDENTITY)
    joined_on: Mapped[date] = mapped_column(Date, info=IDENTITY)
    left_on: Mapped[date | None] = mapped_column(Date, info=IDENTITY)

    def leave(self, day: date) -> None:
        if self.left_on is not None:
            raise RuleBroken("member-already-left")
        if day < self.joined_on:
            raise RuleBroken("left-before-joined")
        self.left_on = day

    def correct(self, values: Mapping[str, Any]) -> None:
        joined_on = values["joined_on"]
        if self.left_on is not None and self.left_on < joined_on:
            raise RuleBroken("left-before-joined")
        for name, value in values.items():
            setattr(self, name, value)

    def described(self) -> dict[str, Any]:
        """What another membership of the same person begins with."""
        return {name: getattr(self, name) for name in OF_THE_PERSON}

    def forget_identity(self) -> None:
        """The pseudonym and the days stay: that somebody lived here, and not who."""
        self.family_name = self.given_name = self.birth_date = None


class LeaseKind(StrEnum):
    """What a household lives there by.

    `social` says no more; a public-service housing company (`social_company`) and a commune or a
    public welfare centre (`social_public`) have other rules in Wallonia. `lease_ended`: whoever
    stayed after a lease; `without_title`: whoever never had one there.
    """

    MAIN_RESIDENCE = "main_residence"
    SOCIAL = "social"
    SOCIAL_COMPANY = "social_company"
    SOCIAL_PUBLIC = "social_public"
    COMMERCIAL_DWELLING = "commercial_dwelling"
    OTHER = "other"
    LEASE_ENDED = "lease_ended"
    WITHOUT_TITLE = "without_title"


class Tenancy(Identified, Versioned, Base):
    """The dwelling a household may lose. Amounts are euros, exact."""

    __tablename__ = "tenancies"
    __table_args__ = (
        CheckConstraint("rent_eur >= 0", name="rent"),
        CheckConstraint(
            f"lease_kind IN ({', '.join(repr(kind.value) for kind in LeaseKind)})",
            name="lease_kind",
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), unique=True)
    address: Mapped[str | None] = mapped_column(Text, info=TENANCY)
    postal_code: Mapped[str | None] = mapped_column(Text, info=TENANCY)
    landlord: Mapped[str | None] = mapped_column(Text, info=TENANCY)
    lease_kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    rent_eur: Mapped[Decimal | None] = mapped_column(Numeric(10, 2), info=TENANCY)
    months_of_arrears: Mapped[Decimal | None] = mapped_column(Numeric(5, 1), info=TENANCY)
    started_on: Mapped[date | None] = mapped_column(Date, info=TENANCY)


def require_adult(member: Member) -> None:
    """A child is represented by the adults; what is theirs is a matter for the reference worker."""
    if member.role != "adult":
        raise RuleBroken("portal-for-adults-only")
