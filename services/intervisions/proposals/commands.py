"""Proposals of cases to a session (F46): drafted, changed, screened, submitted, taken back.

Only the reference worker brings a case; the household agreed to it; nothing in the words may say
whose situation it is; a second person reads them before any peer does (security.md case 9).
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.consent import policy as access_policy
from services.consent.queries import access_to
from services.intervisions import policy
from services.intervisions.model import (
    IntervisionSeries,
    IntervisionSession,
    Proposal,
    ProposalSource,
    ProposalState,
    SeriesKind,
)
from services.intervisions.proposals import case_screen, second_reading
from services.intervisions.proposals.case_screen import Keys
from services.intervisions.proposals.pseudonyms import new_pseudonym
from services.intervisions.proposals.relative_weeks import in_weeks
from services.intervisions.proposals.texts import texts_of
from services.intervisions.stances.agreements import require_agreement
from services.intervisions.stances.impasses import flagged_since
from services.shared.actor import Actor
from services.shared.clock import legal_day
from services.shared.errors import Conflict, NotFound, Refused, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

# Since when a case waits: what was proposed, or flagged, since peers last sat over it.
_WAITS = text(
    """
    WITH sat AS (
      SELECT coalesce(max(i.starts_at), '-infinity') AS last
      FROM proposal_sources s
      JOIN session_tables t ON t.proposal_id = s.proposal_id
      JOIN intervision_sessions i ON i.id = t.session_id AND i.state = 'held'
      WHERE s.case_id = :case
    )
    SELECT min(since.at) FROM sat, (
      SELECT s.proposed_at FROM proposal_sources s WHERE s.case_id = :case
      UNION ALL SELECT CAST(:flagged AS timestamptz)
    ) AS since (at) WHERE since.at > sat.last
    """
)
_PROPOSED = text(
    """
    SELECT EXISTS (SELECT FROM proposals p JOIN proposal_sources s ON s.proposal_id = p.id
                   WHERE p.session_id = :session AND s.case_id = :case AND p.state <> 'withdrawn')
    """
)
_WEEK = 7 * 24 * 3600


class Tag(StrEnum):
    """The publics to which sessions give priority (S073)."""

    PRISON_PAST = "prison_past"
    MENTAL_SUFFERING = "mental_suffering"
    FAMILY_VIOLENCE = "family_violence"


@dataclass(frozen=True, kw_only=True)
class Words:
    vignette: str
    question: str
    tags: tuple[Tag, ...] = ()


def draft_proposal(
    session_id: UUID, case_id: UUID, words: Words, *, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """Under a name drawn for this session; until it is submitted it is the proposer's alone."""
    session = require_open(session_id, uow=uow)
    access_policy.require_reference_worker(access_to(case_id, uow=uow))
    if uow.session.scalar(_PROPOSED, {"session": session_id, "case": case_id}):
        raise Conflict("already-proposed")
    proposal = load(Proposal, _under_new_name(session, words, actor=actor, uow=uow), uow=uow)
    source = ProposalSource(proposal_id=proposal.id, case_id=case_id, proposed_at=uow.now())
    uow.session.add(source)
    uow.session.flush()
    _audit("draft_proposal", proposal, None, actor=actor, uow=uow)
    return proposal


def edit_proposal(
    proposal_id: UUID, words: Words, *, version: int, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """Other words are not read yet: nobody else sees them until they were."""
    proposal, before = _own(proposal_id, version=version, actor=actor, uow=uow)
    proposal.vignette, proposal.question = words.vignette, words.question
    proposal.tags = [each.value for each in words.tags]
    proposal.state = ProposalState.DRAFT
    uow.session.flush()
    _audit("edit_proposal", proposal, before, actor=actor, uow=uow)
    return proposal


def screen_proposal(
    proposal_id: UUID, keys: Keys, *, actor: Actor, uow: UnitOfWork
) -> list[dict[str, str | int]]:
    """Where its words say whose situation it is: a field, from which sign to which, and how."""
    proposal = own_proposal(proposal_id, actor=actor, uow=uow)
    case_id = case_of(proposal, uow=uow)
    access_policy.require_reference_worker(access_to(case_id, uow=uow))
    screen = case_screen.screen_of(case_id, keys, actor=actor, uow=uow)
    return [
        {"field": field, "start": each.start, "end": each.end, "kind": each.kind.value}
        for field, words in texts_of(proposal, uow=uow)
        for each in screen.findings(words)
    ]


def in_weeks_of_session(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> str:
    """The vignette as it may be said: each exact date in weeks from the day of the session."""
    proposal = own_proposal(proposal_id, actor=actor, uow=uow)
    session = policy.session_of(proposal.session_id, uow=uow)
    series = load(IntervisionSeries, session.series_id, uow=uow)
    day = legal_day(session.starts_at)
    return in_weeks(proposal.vignette, on=day, language=series.languages[0])


def submit_proposal(
    proposal_id: UUID, keys: Keys, *, version: int, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """To a second reader, if the household agrees and nothing was found."""
    proposal, before = _own(proposal_id, version=version, actor=actor, uow=uow)
    if proposal.state not in (ProposalState.DRAFT, ProposalState.RETURNED):
        raise Conflict("proposal-state", state=proposal.state)
    case_id = case_of(proposal, uow=uow)
    require_agreement(case_id, uow=uow)
    found = screen_proposal(proposal_id, keys, actor=actor, uow=uow)
    if found:
        raise RuleBroken("identifiers-found", found=found)
    flagged = flagged_since(case_id, uow=uow)
    proposal.impasse = flagged is not None
    proposal.region = case_screen.region(case_id, uow=uow)
    since = uow.session.scalar(_WAITS, {"case": case_id, "flagged": flagged}) or uow.now()
    proposal.waiting_weeks = int((uow.now() - since).total_seconds() // _WEEK)
    proposal.reader_id = second_reading.reader_for(proposal, case_id, uow=uow)
    proposal.state, proposal.remark = ProposalState.IN_READING, None
    uow.session.flush()
    _audit("submit_proposal", proposal, before, actor=actor, uow=uow)
    second_reading.ask(proposal, uow=uow)
    return proposal


def withdraw_proposal(
    proposal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """Also while people vote on it, as long as the session was not held."""
    proposal = own_proposal(proposal_id, actor=actor, uow=uow)
    policy.session_of(proposal.session_id, uow=uow).require_planned()
    before = _hold(proposal, version=version, uow=uow)
    proposal.state = ProposalState.WITHDRAWN
    uow.session.flush()
    _audit("withdraw_proposal", proposal, before, actor=actor, uow=uow)
    return proposal


def require_open(session_id: UUID, *, uow: UnitOfWork) -> IntervisionSession:
    """A session of cases that is still ahead, of which nobody votes yet."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_kind(session, SeriesKind.INTERVISION, uow=uow)
    session.require_planned()
    if session.starts_at <= uow.now():
        raise Conflict("session-begun")
    policy.require_unfrozen(session, uow=uow)
    return session


def own_proposal(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Proposal:
    """403 to whoever sees it and did not write it."""
    proposal = load(Proposal, proposal_id, uow=uow)
    if proposal.proposer_id != actor.id:
        raise Refused("proposal-of-another")
    return proposal


def changeable(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Proposal:
    """My own, of a session still ahead and of a case that I answer for and that is not closed."""
    proposal = own_proposal(proposal_id, actor=actor, uow=uow)
    require_open(proposal.session_id, uow=uow)
    access_policy.require_reference_worker(access_to(case_of(proposal, uow=uow), uow=uow))
    return proposal


def case_of(proposal: Proposal, *, uow: UnitOfWork) -> UUID:
    """NotFound to whoever lost their place in the case."""
    case_id = uow.session.scalar(
        select(ProposalSource.case_id).where(ProposalSource.proposal_id == proposal.id)
    )
    if case_id is None:
        raise NotFound
    return case_id


def _own(
    proposal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> tuple[Proposal, dict[str, str]]:
    """Its state before, too."""
    proposal = changeable(proposal_id, actor=actor, uow=uow)
    return proposal, _hold(proposal, version=version, uow=uow)


def _hold(proposal: Proposal, *, version: int, uow: UnitOfWork) -> dict[str, str]:
    lock(proposal, uow=uow)
    require_version(proposal, version)
    if proposal.state == ProposalState.WITHDRAWN:
        raise Conflict("proposal-state", state=proposal.state)
    return {"state": proposal.state}


def _under_new_name(
    session: IntervisionSession, words: Words, *, actor: Actor, uow: UnitOfWork
) -> UUID:
    """Names of proposals that the actor does not see are taken too: then another is drawn."""
    while True:
        proposal_id = uuid4()
        values = {
            "id": proposal_id,
            "version": 1,
            "session_id": session.id,
            "proposer_id": actor.id,
            "pseudonym": new_pseudonym(()),
            "vignette": words.vignette,
            "question": words.question,
            "tags": [each.value for each in words.tags],
        }
        statement = insert(Proposal).values(values).on_conflict_do_nothing()
        if uow.session.scalar(statement.returning(Proposal.id)) is not None:
            return proposal_id


def _audit(
    action: str,
    proposal: Proposal,
    before: dict[str, str] | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    """Of no case: whoever reads the journal of a case learns of no session."""
    after = {"state": proposal.state, "session": proposal.session_id, "version": proposal.version}
    uow.record(action, proposal, actor=actor, case_id=None, before=before, after=after)
