"""What the household says to its plan: it co-signs, objects, or adds its own words (J8)."""

from dataclasses import dataclass
from uuid import UUID

from services.cases.events import PlanObjected
from services.cases.plans.model import AnswerEvidence, AnswerKind, PlanAction, PlanAnswer, PlanGoal
from services.consent import policy
from services.consent.queries import access_to
from services.households.model import Member
from services.shared.actor import Acting
from services.shared.errors import NotFound, RuleBroken
from services.shared.loading import load_of, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class AnswerPlan:
    """`by_member`: the member who gives it in the portal, which is their own answer and needs no
    other evidence; without one the reference worker writes it down from a talk or a paper."""

    case_id: UUID
    member_id: UUID
    kind: AnswerKind
    words: str | None = None
    evidence: AnswerEvidence
    witness: str | None = None
    document: str | None = None
    by_member: UUID | None = None

    def __post_init__(self) -> None:
        assert (self.by_member is None) == (self.evidence != AnswerEvidence.PORTAL)

    def require_complete(self) -> None:
        if self.kind != AnswerKind.COSIGNED and not self.words:
            raise RuleBroken("plan-answer-without-words")
        if self.evidence == AnswerEvidence.ORAL and not self.witness:
            raise RuleBroken("oral-plan-answer-without-witness")
        if self.evidence == AnswerEvidence.WRITTEN and not self.document:
            raise RuleBroken("written-plan-answer-without-document")


def answer_goal(
    goal_id: UUID, cmd: AnswerPlan, *, version: int, actor: Acting, uow: UnitOfWork
) -> PlanAnswer:
    """Answer a goal in the version the member read; words beside it change no agreement."""
    _require_right(cmd, uow=uow)
    goal = load_of(PlanGoal, goal_id, cmd.case_id, uow=uow)
    require_version(goal, version)
    answer = _answer(cmd, goal, goal.words, actor=actor, uow=uow)
    answer.goal_id = goal.id
    return _keep(answer, actor=actor, uow=uow)


def answer_action(
    action_id: UUID, cmd: AnswerPlan, *, version: int, actor: Acting, uow: UnitOfWork
) -> PlanAnswer:
    """No lock: if the action changes at the same instant, the answer is to what stood before."""
    _require_right(cmd, uow=uow)
    action = load_of(PlanAction, action_id, cmd.case_id, uow=uow)
    require_version(action, version)
    answer = _answer(cmd, action, action.what, actor=actor, uow=uow)
    answer.action_id = action.id
    answer.owner_id, answer.due_on = action.owner_id, action.due_on
    return _keep(answer, actor=actor, uow=uow)


def _require_right(cmd: AnswerPlan, *, uow: UnitOfWork) -> None:
    """The member for themselves, else the reference worker: nobody signs for another adult."""
    if cmd.by_member is None:
        policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    elif cmd.by_member != cmd.member_id:
        raise NotFound
    cmd.require_complete()
    member = load_of(Member, cmd.member_id, cmd.case_id, uow=uow)
    if member.role != "adult" or (member.left_on is not None and member.left_on <= uow.today()):
        raise RuleBroken("plan-answer-not-by-an-adult")


def _answer(
    cmd: AnswerPlan,
    subject: PlanGoal | PlanAction,
    about: str,
    *,
    actor: Acting,
    uow: UnitOfWork,
) -> PlanAnswer:
    return PlanAnswer(
        case_id=cmd.case_id,
        category=subject.category,
        member_id=cmd.member_id,
        kind=cmd.kind,
        words=cmd.words,
        terms=subject.terms,
        about=about,
        evidence=cmd.evidence,
        witness=cmd.witness,
        document=cmd.document,
        recorded_by=None if cmd.by_member else actor.id,
        answered_at=uow.now(),
    )


def _keep(answer: PlanAnswer, *, actor: Acting, uow: UnitOfWork) -> PlanAnswer:
    uow.session.add(answer)
    uow.session.flush()
    after = {
        "kind": answer.kind,
        "member": answer.member_id,
        "goal": answer.goal_id,
        "action": answer.action_id,
        "terms": answer.terms,
        "evidence": answer.evidence,
    }
    objected = PlanObjected(case_id=answer.case_id, answer_id=answer.id, member_id=answer.member_id)
    uow.record(
        "answer_plan",
        answer,
        actor=actor,
        after=after,
        event=objected if answer.kind == AnswerKind.OBJECTED else None,
    )
    return answer
