"""An elector votes once and for good.

What is written anywhere is that somebody voted, and a box that is sealed anew; no statement,
event, journal or stored answer holds anything of a choice (docs/decisions/0042).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.intervisions.ballots import ballot_box
from services.intervisions.ballots.ballot_box import Box
from services.intervisions.ballots.count import Paper, PaperFault, fault_of
from services.intervisions.ballots.model import (
    Ballot,
    BallotBox,
    BallotElector,
    BallotOption,
    BallotVoter,
)
from services.intervisions.ballots.policy import require_elector
from services.intervisions.model import InvitationState, SessionInvitation
from services.intervisions.proposals.model import Proposal
from services.intervisions.queries import attended
from services.shared.actor import Actor
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys

# Only people with a place vote: those who declined, or wait for one, are absent.
SEATED = (InvitationState.INVITED.value, InvitationState.ACCEPTED.value)
_VOTABLE = text("SELECT proposal_id FROM votable_proposals(:ballot)")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The points that a paper gives to one proposal."""

    proposal_id: UUID
    points: int


def cast_paper(
    ballot_id: UUID,
    marks: Sequence[Mark],
    *,
    keys: CaseKeys | None,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    """Vote, as an elector, while the ballot is open.

    The database is asked about all options, never about the chosen ones: a statement must not tell
    them.
    """
    ballot = ballot_of(ballot_id, uow=uow)
    require_elector(ballot, may_vote=may_vote(ballot, actor=actor, uow=uow))
    if not ballot.is_open(uow.now()):
        raise Conflict("ballot-not-open")
    options = options_of(ballot_id, uow=uow)
    paper = _paper(marks)
    _require_sound(paper, ballot, options, actor=actor, uow=uow)
    held = select(BallotBox.sealed).where(BallotBox.ballot_id == ballot_id).with_for_update()
    sealed = uow.session.scalar(held)
    if sealed is None:
        raise Conflict("ballot-not-open")
    _note_voter(ballot_id, actor=actor, uow=uow)
    box = open_box(sealed, ballot, options, keys).with_paper(paper)
    uow.session.execute(
        update(BallotBox)
        .where(BallotBox.ballot_id == ballot_id)
        .values(sealed=box.seal(ballot_id, keys))
    )
    uow.record("cast_paper", ballot, actor=actor, after={"voted": True})


def ballot_of(ballot_id: UUID, *, uow: UnitOfWork) -> Ballot:
    """The ballot, for those who attend its session; NotFound for anybody else."""
    ballot = load(Ballot, ballot_id, uow=uow)
    attended(ballot.session_id, uow=uow)
    return ballot


def options_of(ballot_id: UUID, *, uow: UnitOfWork) -> list[BallotOption]:
    """The options of a ballot, in the order of the columns of its box."""
    found = select(BallotOption).where(BallotOption.ballot_id == ballot_id)
    return list(uow.session.scalars(found.order_by(BallotOption.position)))


def open_box(
    sealed: str, ballot: Ballot, options: Sequence[BallotOption], keys: CaseKeys | None
) -> Box:
    empty = Box(options=tuple(each.proposal_id for each in options), electors=ballot.electors or 0)
    return ballot_box.unseal(sealed, empty, ballot.seed_digest or "", ballot.id, keys)


def votable(ballot_id: UUID, *, uow: UnitOfWork) -> set[UUID]:
    """The proposals that were not withdrawn, before or since the opening."""
    return set(uow.session.scalars(_VOTABLE, {"ballot": ballot_id}))


def may_vote(ballot: Ballot, *, actor: Actor, uow: UnitOfWork) -> bool:
    """Whether this person is an elector and still has a place in the session."""
    found = (
        select(BallotElector.ballot_id)
        .join(SessionInvitation, SessionInvitation.professional_id == BallotElector.professional_id)
        .where(
            BallotElector.ballot_id == ballot.id,
            BallotElector.professional_id == actor.id,
            SessionInvitation.session_id == ballot.session_id,
            SessionInvitation.state.in_(SEATED),
        )
    )
    return uow.session.scalar(found) is not None


def has_voted(ballot_id: UUID, *, actor: Actor, uow: UnitOfWork) -> bool:
    found = select(BallotVoter.ballot_id).where(
        BallotVoter.ballot_id == ballot_id, BallotVoter.professional_id == actor.id
    )
    return uow.session.scalar(found) is not None


def _paper(marks: Sequence[Mark]) -> Paper:
    paper = {mark.proposal_id: mark.points for mark in marks}
    if len(paper) != len(marks):
        raise RuleBroken("ballot-option-twice")
    return paper


def _require_sound(
    paper: Paper,
    ballot: Ballot,
    options: Sequence[BallotOption],
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    fault = fault_of(paper, [each.proposal_id for each in options], ballot.points)
    if fault is not None:
        raise _refusal(fault)
    if not paper.keys() <= votable(ballot.id, uow=uow):
        raise RuleBroken("ballot-option-withdrawn")
    if not ballot.self_vote and paper.keys() & _own(ballot.session_id, actor=actor, uow=uow):
        raise RuleBroken("ballot-own-proposal")


def _refusal(fault: PaperFault) -> RuleBroken:
    """The refusal of a faulty paper. It names no numbers, because a refusal is logged."""
    match fault:
        case PaperFault.EMPTY:
            return RuleBroken("ballot-paper-empty")
        case PaperFault.FOREIGN:
            return RuleBroken("ballot-option-unknown")
        case PaperFault.POINTS:
            return RuleBroken("ballot-points-invalid")
        case PaperFault.TOO_MANY:
            return RuleBroken("ballot-too-many-points")


def _own(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> set[UUID]:
    found = select(Proposal.id).where(
        Proposal.session_id == session_id, Proposal.proposer_id == actor.id
    )
    return set(uow.session.scalars(found))


def _note_voter(ballot_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    """Note that the actor voted; under the lock of the box a second vote finds the first."""
    noted = uow.session.scalar(
        insert(BallotVoter)
        .values(ballot_id=ballot_id, professional_id=actor.id)
        .on_conflict_do_nothing()
        .returning(BallotVoter.ballot_id)
    )
    if noted is None:
        raise Conflict("already-voted")
