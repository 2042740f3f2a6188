"""Exclusions: whom the household refuses. `cases` ends what they took part in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.consent import policy
from services.consent.events import ExclusionLifted, ExclusionSet
from services.consent.hold import hold
from services.consent.model import Exclusion
from services.consent.queries import access_to
from services.network.model import Organisation, Professional
from services.shared.actor import Acting, Actor, HouseholdMember
from services.shared.categories import Category
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Exclude:
    """One of the two is named: a professional, or an organisation with everybody in it."""

    case_id: UUID
    professional_id: UUID | None = None
    organisation_id: UUID | None = None
    reason: str


def set_exclusion(cmd: Exclude, *, actor: Actor, uow: UnitOfWork) -> Exclusion:
    """At commit they read nothing more of the case, whatever is permitted to them."""
    policy.require_lead(access_to(cmd.case_id, uow=uow))
    policy.require_hand_over_first(actor, cmd.professional_id, cmd.organisation_id)
    exclusion = Exclusion(**vars(cmd), set_by=actor.id, set_at=uow.now())
    return _set(exclusion, actor=actor, uow=uow)


def refuse_in_person(cmd: Exclude, *, actor: HouseholdMember, uow: UnitOfWork) -> Exclusion:
    """An adult of the household excludes somebody. A trigger ends at once what these held in the
    case, except what is confidential to another adult (docs/decisions/0016).
    """
    leads = uow.session.execute(_LEADS, {"case": cmd.case_id}).one()
    if leads.professional_id == cmd.professional_id or (
        leads.organisation_id == cmd.organisation_id
    ):
        raise RuleBroken("household-excludes-reference-worker")
    exclusion = Exclusion(**vars(cmd), set_by_member=actor.id, set_at=uow.now())
    return _set(exclusion, actor=actor, uow=uow)


def _set(exclusion: Exclusion, *, actor: Acting, uow: UnitOfWork) -> Exclusion:
    _require_known(exclusion.professional_id, exclusion.organisation_id, uow=uow)
    try:
        with uow.session.begin_nested():
            uow.session.add(exclusion)
    except IntegrityError as already:
        raise Conflict("already-excluded") from already
    after = {
        "professional": exclusion.professional_id,
        "organisation": exclusion.organisation_id,
        "version": exclusion.version,
    }
    uow.record(
        "set_exclusion",
        exclusion,
        actor=actor,
        after=after,
        event=ExclusionSet(case_id=exclusion.case_id, exclusion_id=exclusion.id),
    )
    return exclusion


def lift_exclusion(
    case_id: UUID, exclusion_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Exclusion:
    """Consent counts for them again. A place in the team that ended stays ended."""
    of = {"case_id": case_id}
    exclusion = hold(Exclusion, exclusion_id, policy.require_lead, of=of, version=version, uow=uow)
    exclusion.lift(by=actor.id, at=uow.now())
    uow.session.flush()
    after = {"lifted_at": exclusion.lifted_at, "version": exclusion.version}
    uow.record(
        "lift_exclusion",
        exclusion,
        actor=actor,
        after=after,
        event=ExclusionLifted(case_id=case_id, exclusion_id=exclusion.id),
    )
    return exclusion


def _require_known(
    professional_id: UUID | None, organisation_id: UUID | None, *, uow: UnitOfWork
) -> None:
    if professional_id is not None:
        load(Professional, professional_id, uow=uow)
    if organisation_id is not None:
        load(Organisation, organisation_id, uow=uow)


_LEADS = text(
    """
    SELECT r.professional_id, x.organisation_id
    FROM reference_assignments r JOIN professionals x ON x.id = r.professional_id
    WHERE r.case_id = :case AND upper_inf(r.period)
    """
)
_IS_REFUSED = text("SELECT is_refused(:case, :who)")
_REFUSES_ME = text("SELECT refuses_me(:case)")
_REFUSES_ORGANISATION = text(
    """
    SELECT EXISTS (SELECT 1 FROM exclusions e WHERE e.case_id = :case AND e.lifted_at IS NULL
                   AND e.organisation_id = :organisation)
    """
)


def require_not_excluded(professional_id: UUID, case_id: UUID, *, uow: UnitOfWork) -> None:
    """Only the reference worker sees exclusions; to anybody else this refuses nothing."""
    if uow.session.scalar(_IS_REFUSED, {"case": case_id, "who": professional_id}):
        raise RuleBroken("excluded-by-the-household")


def require_organisation_not_excluded(
    organisation_id: UUID, case_id: UUID, *, uow: UnitOfWork
) -> None:
    values = {"case": case_id, "organisation": organisation_id}
    if uow.session.scalar(_REFUSES_ORGANISATION, values):
        raise RuleBroken("excluded-by-the-household")


def excludes_actor(case_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether the household refuses the actor of this transaction, whoever they are."""
    return bool(uow.session.scalar(_REFUSES_ME, {"case": case_id}))


@dataclass(frozen=True)
class ExclusionView:
    id: UUID
    professional_id: UUID | None
    organisation_id: UUID | None
    name: str
    reason: str
    set_by: UUID | None
    set_by_member: UUID | None
    set_at: datetime
    lifted_by: UUID | None
    lifted_at: datetime | None
    version: int


_EXCLUSIONS = text(
    """
    SELECT e.id, e.professional_id, e.organisation_id, coalesce(x.name, o.name), e.reason,
           e.set_by, e.set_by_member, e.set_at, e.lifted_by, e.lifted_at, e.version
    FROM exclusions e JOIN may_see s ON s.case_id = e.case_id AND s.leads
    LEFT JOIN professionals x ON x.id = e.professional_id
    LEFT JOIN organisations o ON o.id = e.organisation_id
    WHERE e.case_id = :case AND (CAST(:exclusion AS uuid) IS NULL OR e.id = :exclusion)
    ORDER BY e.set_at, e.id
    """
)


def exclusions(
    case_id: UUID, *, actor: Actor, uow: UnitOfWork, exclusion_id: UUID | None = None
) -> list[ExclusionView]:
    """Exclusions of a case, lifted ones too, for its reference worker."""
    policy.require_lead(access_to(case_id, uow=uow))
    values = {"case": case_id, "exclusion": exclusion_id}
    views = [ExclusionView(*row) for row in uow.session.execute(_EXCLUSIONS, values)]
    uow.read(case_id, "exclusions", int(Category.IDENTITY), actor=actor)
    return views
