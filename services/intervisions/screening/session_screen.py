"""The screen for words that a session writes: no numbers, addresses, dates or plates.

It does not look for the case's own names. People at a table do not know whose situation it is, and
a refusal of the right name, and of no other, would answer every guess (docs/decisions/0043).
"""

from uuid import UUID

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.regions import communes_of
from services.intervisions.screening.screen import CaseIdentifiers, Screen
from services.network.courts.queries import courts
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork


def screened(body: str, proposal_id: UUID | None, *, uow: UnitOfWork) -> str:
    """Return the words of a table, or refuse them; over a topic there is no family to hide."""
    if proposal_id is None:
        return body
    found = [f"{each.kind.value} {each.start}-{each.end}" for each in _formats(body, uow=uow)]
    if found:
        raise RuleBroken("minutes-identify", found=found)
    return body


def screened_title(title: str, *, uow: UnitOfWork) -> str:
    """Return the title of an agenda item, or refuse it; unlike minutes it may contain a date."""
    if any(each.kind != Kind.DATE for each in _formats(title, uow=uow)):
        raise RuleBroken("agenda-identifies")
    return title


def _formats(words: str, *, uow: UnitOfWork) -> list[Finding]:
    communes = communes_of(courts(uow=uow))
    return Screen(identifiers=CaseIdentifiers(), communes=communes).findings(words)
