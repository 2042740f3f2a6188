"""Operations on break-glass: an hour of reading in an emergency, and its review."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Limit, Page, Reply
from case_api.consent.break_glass.schemas import BreakGlassIn, BreakGlassOut, ReviewArgs, ReviewIn
from services.consent import policy
from services.consent.break_glass import commands, queries
from services.consent.break_glass.model import Danger, Verdict
from services.consent.queries import access_to
from services.network.policy import require_role
from services.shared.actor import Actor, RoleKind
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "break-glass",
    __name__,
    description="Reading one case in an emergency, told at once and reviewed afterwards",
    url_prefix="/api/v1",
)


@api.command(
    "POST",
    "/break-glass",
    takes=BreakGlassIn,
    gives=BreakGlassOut,
    status=201,
    step_up=True,
    limit=Limit(times=5, within=timedelta(hours=1)),
    summary="Break the glass: read one case for an hour",
    description=(
        "For a worker in an emergency, within five minutes of a login. Read-only, all categories,"
        " nothing that is sealed. The reference worker and the reviewers are told by the same"
        " commit. An unknown code is 404, and so is a case that stays closed to you. Five attempts"
        " an hour."
    ),
)
def break_glass(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = commands.BreakGlass(
        case_code=data["case_code"], danger=Danger(data["danger"]), reason=data["reason"]
    )
    opened = commands.break_glass(cmd, actor=actor, uow=uow)
    view = queries.opening(opened.id, uow=uow)
    return Reply(view, location=f"/api/v1/break-glass/{opened.id}")


@api.query(
    "/break-glass",
    gives=BreakGlassOut,
    args=ReviewArgs,
    paged=True,
    cursor=(datetime, UUID),
    summary="Break-glass to review, the longest waiting first; for reviewers",
)
def list_break_glass(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    require_role(actor, RoleKind.COORDINATOR)
    limit, reviewed = args["limit"], args["state"] == "reviewed"
    found = queries.review_queue(reviewed=reviewed, after=args["cursor"], limit=limit + 1, uow=uow)
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=(last.opened_at, last.id) if last else None)


@api.query(
    "/break-glass/<uuid:opening_id>",
    gives=BreakGlassOut,
    summary="One break-glass: for who opened it, the reference worker and the reviewers",
)
def get_break_glass(opening_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.opening(opening_id, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/break-glass",
    gives=[BreakGlassOut],
    summary="Every break-glass on a case, for its reference worker",
)
def list_break_glass_of_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    policy.require_lead(access_to(case_id, uow=uow))
    return queries.openings_of_case(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/break-glass/<uuid:opening_id>/review",
    takes=ReviewIn,
    gives=BreakGlassOut,
    expects_version=True,
    summary="Judge a break-glass that was not one's own",
)
def review_break_glass(
    data: Any, opening_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = commands.ReviewBreakGlass(
        opening_id=opening_id, verdict=Verdict(data["verdict"]), comment=data["comment"]
    )
    commands.review_break_glass(cmd, version=version, actor=actor, uow=uow)
    return queries.opening(opening_id, uow=uow)
