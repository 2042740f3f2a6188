"""Operations on follow-ups, and on the needs that sessions found."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.cases.tasks.schemas import TaskOut
from case_api.intervisions.follow_ups.schemas import (
    CloseFollowUpIn,
    FollowUpOut,
    FollowUpTaskIn,
    NeedCountOut,
    NeedOut,
    NeedsArgs,
    NeedsIn,
    NeedsOut,
    OneFollowUpOut,
    PlanFollowUpIn,
    SnoozeFollowUpIn,
)
from services.cases import queries as case_queries
from services.intervisions.follow_ups import commands as follow_ups
from services.intervisions.follow_ups import needs
from services.intervisions.follow_ups import queries as follow_up_queries
from services.intervisions.follow_ups import tasks as follow_up_tasks
from services.intervisions.follow_ups.model import Becomes
from services.intervisions.follow_ups.need_vocabulary import NEEDS, labels
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "follow-ups",
    __name__,
    description="What sessions left to do, until it is closed, and the needs they found",
    url_prefix="/api/v1",
)
_SESSION = "/intervision-sessions/<uuid:session_id>"
_ONE = "/follow-ups/<uuid:follow_up_id>"


@api.query("/follow-ups", gives=[FollowUpOut], summary="Open ones: mine, or of a case I answer for")
def list_my_follow_ups(*, actor: Actor, uow: UnitOfWork) -> Any:
    return follow_up_queries.mine(actor=actor, uow=uow)


@api.query(
    f"{_SESSION}/follow-ups", gives=[FollowUpOut], summary="What this session left to do so far"
)
def list_session_follow_ups(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return follow_up_queries.made_in(session_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/follow-ups",
    takes=PlanFollowUpIn,
    gives=OneFollowUpOut,
    status=201,
    location="/follow-ups/{id}",
    summary="Give somebody who attends something to do",
    description="By whoever facilitates, or somebody of the table it comes from.",
)
def plan_follow_up(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    data["becomes"] = Becomes(data["becomes"])
    cmd = follow_ups.PlanFollowUp(session_id=session_id, **data)
    made = follow_ups.plan_follow_up(cmd, actor=actor, uow=uow)
    return _shown(made.id, actor=actor, uow=uow)


@api.query(_ONE, gives=OneFollowUpOut, summary="One follow-up")
def get_follow_up(follow_up_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _shown(follow_up_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_ONE}/completion",
    takes=CloseFollowUpIn,
    gives=OneFollowUpOut,
    status=200,
    expects_version=True,
    summary="An action of the network is done (its owner)",
)
def finish_follow_up(
    data: Any, follow_up_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    follow_ups.finish(follow_up_id, data["outcome"], version=version, actor=actor, uow=uow)
    return _shown(follow_up_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_ONE}/drop",
    takes=CloseFollowUpIn,
    gives=OneFollowUpOut,
    status=200,
    expects_version=True,
    summary="Give it up, with a word (its owner, or a facilitator who may read its words)",
)
def drop_follow_up(
    data: Any, follow_up_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    follow_ups.drop(follow_up_id, data["outcome"], version=version, actor=actor, uow=uow)
    return _shown(follow_up_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_ONE}/snooze",
    takes=SnoozeFollowUpIn,
    gives=OneFollowUpOut,
    status=200,
    expects_version=True,
    summary="Put it off to a day, not past the next session unless that is said",
)
def snooze_follow_up(
    data: Any, follow_up_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    follow_ups.snooze(follow_up_id, **data, version=version, actor=actor, uow=uow)
    return _shown(follow_up_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_ONE}/task",
    takes=FollowUpTaskIn,
    gives=TaskOut,
    status=201,
    summary="Write it as a task into its case (the reference worker, in their own words)",
    description="The follow-up itself does not change; it closes on the morning after the task is"
    " done.",
)
def write_follow_up_task(data: Any, follow_up_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = follow_up_tasks.WriteTask(follow_up_id=follow_up_id, **data)
    task = follow_up_tasks.write_task(cmd, actor=actor, uow=uow)
    view = case_queries.tasks(task.case_id, task_id=task.id, actor=actor, uow=uow)[0]
    return Reply(view, version=view.version)


@api.query(f"{_SESSION}/needs", gives=NeedsOut, summary="The needs a session found (facilitators)")
def get_session_needs(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return {"tags": needs.tags_of(session_id, uow=uow)}


@api.command(
    "PUT",
    f"{_SESSION}/needs",
    takes=NeedsIn,
    gives=NeedsOut,
    summary="Say which needs of the vocabulary a session, or one table, found",
)
def tag_session_needs(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return {"tags": needs.tag_session(session_id, **data, actor=actor, uow=uow)}


@api.query(
    "/intervision-needs",
    args=NeedsArgs,
    gives=[NeedCountOut],
    summary="In how many sessions of the network each need was found",
    description="For facilitators and coordinators, over whole months of sessions that were held."
    " No person, no case, no session; what fewer than five found is <5.",
)
def count_needs(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return needs.counts(args["since"], args["until"], actor=actor, uow=uow)


@api.query("/intervision-needs/vocabulary", gives=[NeedOut], summary="The vocabulary of needs")
def list_needs(*, actor: Actor, uow: UnitOfWork) -> Any:
    return [{"tag": each, "labels": labels(each)} for each in NEEDS]


def _shown(follow_up_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = follow_up_queries.one(follow_up_id, actor=actor, uow=uow)
    sealed = follow_up_queries.sealed_side(follow_up_id, actor=actor, uow=uow)
    case = vars(sealed) if sealed else {"case_id": None, "task_id": None}
    return Reply(vars(view) | case, version=view.version)
