"""Write the shared plan with the household (F31): goals in its own words, and who does what."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.cases.plans.model import ActionState, PlanAction, PlanGoal
from services.cases.tasks.commands import require_reader
from services.consent import policy
from services.consent.exclusions import require_not_excluded
from services.consent.hold import hold_if
from services.consent.policy import Access
from services.consent.queries import access_to
from services.households.model import Member
from services.households.queries import require_adult_of
from services.shared.actor import Actor
from services.shared.categories import Category, name_of
from services.shared.loading import load_of
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class WriteGoal:
    case_id: UUID
    category: Category
    words: str
    position: int = 0
    member_id: UUID | None = None
    confidential_to: UUID | None = None


def write_goal(cmd: WriteGoal, *, actor: Actor, uow: UnitOfWork) -> PlanGoal:
    """A writer of the category puts the goal in the words of the household or of one member."""
    _require_writer(cmd.case_id, cmd.category, uow=uow)
    if cmd.member_id is not None:
        load_of(Member, cmd.member_id, cmd.case_id, uow=uow)
    require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
    goal = PlanGoal(**vars(cmd) | {"category": int(cmd.category)})
    goal.terms, goal.written_by, goal.written_at = 1, actor.id, uow.now()
    uow.session.add(goal)
    uow.session.flush()
    _record_goal("write_goal", goal, None, actor=actor, uow=uow)
    return goal


def change_goal(
    case_id: UUID,
    goal_id: UUID,
    words: str,
    position: int,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> PlanGoal:
    """Other words ask for other signatures. The category stays: who read it is not undone."""
    of = {"case_id": case_id}
    goal = hold_if(PlanGoal, goal_id, _may_write, of=of, version=version, uow=uow)
    before = _goal_facts(goal)
    goal.change(words, position, at=uow.now())
    uow.session.flush()
    _record_goal("change_goal", goal, before, actor=actor, uow=uow)
    return goal


@dataclass(frozen=True, kw_only=True)
class PlanNewAction:
    case_id: UUID
    goal_id: UUID
    category: Category
    what: str
    owner_id: UUID | None = None
    due_on: date | None = None


def plan_action(cmd: PlanNewAction, *, actor: Actor, uow: UnitOfWork) -> PlanAction:
    """Plan an action under a goal that the actor sees, for a professional or the household."""
    _require_writer(cmd.case_id, cmd.category, uow=uow)
    load_of(PlanGoal, cmd.goal_id, cmd.case_id, uow=uow)
    _require_owner(cmd.owner_id, cmd.case_id, cmd.category, uow=uow)
    action = PlanAction(**vars(cmd) | {"category": int(cmd.category)})
    action.state, action.terms = ActionState.PLANNED, 1
    action.written_by, action.written_at = actor.id, uow.now()
    uow.session.add(action)
    uow.session.flush()
    _record_action("plan_action", action, None, actor=actor, uow=uow)
    return action


@dataclass(frozen=True, kw_only=True)
class ChangeAction:
    """What is not given is emptied: without an owner it becomes the household's own to do."""

    case_id: UUID
    action_id: UUID
    what: str
    owner_id: UUID | None = None
    due_on: date | None = None


def change_action(cmd: ChangeAction, *, version: int, actor: Actor, uow: UnitOfWork) -> PlanAction:
    of = {"case_id": cmd.case_id}
    action = hold_if(PlanAction, cmd.action_id, _may_write, of=of, version=version, uow=uow)
    if cmd.owner_id != action.owner_id:
        _require_owner(cmd.owner_id, cmd.case_id, Category(action.category), uow=uow)
    before = _facts(action)
    action.change(cmd.what, cmd.owner_id, cmd.due_on, at=uow.now())
    uow.session.flush()
    _record_action("change_action", action, before, actor=actor, uow=uow)
    return action


def finish_action(
    case_id: UUID, action_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> PlanAction:
    """Its owner or a writer of its category says it is done, for the household as well."""
    action = _held_action(case_id, action_id, version, actor=actor, uow=uow)
    before = _facts(action)
    action.finish(uow.now())
    uow.session.flush()
    _record_action("finish_action", action, before, actor=actor, uow=uow)
    return action


def drop_action(
    case_id: UUID, action_id: UUID, reason: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> PlanAction:
    """The action is dropped for a reason that the household reads and may object to."""
    action = _held_action(case_id, action_id, version, actor=actor, uow=uow)
    before = _facts(action)
    action.drop(reason, uow.now())
    uow.session.flush()
    _record_action("drop_action", action, before, actor=actor, uow=uow)
    return action


def _held_action(
    case_id: UUID, action_id: UUID, version: int, *, actor: Actor, uow: UnitOfWork
) -> PlanAction:
    def may(action: PlanAction, access: Access) -> None:
        policy.require_team(access)
        if action.owner_id != actor.id:
            policy.require_category(access, Category(action.category))

    of = {"case_id": case_id}
    return hold_if(PlanAction, action_id, may, of=of, version=version, uow=uow)


def _may_write(part: PlanGoal | PlanAction, access: Access) -> None:
    policy.require_team(access)
    policy.require_category(access, Category(part.category))


def _require_writer(case_id: UUID, category: Category, *, uow: UnitOfWork) -> None:
    access = access_to(case_id, uow=uow)
    policy.require_team(access)
    policy.require_category(access, category)


def _require_owner(
    owner_id: UUID | None, case_id: UUID, category: Category, *, uow: UnitOfWork
) -> None:
    """Nobody is handed what the household did not open to them."""
    if owner_id is not None:
        require_not_excluded(owner_id, case_id, uow=uow)
        require_reader(owner_id, case_id, category, uow=uow)


def _goal_facts(goal: PlanGoal) -> dict[str, object]:
    return {
        "category": name_of(goal.category),
        "member": goal.member_id,
        "confidential_to": goal.confidential_to,
        "position": goal.position,
        "terms": goal.terms,
        "version": goal.version,
    }


def _facts(action: PlanAction) -> dict[str, object]:
    return {
        "category": name_of(action.category),
        "goal": action.goal_id,
        "state": action.state,
        "owner": action.owner_id,
        "due_on": action.due_on,
        "terms": action.terms,
        "version": action.version,
    }


def _record_goal(
    name: str,
    goal: PlanGoal,
    before: dict[str, object] | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    after = _goal_facts(goal)
    uow.record(name, goal, actor=actor, before=before, after=after)


def _record_action(
    name: str,
    action: PlanAction,
    before: dict[str, object] | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    after = _facts(action)
    uow.record(name, action, actor=actor, before=before, after=after)
