"""What is open to whom: rows that the access rule (services/consent/access.sql) writes and that
every statement which reads a case joins.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, Base


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
