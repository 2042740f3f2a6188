"""The declarative base. Every column that can hold text or a date says what it is about.

`personal(Category.X)` marks data about a person of the household, `STAFF` data about
professionals, `PLAIN` data about nobody. A test refuses a column that says nothing.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from services.shared.categories import Category

PLAIN: dict[str, Any] = {"about": "nothing"}
STAFF: dict[str, Any] = {"about": "staff"}
# Execution options of a change by sets that no object of its session takes notice of.
NO_SYNC = {"synchronize_session": False}


def personal(category: Category) -> dict[str, Any]:
    """Column info: personal data of the household, in this category."""
    return {"about": "household", "category": category}


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Identified:
    """A random key made here (v4: it tells nobody when the row was made)."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class Versioned:
    """A counter that rises with every change; outward it is the ETag."""

    version: Mapped[int] = mapped_column(Integer, nullable=False)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}
