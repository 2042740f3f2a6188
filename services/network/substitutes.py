"""Substitutes: a colleague stands in for a reference worker, in all their cases, for some days.

The access that follows is part of the one rule (`services/consent/access.sql`); it begins and ends
at the instant, without any job.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from services.network.policy import require_role
from services.network.queries import professional
from services.shared.actor import Actor, RoleKind
from services.shared.clock import brussels
from services.shared.errors import Conflict, Refused, RuleBroken
from services.shared.loading import load
from services.shared.tables import STAFF, Base, Identified
from services.shared.unit_of_work import UnitOfWork


class Substitution(Identified, Base):
    """A period from the first instant of a day to the last of another, in the court's calendar."""

    __tablename__ = "substitutions"
    __table_args__ = (
        CheckConstraint("reference_id <> substitute_id", name="parties"),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("valid_until > valid_from", name="period"),
        Index("ix_substitutions_reference", "reference_id", "valid_until"),
        Index("ix_substitutions_substitute", "substitute_id", "valid_until"),
    )

    reference_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    substitute_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    first_day: Mapped[date] = mapped_column(Date, info=STAFF)
    last_day: Mapped[date] = mapped_column(Date, info=STAFF)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def end(self, at: datetime) -> None:
        if self.ended_at is not None or self.valid_until <= at:
            raise Conflict("substitution-already-over")
        self.ended_at = at


@dataclass(frozen=True, kw_only=True)
class NameSubstitute:
    substitute_id: UUID
    first_day: date
    last_day: date


def name_substitute(cmd: NameSubstitute, *, actor: Actor, uow: UnitOfWork) -> Substitution:
    """The substitute stands in for the actor in every case, new ones during the period too."""
    require_role(actor, RoleKind.WORKER)
    if cmd.last_day < cmd.first_day or cmd.last_day < uow.today():
        raise RuleBroken("period-already-over")
    substitute = professional(cmd.substitute_id, uow=uow)
    if RoleKind.WORKER not in substitute.roles or substitute.id == actor.id:
        raise RuleBroken("receiver-not-a-worker")
    if substitute.organisation_id != actor.organisation_id:
        raise RuleBroken("substitute-of-another-organisation")
    substitution = Substitution(
        **vars(cmd),
        reference_id=actor.id,
        valid_from=brussels(cmd.first_day, time.min),
        valid_until=brussels(cmd.last_day + timedelta(days=1), time.min),
        named_at=uow.now(),
    )
    uow.session.add(substitution)
    uow.session.flush()
    days = {"first_day": cmd.first_day.isoformat(), "last_day": cmd.last_day.isoformat()}
    after = {**days, "substitute": str(cmd.substitute_id)}
    uow.record("name_substitute", substitution, actor=actor, case_id=None, after=after)
    return substitution


def end_substitution(substitution_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Substitution:
    """The period ends: the substitute sees nothing more by it after the commit."""
    substitution = load(Substitution, substitution_id, uow=uow)
    if substitution.reference_id != actor.id:
        raise Refused("not-the-author")
    substitution.end(uow.now())
    uow.session.flush()
    after = {"ended_at": substitution.ended_at}
    uow.record("end_substitution", substitution, actor=actor, case_id=None, after=after)
    return substitution


def my_substitutions(*, actor: Actor, uow: UnitOfWork) -> Sequence[Substitution]:
    """Periods that the actor named or that name the actor, the latest first."""
    mine = or_(Substitution.reference_id == actor.id, Substitution.substitute_id == actor.id)
    return uow.session.scalars(
        select(Substitution).where(mine).order_by(Substitution.first_day.desc(), Substitution.id)
    ).all()
