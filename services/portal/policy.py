"""What the household may say about its file, and when. Pure: facts in, a reason out."""

from services.cases.model import Case, CaseState
from services.shared.errors import Conflict


def require_not_closed(case: Case) -> None:
    """Nothing new is said in a closed case, on which nobody works; reading, taking back and
    refusing need no open one (docs/decisions/0018)."""
    if case.state == CaseState.CLOSED:
        raise Conflict("household-case-closed")
