"""Operations on the journals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page
from case_api.audit.schemas import AccessOut, ChangeOut, UnusualReadingOut
from services.audit import queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "audit", __name__, description="Who read, and who changed what", url_prefix="/api/v1"
)


@api.query(
    "/cases/<uuid:case_id>/access-log",
    gives=AccessOut,
    paged=True,
    cursor=(int,),
    summary="Who read this case and what, the newest first; for its reference worker",
    description="Reading this log is itself logged.",
)
def get_access_log(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.access_log(case_id, after=_seq(args), limit=limit + 1, actor=actor, uow=uow)
    return _page(found, limit)


@api.query(
    "/cases/<uuid:case_id>/history",
    gives=ChangeOut,
    paged=True,
    cursor=(int,),
    summary="What was changed in this case and by whom; for its reference worker",
    description="Reading it is logged. `before` and `after` hold ids, states, dates and versions.",
)
def get_history(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.history(case_id, after=_seq(args), limit=limit + 1, actor=actor, uow=uow)
    return _page(found, limit)


@api.query(
    "/unusual-readings",
    gives=UnusualReadingOut,
    paged=True,
    cursor=(datetime, UUID),
    summary="Who read more different cases than is usual; for coordinators",
)
def list_unusual_readings(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.unusual_readings(after=args["cursor"], limit=limit + 1, actor=actor, uow=uow)
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=(last.found_at, last.id) if last else None)


def _seq(args: Any) -> int | None:
    """The number in the journal after which the page begins."""
    return args["cursor"][0] if args["cursor"] else None


def _page(found: Any, limit: int) -> Page:
    more = len(found) > limit
    return Page(items=found[:limit], next_cursor=(found[limit - 1].seq,) if more else None)
