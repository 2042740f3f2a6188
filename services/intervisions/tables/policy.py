"""Who lays the tables of a session, and who may know what is said at one. Pure."""

from dataclasses import dataclass

from services.intervisions.model import SeriesKind
from services.intervisions.policy import (
    WITH_CONTENT,
    Part,
    require_attending,
    require_facilitator,
    require_kind,
)
from services.shared.errors import NotFound, Refused


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """What the actor is to one table. `signed` says whether they signed the session's promise."""

    sits: bool
    signed: bool


def require_table_leader(part: Part) -> None:
    """A facilitator lays tables in a session that is not cancelled; a supervision has none."""
    require_facilitator(part)
    require_kind(part, *WITH_CONTENT)
    part.session.require_not_cancelled()


def require_conflict_possible(part: Part) -> None:
    """Only the situations of an intervision bring somebody into conflict."""
    require_attending(part)
    require_kind(part, SeriesKind.INTERVISION)


def require_seat(sitting: Sitting) -> None:
    """A table has content only for those who sit there and promised to keep it to themselves.

    To everybody else, the facilitator too, it does not exist.
    """
    if not sitting.sits:
        raise NotFound
    if not sitting.signed:
        raise Refused("undertaking-unsigned")
