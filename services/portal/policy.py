"""What the household may say about its file, and when."""

from services.cases.model import Case, CaseState
from services.shared.actor import HouseholdMember
from services.shared.errors import Conflict
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork


def require_not_closed(*, actor: HouseholdMember, uow: UnitOfWork) -> None:
    """Nothing new in a closed case, which nobody works on; reading, taking back and refusing need
    no open one (docs/decisions/0018)."""
    if load(Case, actor.case_id, uow=uow).state == CaseState.CLOSED:
        raise Conflict("household-case-closed")
