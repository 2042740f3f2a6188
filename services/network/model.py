"""Organisations, professionals, their roles and identities, and the collaboration protocol."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, PrimaryKeyConstraint, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, STAFF, Base, Identified, Versioned


class OrganisationKind(StrEnum):
    GENERALIST = "generalist"
    SPECIALIST = "specialist"


class Organisation(Identified, Versioned, Base):
    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("kind IN ('generalist', 'specialist')", name="kind"),)

    name: Mapped[str] = mapped_column(Text, unique=True, info=PLAIN)
    sector: Mapped[str] = mapped_column(Text, info=PLAIN)
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    # A CPAS/OCMW: a tenant can oppose that it is told of a procedure (docs/decisions/0028).
    public_welfare_centre: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))


class Professional(Identified, Versioned, Base):
    __tablename__ = "professionals"
    __table_args__ = (CheckConstraint("language IN ('fr', 'nl', 'en')", name="language"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(Text, info=STAFF)
    email: Mapped[str] = mapped_column(Text, info=STAFF)
    language: Mapped[str] = mapped_column(Text, info=PLAIN)
    active: Mapped[bool] = mapped_column(Boolean, server_default=sql("true"))


class ProfessionalRole(Base):
    __tablename__ = "professional_roles"
    __table_args__ = (
        PrimaryKeyConstraint("professional_id", "role"),
        CheckConstraint(
            "role IN ('worker', 'facilitator', 'liaison', 'team_lead', 'coordinator',"
            " 'administrator')",
            name="role",
        ),
    )

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    role: Mapped[str] = mapped_column(Text, info=PLAIN)


class ProfessionalCanton(Base):
    """A canton of the justice of the peace in which a liaison works."""

    __tablename__ = "professional_cantons"
    __table_args__ = (PrimaryKeyConstraint("professional_id", "canton"),)

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    canton: Mapped[str] = mapped_column(Text, info=PLAIN)


class Identity(Base):
    """Who an OpenID provider says somebody is (OpenID Connect Core 1.0 §5.7: issuer + subject)."""

    __tablename__ = "identities"
    __table_args__ = (PrimaryKeyConstraint("issuer", "subject"),)

    issuer: Mapped[str] = mapped_column(Text, info=PLAIN)
    subject: Mapped[str] = mapped_column(Text, info=STAFF)
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)


class Protocol(Identified, Base):
    """A version of the collaboration protocol; the highest number published is in force."""

    __tablename__ = "protocols"

    number: Mapped[int] = mapped_column(Integer, unique=True)
    title: Mapped[str] = mapped_column(Text, info=PLAIN)
    body: Mapped[str] = mapped_column(Text, info=PLAIN)
    published_at: Mapped[datetime]
    published_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


class ProtocolSignature(Base):
    __tablename__ = "protocol_signatures"
    __table_args__ = (PrimaryKeyConstraint("protocol_id", "organisation_id"),)

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocols.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    signed_at: Mapped[datetime]
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
