"""What an adult of the household says to their plan, in their own session."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.portal.plans.schemas import OwnAnswerToActionIn, OwnAnswerToGoalIn
from case_api.portal.schemas import ReceiptOut
from services.portal import choices
from services.shared.actor import HouseholdMember
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "household-plan",
    __name__,
    description="An adult of the household signs their plan, objects to it, or adds own words",
    url_prefix="/api/v1/household/plan",
)


@api.command(
    "POST",
    "/goals/<uuid:goal_id>/answers",
    takes=OwnAnswerToGoalIn,
    gives=ReceiptOut,
    status=201,
    household=True,
    expects_version=True,
    summary="Sign a goal, object to it, or add my own words",
    description="It binds to the version that was shown to me; once the words change, it is to be"
    " signed again. An objection is told to the reference worker.",
)
def answer_own_goal(
    data: Any, goal_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Any:
    return choices.answer_goal(goal_id, data, version=version, actor=actor, uow=uow)


@api.command(
    "POST",
    "/actions/<uuid:action_id>/answers",
    takes=OwnAnswerToActionIn,
    gives=ReceiptOut,
    status=201,
    household=True,
    expects_version=True,
    summary="Sign a step of the plan, or object to it",
)
def answer_own_action(
    data: Any, action_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Any:
    return choices.answer_action(action_id, data, version=version, actor=actor, uow=uow)
