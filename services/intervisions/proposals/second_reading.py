"""A second person reads a proposal before any peer does: somebody who comes to the session, and who
has nothing to do with the case.
"""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import text

from services.intervisions import policy, reminders
from services.intervisions.model import IntervisionSession, Proposal, ProposalState
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.errors import Conflict, Refused, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

TO_READ = "intervisions.proposal_to_read"
RETURNED = "intervisions.proposal_returned"
# Of no organisation that is or was in the file, and not refused by the household. Asked with the
# proposer's own rights: who reads is all that anybody learns of it.
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
    """The one who read it before, if they still may; else the same for the same people, and
    another for another proposal. Whoever said that they come goes first."""
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
    assert proposal.reader_id is not None
    _tell(TO_READ, proposal, proposal.reader_id, uow=uow)


def read_proposal(
    proposal_id: UUID,
    *,
    approved: bool,
    remark: str | None,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Proposal:
    """Approved, everybody who attends sees it; or it goes back with a remark.

    What the case is called by has not changed since the screen: else the proposal would have gone
    back by itself (services/intervisions/proposals/functions.sql).
    """
    proposal = load(Proposal, proposal_id, uow=uow)
    if proposal.reader_id != actor.id:
        raise Refused("not-the-second-reader")
    session = policy.session_of(proposal.session_id, uow=uow)
    session.require_planned()
    policy.require_unfrozen(session, uow=uow)
    lock(proposal, uow=uow)
    require_version(proposal, version)
    if proposal.state != ProposalState.IN_READING:
        raise Conflict("proposal-state", state=proposal.state)
    if not approved and not remark:
        raise RuleBroken("remark-missing")
    before = {"state": proposal.state}
    proposal.state = ProposalState.VISIBLE if approved else ProposalState.RETURNED
    proposal.remark = remark
    uow.session.flush()
    after = {"state": proposal.state, "session": session.id, "version": proposal.version}
    uow.record("read_proposal", proposal, actor=actor, case_id=None, before=before, after=after)
    if not approved:
        _tell(RETURNED, proposal, proposal.proposer_id, uow=uow)
    return proposal


def _tell(kind: str, proposal: Proposal, person_id: UUID, *, uow: UnitOfWork) -> None:
    """Of the session alone; the rung tells one proposal and one round from another."""
    session = load(IntervisionSession, proposal.session_id, uow=uow)
    rung = f"{proposal.id}.{proposal.version}"
    told = reminders.new_alert(kind, session, person_id, due_at=uow.now(), rung=rung)
    alerts.plan([told], uow=uow)
