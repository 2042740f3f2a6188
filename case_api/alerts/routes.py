"""Operations on one's own alerts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from case_api.alerts.schemas import AcknowledgementIn, AlertOut, CaseAlertOut
from case_api.api import Blueprint, Page
from notifications import inbox, queries
from services.shared.actor import Actor
from services.shared.alerts import WhoActs
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("alerts", __name__, description="What I was told", url_prefix="/api/v1")


@api.query(
    "/alerts",
    gives=AlertOut,
    paged=True,
    cursor=(datetime, UUID),
    summary="My alerts, the latest first",
)
def list_alerts(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = inbox.my_alerts(after=args["cursor"], limit=limit + 1, uow=uow)
    return Page.cut(found, limit, lambda last: (last.due_at, last.id))


@api.query("/alerts/<uuid:alert_id>", gives=AlertOut, summary="One of my alerts; marks it as read")
def get_alert(alert_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return inbox.read_alert(alert_id, uow=uow)


@api.command(
    "POST",
    "/alerts/<uuid:alert_id>/acknowledgement",
    takes=AcknowledgementIn,
    may_be_empty=True,
    gives=AlertOut,
    status=200,
    summary="I have seen it; whoever acknowledges for somebody else says who acts",
    description=(
        "It ends the alert if what it is about is open to me. If it is not (`says_who_acts`), "
        "whoever I say acts is asked to acknowledge it too, and it climbs again until they do or "
        "the act is done."
    ),
)
def acknowledge_alert(
    data: WhoActs | None, alert_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    return inbox.acknowledge(alert_id, data, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/alerts",
    gives=CaseAlertOut,
    paged=True,
    cursor=(datetime, UUID),
    summary="Who was told of the legal dates of a case, rung by rung, and who acknowledged",
)
def list_case_alerts(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.case_alerts(
        case_id, after=args["cursor"], limit=limit + 1, actor=actor, uow=uow
    )
    return Page.cut(found, limit, lambda last: (last.due_at, last.id))
