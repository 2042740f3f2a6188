"""Commands by which a reference worker drafts, changes, screens, submits and withdraws a proposal.

Only the reference worker brings a case (F46); the household agreed to it; nothing in the words may
say whose situation it is; a second person reads them before any peer does (security.md case 9).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from services.consent import policy as access_policy
from services.consent.queries import access_to
from services.intervisions.hold import hold
from services.intervisions.model import IntervisionSeries
from services.intervisions.policy import require_attending
from services.intervisions.proposals import case_screen, second_reading
from services.intervisions.proposals.case_screen import Keys
from services.intervisions.proposals.model import Proposal, ProposalSource, ProposalState
from services.intervisions.proposals.policy import (
    Authorship,
    require_author,
    require_case,
    require_changer,
    require_open,
    require_withdrawer,
)
from services.intervisions.proposals.pseudonyms import new_pseudonym
from services.intervisions.proposals.queries import authorship_of, window_of
from services.intervisions.proposals.relative_weeks import in_weeks
from services.intervisions.proposals.texts import texts_of
from services.intervisions.stances.agreements import require_agreement
from services.intervisions.stances.impasses import flagged_since
from services.shared.actor import Actor
from services.shared.clock import legal_day
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

# The instant since when a case waits: it was proposed, or flagged, since peers last sat over it.
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
class ProposalText:
    """What the author writes of a situation."""

    vignette: str
    question: str
    tags: tuple[Tag, ...] = ()


def draft_proposal(
    session_id: UUID, case_id: UUID, text: ProposalText, *, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """Draft a proposal under a name drawn for this session; only the proposer sees it for now."""
    require_open(window_of(session_id, uow=uow))
    access_policy.require_reference_worker(access_to(case_id, uow=uow))
    if uow.session.scalar(_PROPOSED, {"session": session_id, "case": case_id}):
        raise Conflict("already-proposed")
    key = _under_new_name(session_id, text, actor=actor, uow=uow)
    proposal = load(Proposal, key, uow=uow)
    source = ProposalSource(proposal_id=proposal.id, case_id=case_id, proposed_at=uow.now())
    uow.session.add(source)
    _record("draft_proposal", proposal, None, actor=actor, uow=uow)
    return proposal


def edit_proposal(
    proposal_id: UUID, text: ProposalText, *, version: int, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """Change the words, which nobody else sees until they are read again."""
    proposal, _ = _held(proposal_id, require_changer, version=version, uow=uow)
    before = proposal.state
    proposal.vignette, proposal.question = text.vignette, text.question
    proposal.tags = [each.value for each in text.tags]
    proposal.state = ProposalState.DRAFT
    _record("edit_proposal", proposal, before, actor=actor, uow=uow)
    return proposal


def screen_proposal(
    proposal_id: UUID, keys: Keys, *, actor: Actor, uow: UnitOfWork
) -> list[dict[str, str | int]]:
    """Find where the words say whose situation it is: field, first sign, end, and kind."""
    proposal = load(Proposal, proposal_id, uow=uow)
    authorship = authorship_of(proposal, uow=uow)
    require_author(authorship)
    return _findings(proposal, require_case(authorship), keys, actor=actor, uow=uow)


def _findings(
    proposal: Proposal, case_id: UUID, keys: Keys, *, actor: Actor, uow: UnitOfWork
) -> list[dict[str, str | int]]:
    screen = case_screen.screen_of(case_id, keys, actor=actor, uow=uow)
    return [
        {"field": field, "start": each.start, "end": each.end, "kind": each.kind.value}
        for field, words in texts_of(proposal, uow=uow)
        for each in screen.findings(words)
    ]


def in_weeks_of_session(proposal_id: UUID, *, uow: UnitOfWork) -> str:
    """The vignette with each exact date said in weeks from the day of the session."""
    proposal = load(Proposal, proposal_id, uow=uow)
    authorship = authorship_of(proposal, uow=uow)
    require_author(authorship)
    require_attending(authorship.part)
    session = authorship.part.session
    series = load(IntervisionSeries, session.series_id, uow=uow)
    day = legal_day(session.starts_at)
    return in_weeks(proposal.vignette, on=day, language=series.languages[0])


def submit_proposal(
    proposal_id: UUID, keys: Keys, *, version: int, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """Give it to a second reader, if the household agrees and the screen finds nothing."""
    proposal, authorship = _held(proposal_id, require_changer, version=version, uow=uow)
    before = proposal.state
    proposal.require_editable()
    case_id = require_case(authorship)
    require_agreement(case_id, uow=uow)
    found = _findings(proposal, case_id, keys, actor=actor, uow=uow)
    if found:
        raise RuleBroken("identifiers-found", found=found)
    flagged = flagged_since(case_id, uow=uow)
    proposal.impasse = flagged is not None
    proposal.region = case_screen.region(case_id, uow=uow)
    since = uow.session.scalar(_WAITS, {"case": case_id, "flagged": flagged}) or uow.now()
    proposal.waiting_weeks = int((uow.now() - since).total_seconds() // _WEEK)
    proposal.reader_id = second_reading.reader_for(proposal, case_id, uow=uow)
    proposal.state, proposal.remark = ProposalState.IN_READING, None
    _record("submit_proposal", proposal, before, actor=actor, uow=uow)
    second_reading.ask(proposal, uow=uow)
    return proposal


def withdraw_proposal(
    proposal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Proposal:
    """Withdraw a proposal, even while people vote on it."""
    proposal, _ = _held(proposal_id, require_withdrawer, version=version, uow=uow)
    before = proposal.state
    proposal.state = ProposalState.WITHDRAWN
    _record("withdraw_proposal", proposal, before, actor=actor, uow=uow)
    return proposal


def _held(
    proposal_id: UUID, may: Callable[[Authorship], None], *, version: int, uow: UnitOfWork
) -> tuple[Proposal, Authorship]:
    """A proposal that was not withdrawn, locked, with what the actor is to it."""
    proposal, authorship = hold(Proposal, proposal_id, authorship_of, may, version=version, uow=uow)
    if proposal.state == ProposalState.WITHDRAWN:
        raise Conflict("proposal-state", state=proposal.state)
    return proposal, authorship


def _under_new_name(session_id: UUID, text: ProposalText, *, actor: Actor, uow: UnitOfWork) -> UUID:
    """Insert it under a name that no proposal of the session has, hidden ones included."""
    while True:
        proposal_id = uuid4()
        values = {
            "id": proposal_id,
            "version": 1,
            "session_id": session_id,
            "proposer_id": actor.id,
            "pseudonym": new_pseudonym(()),
            "vignette": text.vignette,
            "question": text.question,
            "tags": [each.value for each in text.tags],
        }
        statement = insert(Proposal).values(values).on_conflict_do_nothing()
        if uow.session.scalar(statement.returning(Proposal.id)) is not None:
            return proposal_id


def _record(
    action: str, proposal: Proposal, before: str | None, *, actor: Actor, uow: UnitOfWork
) -> None:
    """Write the fact outside every case: a reader of a case's journal learns of no session."""
    uow.session.flush()
    after = {"state": proposal.state, "session": proposal.session_id, "version": proposal.version}
    former = {"state": before} if before else None
    uow.record(action, proposal, actor=actor, before=former, after=after)
