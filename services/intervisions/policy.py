"""Who sees a session, who leads it, and what may be done in which kind of it.

None of this opens a case: a session knows none (docs/decisions/0040).
"""

from uuid import UUID

from sqlalchemy import select, text

from services.intervisions.model import (
    IntervisionSeries,
    IntervisionSession,
    SeriesKind,
    SessionInvitation,
)
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, Refused, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

_ATTENDS = text("SELECT attends(:session)")
_FACILITATES = text("SELECT facilitates(:session)")
_FROZEN = text("SELECT proposals_frozen(:session)")


def session_of(session_id: UUID, *, uow: UnitOfWork) -> IntervisionSession:
    """The session, for whoever has a place in it; NotFound for anybody else."""
    if not attends(session_id, uow=uow):
        raise NotFound
    return load(IntervisionSession, session_id, uow=uow)


def attends(session_id: UUID, *, uow: UnitOfWork) -> bool:
    return bool(uow.session.scalar(_ATTENDS, {"session": session_id}))


def facilitates(session: IntervisionSession, *, uow: UnitOfWork) -> bool:
    return bool(uow.session.scalar(_FACILITATES, {"session": session.id}))


def require_facilitator(session: IntervisionSession, *, uow: UnitOfWork) -> None:
    if not facilitates(session, uow=uow):
        raise Refused("not-the-facilitator")


def require_series_facilitator(series: IntervisionSeries, *, actor: Actor) -> None:
    if actor.id not in (series.facilitator_id, series.co_facilitator_id):
        raise Refused("not-the-facilitator")


def kind_of(session: IntervisionSession, *, uow: UnitOfWork) -> SeriesKind:
    return SeriesKind(load(IntervisionSeries, session.series_id, uow=uow).kind)


def require_kind(session: IntervisionSession, *kinds: SeriesKind, uow: UnitOfWork) -> None:
    """A supervision keeps nothing but who was there; only an intervision works on cases."""
    kind = kind_of(session, uow=uow)
    if kind not in kinds:
        raise RuleBroken("session-kind", kind=kind.value)


def require_unfrozen(session: IntervisionSession, *, uow: UnitOfWork) -> None:
    """Nobody votes on its proposals yet."""
    if uow.session.scalar(_FROZEN, {"session": session.id}):
        raise Conflict("proposals-frozen")


def invitation_of(
    session: IntervisionSession, professional_id: UUID, *, uow: UnitOfWork
) -> SessionInvitation | None:
    return uow.session.scalar(
        select(SessionInvitation).where(
            SessionInvitation.session_id == session.id,
            SessionInvitation.professional_id == professional_id,
        )
    )


def require_invited(
    session: IntervisionSession, *, actor: Actor, uow: UnitOfWork
) -> SessionInvitation:
    """The actor's own invitation; who facilitates without one has no part in votes and tables."""
    found = invitation_of(session, actor.id, uow=uow)
    if found is None or not found.stands:
        raise Refused("not-invited-to-session")
    return found


_ATTENDS = text("SELECT attends_as(:session, :who)")


def require_attending(session_id: UUID, who: UUID | None, *, uow: UnitOfWork) -> None:
    """Nobody is given something to do in a session that they do not come to."""
    if who is not None and not uow.session.scalar(_ATTENDS, {"session": session_id, "who": who}):
        raise RuleBroken("owner-not-attending")
