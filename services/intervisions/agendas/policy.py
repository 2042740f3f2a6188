"""Who drafts an agenda. Pure."""

from services.intervisions.model import SeriesKind
from services.intervisions.policy import Part, require_facilitator

# Where families are spoken of, the title of an item may tell of none.
_SCREENED = (SeriesKind.INTERVISION, SeriesKind.SUPERVISION)


def require_drafter(part: Part) -> None:
    """A facilitator changes the agenda as long as the session lies ahead."""
    require_facilitator(part)
    part.session.require_planned()


def screens_titles(part: Part) -> bool:
    """Whether titles are screened; a concertation or a housing table may name a building."""
    return part.kind in _SCREENED
