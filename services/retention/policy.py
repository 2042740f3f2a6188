"""Who asks for an erasure, who confirms it, and when neither may. Pure."""

from datetime import datetime, timedelta

from services.cases.model import Case, CaseState
from services.retention.model import CaseRetention
from services.shared.errors import RuleBroken

# A hold has an end: whoever still needs it then says so again.
LONGEST_HOLD = timedelta(days=366)


def require_closed(case: Case) -> None:
    """Erasing an open case would silence its deadlines: it is closed first."""
    if case.state != CaseState.CLOSED:
        raise RuleBroken("case-not-closed")


def require_not_held(kept: CaseRetention | None, *, now: datetime) -> None:
    if kept is not None and kept.held_until is not None and kept.held_until > now:
        raise RuleBroken("case-on-hold")


def require_sound_hold(until: datetime, *, now: datetime) -> None:
    if not now < until <= now + LONGEST_HOLD:
        raise RuleBroken("hold-too-long-or-over", days=LONGEST_HOLD.days)
