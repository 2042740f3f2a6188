"""Operations on the hearing lists of a liaison."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Limit, Page, Reply
from case_api.evictions.hearing_lists.schemas import (
    AcceptRowIn,
    HearingListIn,
    HearingListOut,
    HearingListRowOut,
    RowArgs,
)
from services.evictions.hearing_lists import commands as hearing_lists
from services.evictions.hearing_lists import queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "hearing_lists", __name__, description="Hearing lists of the liaison", url_prefix="/api/v1"
)
UPLOADS = Limit(times=30, within=timedelta(hours=1))


@api.upload(
    "/hearing-lists",
    takes=HearingListIn,
    gives=HearingListOut,
    location="/hearing-lists/{id}",
    status=202,
    table=True,
    limit=UPLOADS,
    summary="Upload a list of hearings (liaison)",
    description="Of the file only canton, roll number, date, hour, room and type are looked at."
    " The answer comes before the rows are looked at: ask for the list until `done` is `rows`,"
    " after as many seconds as Retry-After says. Rows with the roll number of a procedure in view"
    " are posted, for the reference worker to confirm; doubtful ones wait for the liaison; the"
    " others go after 48 hours.",
)
def upload_hearing_list(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    uploaded = hearing_lists.upload_list(data["file"].content, actor=actor, uow=uow)
    (view,) = queries.my_lists(list_id=uploaded.id, actor=actor, uow=uow)
    return Reply(view, headers=_later(view))


def _later(view: queries.ListView) -> dict[str, str]:
    """The header that says when to ask again (RFC 9110 §10.2.3), as long as rows wait."""
    return {"Retry-After": "1"} if view.done < view.rows else {}


@api.query("/hearing-lists", gives=[HearingListOut], summary="My hearing lists, the newest first")
def list_hearing_lists(*, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.my_lists(actor=actor, uow=uow)


@api.query(
    "/hearing-lists/<uuid:list_id>", gives=HearingListOut, summary="What became of a hearing list"
)
def get_hearing_list(list_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    (view,) = queries.my_lists(list_id=list_id, actor=actor, uow=uow)
    return Reply(view, headers=_later(view))


@api.query(
    "/hearing-lists/<uuid:list_id>/rows",
    gives=HearingListRowOut,
    args=RowArgs,
    paged=True,
    cursor=(int, UUID),
    summary="Its rows, each with what it is taken for",
)
def list_hearing_list_rows(args: Any, list_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    queries.my_lists(list_id=list_id, actor=actor, uow=uow)
    limit, state = args["limit"], args.get("state")
    found = queries.rows(
        list_id, state=state, after=args["cursor"], limit=limit + 1, actor=actor, uow=uow
    )
    return Page.cut(found, limit, lambda last: (last.line, last.id))


@api.command(
    "POST",
    "/hearing-lists/<uuid:list_id>/rows/<uuid:row_id>/acceptance",
    takes=AcceptRowIn,
    gives=HearingListOut,
    status=200,
    summary="It is that procedure: post the date, for the reference worker to confirm",
)
def accept_hearing_list_row(
    data: Any, list_id: UUID, row_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    hearing_lists.accept_row(list_id, row_id, data.get("starts_at"), actor=actor, uow=uow)
    return queries.my_lists(list_id=list_id, actor=actor, uow=uow)[0]


@api.command(
    "POST",
    "/hearing-lists/<uuid:list_id>/rows/<uuid:row_id>/rejection",
    gives=HearingListOut,
    status=200,
    summary="It is somebody else's: the row goes with the others",
)
def reject_hearing_list_row(list_id: UUID, row_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    hearing_lists.reject_row(list_id, row_id, actor=actor, uow=uow)
    return queries.my_lists(list_id=list_id, actor=actor, uow=uow)[0]
