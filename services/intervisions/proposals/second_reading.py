"""A second person reads a proposal before any peer does.

They come to the session and have nothing to do with the case.
"""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import text

from services.intervisions.alerts import tell
from services.intervisions.hold import hold
from services.intervisions.model import IntervisionSession
from services.intervisions.proposals.model import Proposal, ProposalState
from services.intervisions.proposals.policy import require_reader
from services.intervisions.proposals.queries import authorship_of
from services.shared.actor import Actor
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

TO_READ = "intervisions.proposal_to_read"
RETURNED = "intervisions.proposal_returned"
# A reader is of no organisation that is or was in the file, and not refused by the household. The
# statement runs with the proposer's own rights: who reads is all that anybody learns of it.
_READERS = text(
    """
    SELECT v.professional_id, v.state = 'accepted'
    FROM session_invitations v JOIN professionals x ON x.id = v.professional_id
    WHERE v.session_id = :session AND v.state IN ('invited', 'accepted', 'waiting')
      AND x.organisation_id NOT IN (
        SELECT y.organisation_id FROM professionals y
        WHERE y.id IN (SELECT a.professional_id FROM reference_assignments a
                       WHERE a.case_id = :case
                       UNION SELECT p.professional_id FROM participations p
                       WHERE p.case_id = :case))
      AND NOT EXISTS (
        SELECT FROM exclusions e WHERE e.case_id = :case AND e.lifted_at IS NULL
        AND (e.professional_id = x.id OR e.organisation_id = x.organisation_id))
    """
)


def reader_for(proposal: Proposal, case_id: UUID, *, uow: UnitOfWork) -> UUID:
    """Choose the reader of a proposal; RuleBroken if nobody may read it.

    The person who read it before stays, if they still may. Otherwise people who said that they come
    go first, and the choice among them is the same for the same people and proposal.
    """
    values = {"session": proposal.session_id, "case": case_id}
    found: list[tuple[UUID, bool]] = [
        (person, comes) for person, comes in uow.session.execute(_READERS, values)
    ]
    if not found:
        raise RuleBroken("no-second-reader")

    def turn(each: tuple[UUID, bool]) -> tuple[bool, bool, str]:
        person, comes = each
        drawn = sha256(proposal.id.bytes + person.bytes).hexdigest()
        return person != proposal.reader_id, not comes, drawn

    return min(found, key=turn)[0]


def ask(proposal: Proposal, *, uow: UnitOfWork) -> None:
    """Ask the chosen reader to read the proposal."""
    assert proposal.reader_id is not None
    _tell_of(TO_READ, proposal, proposal.reader_id, uow=uow)


def read_proposal(
    proposal_id: UUID,
    *,
    approved: bool,
    remark: str | None,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Proposal:
    """Approve a proposal, so that everybody who attends sees it, or return it with a remark.

    The names in the case have not changed since the screen, or the proposal would have gone back by
    itself (proposals/functions.sql).
    """
    proposal, _ = hold(
        Proposal, proposal_id, authorship_of, require_reader, version=version, uow=uow
    )
    if proposal.state != ProposalState.IN_READING:
        raise Conflict("proposal-state", state=proposal.state)
    if not approved and not remark:
        raise RuleBroken("remark-missing")
    before = {"state": proposal.state}
    proposal.state = ProposalState.VISIBLE if approved else ProposalState.RETURNED
    proposal.remark = remark
    uow.session.flush()
    after = {"state": proposal.state, "session": proposal.session_id, "version": proposal.version}
    uow.record("read_proposal", proposal, actor=actor, before=before, after=after)
    if not approved:
        _tell_of(RETURNED, proposal, proposal.proposer_id, uow=uow)
    return proposal


def _tell_of(kind: str, proposal: Proposal, person_id: UUID, *, uow: UnitOfWork) -> None:
    """Tell one person of the session alone; the rung distinguishes proposals and their rounds."""
    session = load(IntervisionSession, proposal.session_id, uow=uow)
    rung = f"{proposal.id}.{proposal.version}"
    tell(kind, session, [person_id], rung=rung, uow=uow)
