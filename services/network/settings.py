"""What the network decided for all its cases. Until it decides, the written default holds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from services.network import policy
from services.shared.actor import Actor, RoleKind
from services.shared.errors import StaleVersion
from services.shared.tables import PLAIN, Base, Versioned
from services.shared.unit_of_work import UnitOfWork

# Storage limitation, the right to erasure, restriction: which of them holds is for the controller.
LAW = "GDPR art. 7(3), 17(1)(b) and 18(1)"
_THE_ROW = 1


class NotesAfterWithdrawal(StrEnum):
    """Who reads what was written under a consent that the household took back."""

    KEPT_FOR_REFERENCE_WORKER = "kept_for_reference_worker"
    # Nobody, until the household agrees again or the network decides otherwise.
    SEALED = "sealed"


DEFAULT = NotesAfterWithdrawal.KEPT_FOR_REFERENCE_WORKER


class NetworkSettings(Versioned, Base):
    """One row at most; none means the defaults."""

    __tablename__ = "network_settings"
    __table_args__ = (
        CheckConstraint("key = 1", name="one_row"),
        CheckConstraint(
            "notes_after_withdrawal IN ('kept_for_reference_worker', 'sealed')",
            name="notes_after_withdrawal",
        ),
    )

    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    notes_after_withdrawal: Mapped[str] = mapped_column(Text, info=PLAIN)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


@dataclass(frozen=True)
class SettingsView:
    """Version 0: nobody decided yet. `law` names what the controller has to decide under."""

    notes_after_withdrawal: str
    law: str
    changed_at: datetime | None
    changed_by: UUID | None
    version: int


def settings(*, uow: UnitOfWork) -> SettingsView:
    row = uow.session.get(NetworkSettings, _THE_ROW)
    if row is None:
        return SettingsView(DEFAULT.value, LAW, None, None, 0)
    return SettingsView(
        row.notes_after_withdrawal, LAW, row.changed_at, row.changed_by, row.version
    )


def change_settings(
    chosen: NotesAfterWithdrawal, *, version: int, actor: Actor, uow: UnitOfWork
) -> SettingsView:
    """The settings hold from the commit, for every case."""
    policy.require_role(actor, RoleKind.ADMINISTRATOR)
    before = settings(uow=uow)
    if before.version != version:
        raise StaleVersion
    row = _write(chosen, actor=actor, uow=uow)
    uow.record(
        "change_settings",
        row,
        actor=actor,
        case_id=None,
        before={"notes_after_withdrawal": before.notes_after_withdrawal},
        after={"notes_after_withdrawal": row.notes_after_withdrawal},
    )
    return settings(uow=uow)


def _write(chosen: NotesAfterWithdrawal, *, actor: Actor, uow: UnitOfWork) -> NetworkSettings:
    row = uow.session.get(NetworkSettings, _THE_ROW)
    if row is None:
        row = NetworkSettings(key=_THE_ROW)
        uow.session.add(row)
    row.notes_after_withdrawal = chosen.value
    row.changed_at, row.changed_by = uow.now(), actor.id
    try:
        uow.session.flush()
    except IntegrityError as raced:
        raise StaleVersion from raced
    return row
