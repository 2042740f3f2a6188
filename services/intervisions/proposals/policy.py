"""Who drafts, changes, reads and withdraws a proposal. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.consent import policy as access_policy
from services.consent.policy import Access
from services.intervisions.model import SeriesKind
from services.intervisions.policy import Part, require_attending, require_kind
from services.shared.errors import Conflict, NotFound, Refused


@dataclass(frozen=True, kw_only=True)
class Window:
    """The actor's part in a session, and whether proposals may still be made or changed there.

    `frozen` says that people vote, or have voted, on its proposals.
    """

    part: Part
    frozen: bool
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Authorship(Window):
    """What the actor is to one proposal. `case_id` and `access` are None if they see no case."""

    wrote: bool
    reads: bool
    case_id: UUID | None
    access: Access | None


def require_open(window: Window) -> None:
    """Proposals are made for an intervision that is still ahead and in which nobody votes yet."""
    require_attending(window.part)
    require_kind(window.part, SeriesKind.INTERVISION)
    window.part.session.require_planned()
    if window.part.session.starts_at <= window.now:
        raise Conflict("session-begun")
    _require_unfrozen(window)


def require_author(authorship: Authorship) -> None:
    if not authorship.wrote:
        raise Refused("proposal-of-another")


def require_changer(authorship: Authorship) -> None:
    """The author changes it while the session is open for it, as the case's reference worker."""
    require_author(authorship)
    require_open(authorship)
    require_case(authorship)


def require_case(authorship: Authorship) -> UUID:
    """The case behind the proposal, which is open and whose reference worker the actor is."""
    if authorship.case_id is None or authorship.access is None:
        raise NotFound
    access_policy.require_reference_worker(authorship.access)
    return authorship.case_id


def require_withdrawer(authorship: Authorship) -> None:
    """The author withdraws it as long as the session lies ahead, even while people vote on it."""
    require_author(authorship)
    require_attending(authorship.part)
    authorship.part.session.require_planned()


def require_reader(authorship: Authorship) -> None:
    """The second reader decides before people vote on it."""
    if not authorship.reads:
        raise Refused("not-the-second-reader")
    require_attending(authorship.part)
    authorship.part.session.require_planned()
    _require_unfrozen(authorship)


def _require_unfrozen(window: Window) -> None:
    if window.frozen:
        raise Conflict("proposals-frozen")
