"""Open a case and keep its household, notes and tasks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from services.cases.codes import new_code
from services.cases.model import Case, CaseState, ReferenceAssignment
from services.consent import policy
from services.consent.queries import access_to
from services.households import commands as households
from services.households.model import Household, Member, Tenancy
from services.network.policy import require_role
from services.network.queries import require_active
from services.shared.actor import Actor, RoleKind
from services.shared.errors import Conflict
from services.shared.unit_of_work import UnitOfWork

_CODE_TRIES = 20


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    language: str
    commune: str | None = None
    members: tuple[households.NewMember, ...] = ()


def open_case(cmd: OpenCase, *, actor: Actor, uow: UnitOfWork) -> Case:
    """The actor is the reference worker from this instant."""
    require_role(actor, RoleKind.WORKER)
    case = insert_with_free_code(uow.now(), actor=actor, uow=uow)
    uow.session.add(
        ReferenceAssignment(
            case_id=case.id, professional_id=actor.id, period=Range(case.opened_at, None)
        )
    )
    uow.session.flush()
    require_active(actor.id, uow=uow)
    uow.session.add(Household(case_id=case.id, language=cmd.language, commune=cmd.commune))
    uow.session.flush()
    for member in cmd.members:
        households.add_member(case.id, member, actor=actor, uow=uow)
    after = {"state": case.state, "reference_worker": actor.id}
    uow.record("open_case", case, actor=actor, case_id=case.id, after=after)
    return case


def insert_with_free_code(opened_at: datetime, *, actor: Actor, uow: UnitOfWork) -> Case:
    for _ in range(_CODE_TRIES):
        case = Case(code=new_code(), state=CaseState.OPEN, opened_at=opened_at, opened_by=actor.id)
        try:
            with uow.session.begin_nested():
                uow.session.add(case)
        except IntegrityError:
            continue
        return case
    raise Conflict("no-free-code")


def add_member(
    case_id: UUID, new: households.NewMember, *, actor: Actor, uow: UnitOfWork
) -> Member:
    policy.require_reference_worker(access_to(case_id, uow=uow))
    member = households.add_member(case_id, new, actor=actor, uow=uow)
    return member


def record_tenancy(
    case_id: UUID,
    cmd: households.RecordTenancy,
    *,
    version: int | None,
    actor: Actor,
    uow: UnitOfWork,
) -> Tenancy:
    policy.require_reference_worker(access_to(case_id, uow=uow))
    tenancy = households.record_tenancy(case_id, cmd, version=version, actor=actor, uow=uow)
    return tenancy
