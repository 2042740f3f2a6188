"""A professional's own alerts: listed as long as they may know of them, and acknowledged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from notifications.planning.escalation import climbs_again
from services.shared.alerts import WhoActs
from services.shared.errors import NotFound, RuleBroken
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class AlertView:
    """Code, dates and state; the case itself is behind its own door."""

    id: UUID
    kind: str
    case_id: UUID | None
    case_code: str | None
    facts: dict[str, Any]
    due_at: datetime
    state: str
    read_at: datetime | None
    acknowledged_at: datetime | None
    # Whether an acknowledgement must say who acts: the actor may not read what the alert is about.
    says_who_acts: bool

    @property
    def hearing_at(self) -> datetime | None:
        """The hearing, or the session, that this alert is about, if it is about one."""
        stated = self.facts.get("hearing_at") or self.facts.get("session_at")
        return datetime.fromisoformat(stated) if stated else None


# Of what reached me in the application, what I may still know (notifications/may_know.sql). What
# coordinators and team leads are told names the case by its code and leads nowhere else.
_MINE = text(
    """
    SELECT a.id, a.kind,
           CASE WHEN a.recipient_role NOT IN ('coordinator', 'team_lead') THEN a.case_id END,
           coalesce(c.code, b.case_code, a.facts ->> 'code'), a.facts, a.due_at, a.state,
           d.read_at, a.acknowledged_at,
           a.first_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM may_know(a.facts ->> 'about', 'reference_worker', a.case_id, a.object_id,
               d.professional_id, app_now()))
    FROM deliveries d
    JOIN alerts a ON a.id = d.alert_id AND a.state NOT IN ('cancelled', 'paused')
    CROSS JOIN LATERAL may_know(a.kind, a.recipient_role, a.case_id, a.object_id,
      d.professional_id, app_now())
    LEFT JOIN cases c ON c.id = a.case_id
    LEFT JOIN break_glass_openings b ON a.kind LIKE 'consent.glass_%' AND b.id = a.object_id
    WHERE d.professional_id = app_professional() AND d.channel = 'inapp'
      -- What its reader wants in no list is there for whoever follows its link.
      AND (d.state = 'sent' OR d.state = 'muted' AND CAST(:alert AS uuid) IS NOT NULL)
      AND (CAST(:alert AS uuid) IS NULL OR a.id = :alert)
      AND (CAST(:after AS timestamptz) IS NULL
           OR (a.due_at, a.id) < (:after, CAST(:after_id AS uuid)))
    ORDER BY a.due_at DESC, a.id DESC LIMIT :limit
    """
)

_READ = text(
    """
    UPDATE deliveries SET read_at = :now
    WHERE alert_id = :alert AND professional_id = app_professional()
      AND channel = 'inapp' AND read_at IS NULL
    """
)

# notifications/climbing.sql says what it does and gives back.
_ANSWER = text("SELECT answer_alert(:alert, CAST(:acting AS text), :again)")

_ACKNOWLEDGE_OWN = text(
    """
    UPDATE deliveries SET acknowledged_at = :now
    WHERE alert_id = :alert AND professional_id = app_professional() AND acknowledged_at IS NULL
    """
)


def my_alerts(
    *,
    after: tuple[datetime, UUID] | None = None,
    alert_id: UUID | None = None,
    limit: int = 50,
    uow: UnitOfWork,
) -> list[AlertView]:
    """The latest first. NotFound for one that is not, or no longer, for this actor."""
    at, key = after or (None, None)
    values = {"alert": alert_id, "after": at, "after_id": key, "limit": limit}
    views = [AlertView(*row) for row in uow.session.execute(_MINE, values)]
    if alert_id and not views:
        raise NotFound
    return views


def read_alert(alert_id: UUID, *, uow: UnitOfWork) -> AlertView:
    """The alert, marked as read."""
    view = my_alerts(alert_id=alert_id, uow=uow)[0]
    uow.session.execute(_READ, {"alert": alert_id, "now": uow.now()})
    return view


def acknowledge(alert_id: UUID, acting: WhoActs | None = None, *, uow: UnitOfWork) -> AlertView:
    """A person says: I have seen it; a second time changes nothing.

    Of whoever may read what the alert is about, this ends it and every rung of its climb. Whoever
    is told only that nobody answered says who is `acting`: those are asked at once, and the alert
    climbs again unless they acknowledge it or the act is done. RuleBroken `acting-needed` without
    it, `acting-nobody` if nobody holds that place.
    """
    alert = my_alerts(alert_id=alert_id, uow=uow)[0]
    again = climbs_again(alert.facts, uow=uow) if alert.says_who_acts else None
    values = {"alert": alert_id, "now": uow.now()}
    answered = uow.session.scalar(_ANSWER, values | {"acting": acting, "again": again})
    if answered in ("acting-needed", "acting-nobody"):
        raise RuleBroken(answered)
    uow.session.execute(_READ, values)
    uow.session.execute(_ACKNOWLEDGE_OWN, values)
    if answered == "asked":
        uow.wake()
    return my_alerts(alert_id=alert_id, uow=uow)[0]
