from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, STAFF, Base, Identified


class Span(StrEnum):
    HOUR = "hour"
    DAY = "day"


class UnusualReading(Identified, Base):
    """One person in one window, at most once; how many cases, never which."""

    __tablename__ = "unusual_readings"

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    span: Mapped[str] = mapped_column(Text, info=PLAIN)
    since: Mapped[datetime] = mapped_column(info=STAFF)
    cases: Mapped[int] = mapped_column(Integer, info=STAFF)
    found_at: Mapped[datetime] = mapped_column(info=STAFF)

    __table_args__ = (
        UniqueConstraint("professional_id", "span", "since", name="uq_unusual_readings_once"),
        CheckConstraint("span IN ('hour', 'day')", name="span"),
    )
