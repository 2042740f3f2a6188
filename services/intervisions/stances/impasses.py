"""A team says that it does not know how to go on (S013), so that its case may be proposed."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.consent import policy
from services.consent.hold import hold
from services.consent.queries import access_to, log_team_read
from services.intervisions.stances.model import Impasse
from services.intervisions.stances.policy import require_lifter
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.errors import Conflict, NotFound
from services.shared.unit_of_work import UnitOfWork

FLAGGED = "cases.impasse_flagged"


@dataclass(frozen=True)
class ImpasseSummary:
    """A case at an impasse. `leads` says whether the reader is its reference worker."""

    case_id: UUID
    code: str
    flagged_at: datetime
    leads: bool


_MINE = text(
    """
    SELECT c.id, c.code, i.flagged_at, s.leads
    FROM impasses i
    JOIN may_see s ON s.case_id = i.case_id AND s.takes_part
    JOIN cases c ON c.id = i.case_id
    WHERE i.lifted_at IS NULL AND c.state <> 'closed'
      AND (CAST(:after AS timestamptz) IS NULL OR (i.flagged_at, c.id) > (:after, :after_id))
    ORDER BY i.flagged_at, c.id LIMIT :limit
    """
)


def flag_impasse(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Impasse:
    """Flag an impasse, as any member of the team may; the reference worker is told of it."""
    policy.require_team(access_to(case_id, uow=uow))
    impasse = Impasse(case_id=case_id, flagged_by=actor.id, flagged_at=uow.now())
    try:
        with uow.session.begin_nested():
            uow.session.add(impasse)
    except IntegrityError as already:
        raise Conflict("impasse-already-flagged") from already
    after = {"flagged_at": impasse.flagged_at, "version": impasse.version}
    uow.record("flag_impasse", impasse, actor=actor, after=after)
    told = NewAlert(
        kind=FLAGGED,
        case_id=case_id,
        object_id=impasse.id,
        due_at=uow.now(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
    )
    alerts.plan([told], uow=uow)
    return impasse


def lift_impasse(case_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Impasse:
    """Say that the team knows how to go on again."""
    flagged = _open(case_id, uow=uow)
    may = partial(require_lifter, flagged_it=flagged.flagged_by == actor.id)
    impasse = hold(Impasse, flagged.id, may, version=version, uow=uow)
    impasse.lift(by=actor.id, at=uow.now())
    uow.session.flush()
    before = {"lifted_at": None}
    after = {"lifted_at": impasse.lifted_at, "version": impasse.version}
    uow.record("lift_impasse", impasse, actor=actor, before=before, after=after)
    return impasse


def impasse(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Impasse:
    """The impasse of a case that was not lifted; NotFound if there is none."""
    log_team_read(case_id, "impasse", actor=actor, uow=uow)
    return _open(case_id, uow=uow)


def impasses(
    *, after: tuple[datetime, UUID] | None, limit: int, uow: UnitOfWork
) -> list[ImpasseSummary]:
    """The actor's cases that are at an impasse, the longest first."""
    moment, key = after or (None, None)
    values = {"after": moment, "after_id": key, "limit": limit}
    return [ImpasseSummary(*row) for row in uow.session.execute(_MINE, values)]


def flagged_since(case_id: UUID, *, uow: UnitOfWork) -> datetime | None:
    """Since when a case is at an impasse; None if it is at none."""
    return uow.session.scalar(
        select(Impasse.flagged_at).where(Impasse.case_id == case_id, Impasse.lifted_at.is_(None))
    )


def _open(case_id: UUID, *, uow: UnitOfWork) -> Impasse:
    found = uow.session.scalars(
        select(Impasse).where(Impasse.case_id == case_id, Impasse.lifted_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
