"""What an adult of the household decides by themselves: the same commands and triggers as when a
professional writes it down, in the member's own name, in force at commit.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.cases.handovers.worker_requests import RequestWorker, request_in_person
from services.cases.model import Case
from services.cases.plans import answers as plan_answers
from services.cases.plans.answers import AnswerPlan
from services.cases.plans.model import AnswerEvidence, AnswerKind
from services.consent import commands, exclusions
from services.consent.commands import GiveConsent
from services.consent.exclusions import Exclude
from services.evictions.welfare_centre import oppositions
from services.portal import policy
from services.portal.events import ChoiceMade
from services.shared.actor import HouseholdMember
from services.shared.errors import NotFound
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

_HOLD = text("SELECT portal_holds_procedure(:procedure)")
# They write no date of the procedure; these two end and reopen the one that their word keeps.
_KEEP_OBJECTION = text("SELECT portal_keeps_objection(:opposition)")
_REOPEN_OBJECTION = text("SELECT portal_reopens_objection(:opposition)")


@dataclass(frozen=True)
class Receipt:
    """What was done, under which number, and when: for the person to keep."""

    id: UUID
    what: str
    at: datetime


def give_consent(cmd: GiveConsent, *, actor: HouseholdMember, uow: UnitOfWork) -> Receipt:
    policy.require_not_closed(load(Case, actor.case_id, uow=uow))
    consent = commands.give_consent(cmd, actor=actor, uow=uow)
    uow.announce(_choice_made(consent.id, consent.version, actor.case_id), actor=actor)
    return Receipt(consent.id, "consent_given", uow.now())


def withdraw_consent(
    consent_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    consent = commands.take_back_consent(consent_id, version=version, actor=actor, uow=uow)
    uow.announce(_choice_made(consent.id, consent.version, actor.case_id), actor=actor)
    return Receipt(consent.id, "consent_withdrawn", uow.now())


def refuse(
    *,
    reason: str,
    professional_id: UUID | None = None,
    organisation_id: UUID | None = None,
    actor: HouseholdMember,
    uow: UnitOfWork,
) -> Receipt:
    """A person, or everybody of an organisation."""
    cmd = Exclude(
        case_id=actor.case_id,
        professional_id=professional_id,
        organisation_id=organisation_id,
        reason=reason,
    )
    exclusion = exclusions.refuse_in_person(cmd, actor=actor, uow=uow)
    uow.announce(_choice_made(exclusion.id, exclusion.version, actor.case_id), actor=actor)
    return Receipt(exclusion.id, "excluded", uow.now())


def ask_for_another_worker(
    *, reason: str, wanted_id: UUID | None = None, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    policy.require_not_closed(load(Case, actor.case_id, uow=uow))
    cmd = RequestWorker(case_id=actor.case_id, reason=reason, wanted_id=wanted_id)
    request = request_in_person(cmd, actor=actor, uow=uow)
    return Receipt(request.id, "another_worker_asked", uow.now())


def oppose_welfare_centre(
    procedure_id: UUID, *, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    """The public welfare centre is not told of this procedure any more, from this commit on."""
    policy.require_not_closed(load(Case, actor.case_id, uow=uow))
    if not uow.session.scalar(_HOLD, {"procedure": procedure_id}):
        raise NotFound
    made = oppositions.oppose_in_person(procedure_id, actor=actor, uow=uow)
    uow.session.execute(_KEEP_OBJECTION, {"opposition": made.id})
    uow.announce(_choice_made(made.id, made.version, actor.case_id), actor=actor)
    return Receipt(made.id, "welfare_centre_opposed", uow.now())


def withdraw_opposition(
    opposition_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    policy.require_not_closed(load(Case, actor.case_id, uow=uow))
    uow.session.execute(_HOLD, {"procedure": None})
    made = oppositions.withdraw_in_person(opposition_id, version=version, actor=actor, uow=uow)
    uow.session.execute(_REOPEN_OBJECTION, {"opposition": made.id})
    uow.announce(_choice_made(made.id, made.version, actor.case_id), actor=actor)
    return Receipt(made.id, "welfare_opposition_withdrawn", uow.now())


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A yes, a no, or words beside it."""

    kind: AnswerKind
    words: str | None = None


def answer_goal(
    goal_id: UUID, said: Answer, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    """Answer the goal as it was shown. NotFound for one in another adult's compartment."""
    policy.require_not_closed(load(Case, actor.case_id, uow=uow))
    cmd = _signed(said, actor=actor)
    answer = plan_answers.answer_goal(goal_id, cmd, version=version, actor=actor, uow=uow)
    if said.kind == AnswerKind.WORDS:
        # A signature stands in the plan and an objection is told as one; words would go unread.
        uow.announce(_choice_made(answer.id, 1, actor.case_id), actor=actor)
    return Receipt(answer.id, f"plan_{said.kind.value}", uow.now())


def answer_action(
    action_id: UUID, said: Answer, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    policy.require_not_closed(load(Case, actor.case_id, uow=uow))
    cmd = _signed(said, actor=actor)
    answer = plan_answers.answer_action(action_id, cmd, version=version, actor=actor, uow=uow)
    return Receipt(answer.id, f"plan_{said.kind.value}", uow.now())


def _signed(said: Answer, *, actor: HouseholdMember) -> AnswerPlan:
    """An answer whose only evidence is the session of the member."""
    return AnswerPlan(
        case_id=actor.case_id,
        member_id=actor.id,
        kind=said.kind,
        words=said.words,
        evidence=AnswerEvidence.PORTAL,
        by_member=actor.id,
    )


def _choice_made(choice_id: UUID, version: int, case_id: UUID) -> ChoiceMade:
    """The reference worker hears that something was chosen; what it was stands in the file."""
    return ChoiceMade(case_id=case_id, choice_id=choice_id, version=version)
