"""Who may record and who may post: the team writes, the liaison only reports dates."""

from services.consent.policy import Access, require_category, require_team
from services.shared.categories import Category
from services.shared.errors import RuleBroken


def require_recorder(access: Access) -> None:
    """The team, as far as the procedure is open to the actor."""
    require_team(access)
    require_category(access, Category.PROCEDURE)


def require_posting_content(kind: str, starts_at: object, day: object, because: object) -> None:
    """A moved hearing needs its new instant, a judgment its day, one called off its reason."""
    if (kind == "hearing_cancelled") != (because is not None):
        raise RuleBroken("posting-needs-a-reason")
    if (kind == "hearing_moved") != (starts_at is not None):
        raise RuleBroken("posting-needs-an-instant")
    if (kind == "judgment_set") != (day is not None):
        raise RuleBroken("posting-needs-a-day")
