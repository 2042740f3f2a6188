"""Operations on the shared plan of a case."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.cases.plans.schemas import (
    AnswerActionIn,
    AnswerGoalIn,
    ChangeActionIn,
    ChangeGoalIn,
    DropActionIn,
    PlanActionIn,
    PlanActionOut,
    PlanGoalOut,
    PlanOut,
    WriteGoalIn,
)
from services.cases.plans import answers as plan_answers
from services.cases.plans import commands as plans
from services.cases.plans import queries as plan_queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "plans",
    __name__,
    description="Goals in the household's words, who does what, and what the household says to it",
    url_prefix="/api/v1",
)
PLAN = "/cases/<uuid:case_id>/plan"
GOAL = f"{PLAN}/goals/<uuid:goal_id>"
ACTION = f"{PLAN}/actions/<uuid:action_id>"


@api.query(PLAN, gives=PlanOut, summary="The plan: goals and actions I may see")
def get_plan(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return plan_queries.plan(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{PLAN}/goals",
    takes=WriteGoalIn,
    gives=PlanGoalOut,
    status=201,
    summary="Write a goal in the household's own words",
)
def write_goal(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    goal = plans.write_goal(plans.WriteGoal(case_id=case_id, **data), actor=actor, uow=uow)
    return _goal(case_id, goal.id, actor=actor, uow=uow)


@api.query(GOAL, gives=PlanGoalOut, summary="One goal, with what was said to it")
def get_goal(case_id: UUID, goal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return plan_queries.goal(case_id, goal_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    GOAL,
    takes=ChangeGoalIn,
    gives=PlanGoalOut,
    expects_version=True,
    summary="Change a goal: with other words it is to be signed again",
)
def change_goal(
    data: Any, case_id: UUID, goal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    plans.change_goal(case_id, goal_id, **data, version=version, actor=actor, uow=uow)
    return _goal(case_id, goal_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{GOAL}/answers",
    takes=AnswerGoalIn,
    gives=PlanGoalOut,
    status=201,
    expects_version=True,
    summary="Record what an adult says to a goal: a signature, an objection, own words",
    description="By the reference worker, with a witness or a signed paper. It binds to the version"
    " that was read to them; an objection is reported to the reference worker.",
)
def answer_goal(
    data: Any, case_id: UUID, goal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = plan_answers.AnswerPlan(case_id=case_id, **data)
    plan_answers.answer_goal(goal_id, cmd, version=version, actor=actor, uow=uow)
    return _goal(case_id, goal_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{GOAL}/actions",
    takes=PlanActionIn,
    gives=PlanActionOut,
    status=201,
    summary="Plan an action under a goal, for a professional or for the household itself",
)
def plan_action(data: Any, case_id: UUID, goal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = plans.PlanNewAction(case_id=case_id, goal_id=goal_id, **data)
    action = plans.plan_action(cmd, actor=actor, uow=uow)
    return _action(case_id, action.id, actor=actor, uow=uow)


@api.query(ACTION, gives=PlanActionOut, summary="One action, with what was said to it")
def get_action(case_id: UUID, action_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return plan_queries.action(case_id, action_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    ACTION,
    takes=ChangeActionIn,
    gives=PlanActionOut,
    expects_version=True,
    summary="Change what, who or when: it is to be signed again",
)
def change_action(
    data: Any, case_id: UUID, action_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = plans.ChangeAction(case_id=case_id, action_id=action_id, **data)
    plans.change_action(cmd, version=version, actor=actor, uow=uow)
    return _action(case_id, action_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{ACTION}/completion",
    gives=PlanActionOut,
    status=200,
    expects_version=True,
    summary="An action is done",
)
def finish_action(
    case_id: UUID, action_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    plans.finish_action(case_id, action_id, version=version, actor=actor, uow=uow)
    return _action(case_id, action_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{ACTION}/drop",
    takes=DropActionIn,
    gives=PlanActionOut,
    status=200,
    expects_version=True,
    summary="An action is given up, with a reason: it is to be signed again",
)
def drop_action(
    data: Any, case_id: UUID, action_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    plans.drop_action(case_id, action_id, **data, version=version, actor=actor, uow=uow)
    return _action(case_id, action_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{ACTION}/answers",
    takes=AnswerActionIn,
    gives=PlanActionOut,
    status=201,
    expects_version=True,
    summary="Record what an adult says to an action: a signature or an objection",
)
def answer_action(
    data: Any, case_id: UUID, action_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = plan_answers.AnswerPlan(case_id=case_id, **data)
    plan_answers.answer_action(action_id, cmd, version=version, actor=actor, uow=uow)
    return _action(case_id, action_id, actor=actor, uow=uow)


def _goal(case_id: UUID, goal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = plan_queries.goal(case_id, goal_id, actor=actor, uow=uow)
    return Reply(view, location=f"/api/v1/cases/{case_id}/plan/goals/{goal_id}")


def _action(case_id: UUID, action_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = plan_queries.action(case_id, action_id, actor=actor, uow=uow)
    return Reply(view, location=f"/api/v1/cases/{case_id}/plan/actions/{action_id}")
