"""Who makes, finishes, drops and puts off what a session left to do. Pure."""

from dataclasses import dataclass

from services.intervisions.follow_ups.model import Becomes
from services.intervisions.policy import (
    WITH_CONTENT,
    Part,
    require_attending,
    require_facilitator,
    require_kind,
)
from services.shared.actor import Actor, RoleKind
from services.shared.errors import Refused, RuleBroken


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """What the actor is to one follow-up."""

    owns: bool
    facilitates: bool
    reads_words: bool
    becomes: Becomes


def require_planner(part: Part, *, of_table: bool) -> None:
    """A facilitator gives somebody something to do, or somebody of the table it comes from."""
    require_attending(part)
    require_kind(part, *WITH_CONTENT)
    if not of_table:
        require_facilitator(part)
    part.session.require_not_cancelled()


def require_tagger(part: Part, *, of_table: bool) -> None:
    """A facilitator says which needs a session found, or somebody of the table that found them."""
    require_attending(part)
    if not of_table:
        require_facilitator(part)
    require_kind(part, *WITH_CONTENT)


def require_finisher(keeping: Keeping) -> None:
    """The owner finishes what belongs to the network; what belongs to a case ends with its task."""
    if not keeping.owns:
        raise Refused("not-the-owner")
    if keeping.becomes == Becomes.CASE:
        raise RuleBroken("follow-up-closes-with-its-task")


def require_keeper(keeping: Keeping) -> None:
    """The owner drops it or puts it off, or a facilitator who may read its words."""
    if not (keeping.owns or (keeping.facilitates and keeping.reads_words)):
        raise Refused("not-the-owner")


def require_counter(actor: Actor) -> None:
    """Only facilitators and coordinators see how often the network found each need."""
    if not (actor.has(RoleKind.FACILITATOR) or actor.has(RoleKind.COORDINATOR)):
        raise Refused("refused")
