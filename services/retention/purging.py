"""What goes by itself when its period is over. Asked in windows: a missed turn heals itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.cases.model import Case
from services.retention import ledger
from services.retention.classes import CASE, CLASSES, By
from services.retention.model import (
    CaseRetention,
    Erasure,
    ErasureGround,
    ErasureState,
    LedgerKind,
)
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.clock import legal_day
from services.shared.unit_of_work import UnitOfWork

APPROACHING = "retention.purge_approaching"
# Told so long before; a case is never purged earlier than this after it was told.
NOTICE = timedelta(days=30)
CASES_AT_ONCE = 50
ROWS_AT_ONCE = 1_000
_Found = Select[UUID, datetime | None, str]
_COUNT = text("SELECT rows, oldest FROM count_old(:name, :before)")
_FORGET = text("SELECT forget_old(:name, :before, :at_most)")


@dataclass(frozen=True, kw_only=True)
class Due:
    """A class, and how much of it is past its period. Nothing about whom."""

    name: str
    count: int
    oldest: datetime | None


def warn_of_purges(*, uow: UnitOfWork) -> int:
    """Tell the reference workers whose case comes near its end; how many."""
    closed_before = uow.now() - CLASSES[CASE].period + NOTICE
    found = _closed(closed_before, uow.now()).where(CaseRetention.warned_at.is_(None))
    rows = uow.session.execute(found.limit(CASES_AT_ONCE)).all()
    for row in rows:
        day = legal_day(max(row.closed_at + CLASSES[CASE].period, uow.now() + NOTICE))
        warning = NewAlert(
            kind=APPROACHING,
            case_id=row.case_id,
            object_id=row.case_id,
            rung=day.isoformat(),
            due_at=uow.now(),
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts={"due_on": day.isoformat()},
        )
        alerts.plan([warning], uow=uow)
        uow.session.execute(
            update(CaseRetention)
            .where(CaseRetention.case_id == row.case_id)
            .values(warned_at=uow.now())
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def purge_cases(*, uow: UnitOfWork) -> int:
    """Confirm the erasure of what was closed for its whole period; how many cases."""
    rows = uow.session.execute(_to_purge(uow.now()).limit(CASES_AT_ONCE)).all()
    return sum(_confirm(row.case_id, row.code, uow=uow) for row in rows)


def forget_old_rows(*, uow: UnitOfWork) -> int:
    """A batch of each class that goes row by row; how many rows."""
    return sum(forget_batch(name, uow=uow) for name in classes_of_rows())


def forget_batch(name: str, *, uow: UnitOfWork) -> int:
    values = {"name": name, "before": uow.now() - CLASSES[name].period, "at_most": ROWS_AT_ONCE}
    return int(uow.session.execute(_FORGET, values).scalar_one())


def classes_of_rows() -> Iterator[str]:
    return (name for name, each in CLASSES.items() if each.by is By.ROWS)


def due(*, uow: UnitOfWork) -> list[Due]:
    """The dry run. Changes nothing."""
    purge = _to_purge(uow.now()).subquery()
    cases = uow.session.execute(select(func.count(), func.min(purge.c.closed_at))).one()
    found = [Due(name=CASE, count=cases[0], oldest=cases[1])]
    for name in classes_of_rows():
        values = {"name": name, "before": uow.now() - CLASSES[name].period}
        count, oldest = uow.session.execute(_COUNT, values).one()
        found.append(Due(name=name, count=count, oldest=oldest))
    return found


def _closed(before: datetime, now: datetime) -> _Found:
    erasing = exists().where(
        Erasure.case_id == CaseRetention.case_id, Erasure.state != ErasureState.WITHDRAWN
    )
    free: ColumnElement[bool] = or_(
        CaseRetention.held_until.is_(None), CaseRetention.held_until <= now
    )
    return (
        select(CaseRetention.case_id, CaseRetention.closed_at, Case.code)
        .join(Case, Case.id == CaseRetention.case_id)
        .where(CaseRetention.closed_at <= before, free, ~erasing)
        .order_by(CaseRetention.closed_at, CaseRetention.case_id)
    )


def _to_purge(now: datetime) -> _Found:
    return _closed(now - CLASSES[CASE].period, now).where(CaseRetention.warned_at <= now - NOTICE)


def _confirm(case_id: UUID, code: str, *, uow: UnitOfWork) -> bool:
    """False if an erasure of it began meanwhile."""
    new = uow.session.scalar(
        insert(Erasure)
        .values(
            id=uuid4(),
            version=1,
            case_id=case_id,
            case_code=code,
            ground=ErasureGround.RETENTION,
            state=ErasureState.CONFIRMED,
            requested_at=uow.now(),
            confirmed_at=uow.now(),
        )
        .on_conflict_do_nothing()
        .returning(Erasure.id)
    )
    if new is not None:
        ledger.note(LedgerKind.CASE_ERASED, new, case_id=case_id, uow=uow)
    return new is not None
