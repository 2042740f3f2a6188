"""Who writes the minutes of a table. Pure."""

from dataclasses import dataclass

from services.intervisions.minutes.model import Minutes
from services.intervisions.tables.policy import Sitting, require_seat


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Some minutes, and what the actor is to their table."""

    minutes: Minutes
    sitting: Sitting


def require_writer(writing: Writing) -> None:
    """Anybody of the table writes, as long as the minutes are a draft."""
    require_seat(writing.sitting)
    writing.minutes.require_draft()
