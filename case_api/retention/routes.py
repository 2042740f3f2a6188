"""Operations on the end of a case: how long it stays, who holds it, and its erasure."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.retention.schemas import (
    ErasureOut,
    ErasuresArgs,
    HoldIn,
    RequestErasureIn,
    RetentionOut,
)
from services.retention import commands, queries
from services.retention.model import ErasureGround, ErasureState
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "retention",
    __name__,
    description="How long a case stays, and its erasure",
    url_prefix="/api/v1",
)


@api.query(
    "/cases/<uuid:case_id>/retention",
    gives=RetentionOut,
    summary="When a case goes, who holds it, and what an erasure would delete",
)
def get_retention(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _retention(case_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    "/cases/<uuid:case_id>/hold",
    takes=HoldIn,
    gives=RetentionOut,
    summary="Hold a case: neither purged nor erased until then, and for a reason",
)
def hold_case(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    commands.hold_case(commands.HoldCase(case_id=case_id, **data), actor=actor, uow=uow)
    return _retention(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/hold/release",
    gives=RetentionOut,
    status=200,
    expects_version=True,
    summary="Release a case that was on hold",
)
def release_case(case_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    commands.release_case(case_id, version=version, actor=actor, uow=uow)
    return _retention(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/erasure",
    takes=RequestErasureIn,
    gives=ErasureOut,
    status=201,
    step_up=True,
    summary="Ask for the erasure of a closed case; a coordinator confirms it",
)
def request_erasure(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = commands.RequestErasure(case_id=case_id, ground=ErasureGround(data["ground"]))
    erasure = commands.request_erasure(cmd, actor=actor, uow=uow)
    return Reply(erasure, version=erasure.version)


@api.query(
    "/erasures",
    args=ErasuresArgs,
    gives=[ErasureOut],
    summary="Erasures in one state, for coordinators; the hundred oldest",
)
def list_erasures(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.erasures(ErasureState(args["state"]), actor=actor, uow=uow)


@api.command(
    "POST",
    "/erasures/<uuid:erasure_id>/confirmation",
    gives=ErasureOut,
    status=200,
    expects_version=True,
    step_up=True,
    summary="Confirm an erasure that somebody else asked for; there is no way back",
)
def confirm_erasure(erasure_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    erasure = commands.confirm_erasure(erasure_id, version=version, actor=actor, uow=uow)
    return Reply(erasure, version=erasure.version)


@api.command(
    "POST",
    "/erasures/<uuid:erasure_id>/withdrawal",
    gives=ErasureOut,
    status=200,
    expects_version=True,
    summary="Take back an erasure that is not confirmed",
)
def withdraw_erasure(erasure_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    erasure = commands.withdraw_erasure(erasure_id, version=version, actor=actor, uow=uow)
    return Reply(erasure, version=erasure.version)


def _retention(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = queries.retention(case_id, actor=actor, uow=uow)
    return Reply(view, version=view.version)
