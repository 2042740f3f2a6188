"""Open a case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from services.cases.codes import new_code
from services.cases.household.commands import NewMember, put_in
from services.cases.model import Case, CaseState, ReferenceAssignment
from services.households.model import Household
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
    members: tuple[NewMember, ...] = ()


def open_case(cmd: OpenCase, *, actor: Actor, uow: UnitOfWork) -> Case:
    """The actor is the reference worker from this instant."""
    require_role(actor, RoleKind.WORKER)
    case, household = start_file(cmd.language, cmd.commune, uow.now(), actor=actor, uow=uow)
    for member in cmd.members:
        put_in(household, member, actor=actor, uow=uow)
    after = {"state": case.state, "reference_worker": actor.id}
    uow.record("open_case", case, actor=actor, case_id=case.id, after=after)
    return case


def start_file(
    language: str, commune: str | None, opened_at: datetime, *, actor: Actor, uow: UnitOfWork
) -> tuple[Case, Household]:
    """A case led by the actor since `opened_at`, and its household. The caller records it."""
    case = _insert_with_free_code(opened_at, actor=actor, uow=uow)
    period = Range(opened_at, None)
    uow.session.add(ReferenceAssignment(case_id=case.id, professional_id=actor.id, period=period))
    uow.session.flush()
    # Asked only now: writing the assignment waited for a deactivation that was under way.
    require_active(actor.id, uow=uow)
    household = Household(case_id=case.id, language=language, commune=commune)
    uow.session.add(household)
    uow.session.flush()
    return case, household


def _insert_with_free_code(opened_at: datetime, *, actor: Actor, uow: UnitOfWork) -> Case:
    for _ in range(_CODE_TRIES):
        case = Case(code=new_code(), state=CaseState.OPEN, opened_at=opened_at, opened_by=actor.id)
        try:
            with uow.session.begin_nested():
                uow.session.add(case)
        except IntegrityError:
            continue
        return case
    raise Conflict("no-free-code")
