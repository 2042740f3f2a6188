"""How often somebody tried something lately, counted in rows that outlast the refusal.

What counts is committed before the caller learns what came of it: guessing always costs attempts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Index, Text, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.actor import Acting
from services.shared.errors import TooMuch
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


def attempt(what: str, limit: Limit, *, actor: Acting, uow: UnitOfWork) -> TooMuch | None:
    """None if this attempt is within the limit, which it now counts towards; else the refusal."""
    refused = refusal(what, limit, actor=actor, uow=uow)
    if refused is None:
        count(what, actor=actor, uow=uow)
    return refused


def refusal(what: str, limit: Limit, *, actor: Acting, uow: UnitOfWork) -> TooMuch | None:
    """None if one more attempt is within the limit; else a refusal, which stands in the audit.

    Until the transaction ends the same actor attempts this nowhere else. A refused attempt does
    not count: waiting always helps.
    """
    # Two attempts of one person at once, in whichever process, are counted one after the other.
    one_at_a_time(f"{actor.id} {what}", uow=uow)
    earlier = (
        select(func.count(), func.min(Attempt.at))
        .where(Attempt.actor_id == actor.id, Attempt.what == what)
        .where(Attempt.at > uow.now() - limit.within)
    )
    times, oldest = uow.session.execute(earlier).one()
    if times < limit.times:
        return None
    tried, after = Attempt(id=uuid4()), {"at": uow.now(), "earlier": times}
    uow.record(f"{what}.refused", tried, actor=actor, case_id=None, after=after)
    return TooMuch("too-many-requests", wait=oldest + limit.within - uow.now())


def count(what: str, *, actor: Acting, uow: UnitOfWork) -> None:
    """An attempt counts from now on, and stands in the audit."""
    tried = Attempt(id=uuid4(), actor_id=actor.id, what=what, at=uow.now())
    uow.session.add(tried)
    uow.session.flush()
    uow.record(f"{what}.attempted", tried, actor=actor, case_id=None, after={"at": tried.at})


def forget_old_attempts(*, uow: UnitOfWork) -> None:
    """Delete attempts older than any limit looks back. For the timetable."""
    uow.session.execute(
        delete(Attempt).where(Attempt.at <= uow.now() - KEPT),
        execution_options=NO_SYNC,
    )
