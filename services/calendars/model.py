"""The secret address of somebody's calendar; the table holds its hash."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, Base, Identified


class CalendarFeed(Identified, Base):
    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index(
            "ix_calendar_feeds_open", "professional_id", postgresql_where=text("revoked_at IS NULL")
        ),
    )

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=PLAIN)
    created_at: Mapped[datetime]
    # Written by find_feed_actor() alone (services/calendars/access.sql), to the hour.
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
