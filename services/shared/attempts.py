"""How often somebody tried something lately, counted in rows that outlast the refusal.

An attempt commits before the thing itself is tried: guessing costs attempts whatever comes of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Index, Text, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.actor import Acting
from services.shared.loading import one_at_a_time
from services.shared.tables import NO_SYNC, PLAIN, Base
from services.shared.unit_of_work import UnitOfWork

KEPT = timedelta(days=1)


class Attempt(Base):
    __tablename__ = "attempts"
    __table_args__ = (
        Index("ix_attempts_actor", "actor_id", "what", "at"),
        Index("ix_attempts_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    actor_id: Mapped[UUID]
    what: Mapped[str] = mapped_column(Text, info=PLAIN)
    at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `times` in any stretch of `within`, for each person."""

    times: int
    within: timedelta

    def __post_init__(self) -> None:
        assert self.within <= KEPT


def attempt(what: str, limit: Limit, *, actor: Acting, uow: UnitOfWork) -> timedelta | None:
    """None if this attempt is within the limit, which it now counts towards; else how long to wait.

    Either is in the audit. A refused attempt does not count: waiting always helps.
    """
    # Two attempts of one person at once, in whichever process, are counted one after the other.
    one_at_a_time(f"{actor.id} {what}", uow=uow)
    earlier = (
        select(func.count(), func.min(Attempt.at))
        .where(Attempt.actor_id == actor.id, Attempt.what == what)
        .where(Attempt.at > uow.now() - limit.within)
    )
    count, oldest = uow.session.execute(earlier).one()
    tried = Attempt(id=uuid4(), actor_id=actor.id, what=what, at=uow.now())
    is_refused = count >= limit.times
    action = f"{what}.refused" if is_refused else f"{what}.attempted"
    after = {"at": tried.at, "earlier": count}
    uow.record(action, tried, actor=actor, case_id=None, after=after)
    if is_refused:
        wait: timedelta = oldest + limit.within - uow.now()
        return wait
    uow.session.add(tried)
    return None


def forget_old_attempts(*, uow: UnitOfWork) -> None:
    """Delete attempts older than any limit looks back. For the timetable."""
    uow.session.execute(
        delete(Attempt).where(Attempt.at <= uow.now() - KEPT),
        execution_options=NO_SYNC,
    )
