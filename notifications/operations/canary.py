"""The dead-man canary: every five minutes an alert by the very road of all others, to a mailbox
that somebody outside watches. Its silence is the message (docs/decisions/0036).
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text

from notifications.catalogue import CANARY
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

EVERY = timedelta(minutes=5)
_ACCOUNT = text("SELECT id FROM professionals WHERE email = :mailbox AND active")
# Nobody acknowledges it: once the mail server took it, it is done, and climbs no ladder.
_DONE = text(
    """
    UPDATE alerts a SET state = 'acknowledged', acknowledged_at = :now
    WHERE a.kind = 'operations.canary' AND a.state = 'sending'
      AND a.due_at > :now - interval '1 day'
      AND EXISTS (SELECT FROM deliveries d
                  WHERE d.alert_id = a.id AND d.channel = 'email' AND d.state = 'sent')
    """
)
_log = structlog.get_logger()


def send(mailbox: str, *, uow: UnitOfWork) -> UUID | None:
    """One alert for each five minutes, whoever asks how often; None without an account."""
    uow.session.execute(_DONE, {"now": uow.now()})
    account: UUID | None = uow.session.execute(_ACCOUNT, {"mailbox": mailbox}).scalar()
    if account is None:
        _log.error("canary.no_account")
        return None
    canary = NewAlert(
        kind=CANARY,
        object_id=account,
        rung=_slot(uow.now()).isoformat(timespec="minutes"),
        due_at=uow.now(),
        recipient_role=RecipientRole.PERSON,
        recipient_id=account,
    )
    alerts.plan([canary], uow=uow)
    return account


def _slot(now: datetime) -> datetime:
    seconds = int(EVERY.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, now.tzinfo)
