"""E-mails that a mail server refused for good though the fault was its own: an operator puts them
back, and they leave as if they had never been refused.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from notifications.operations.set_aside import SetAside
from services.shared.unit_of_work import UnitOfWork

# Those of alerts that still stand, of the days for which operators hear of them.
_ROWS = text(
    """
    SELECT 'refused' AS what, d.id, a.kind AS about, d.last_error AS code, d.next_at AS since
    FROM deliveries d JOIN alerts a ON a.id = d.alert_id
    WHERE d.state IN ('rejected', 'failed') AND d.channel = 'email' AND d.last_error ~ '^smtp-'
      AND a.state IN ('planned', 'sending')
      AND a.due_at > statement_timestamp() - interval '30 days'
    ORDER BY d.next_at, d.id LIMIT 1000
    """
)
# What was done because nobody was reached stays: rungs that climbed, tasks to tell people.
_PUT_BACK = text(
    """
    WITH again AS (
      UPDATE deliveries SET state = 'pending', next_at = :now, last_error = NULL,
        followed_up_at = NULL
      WHERE id = ANY(:ids) AND state IN ('rejected', 'failed') RETURNING alert_id
    )
    UPDATE alerts SET undelivered_at = NULL FROM again WHERE id = again.alert_id
    """
)


def rows(*, uow: UnitOfWork) -> list[SetAside]:
    """The oldest thousand, for the workers' role."""
    return [SetAside(**row) for row in uow.session.execute(_ROWS).mappings()]


def put_back(ids: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """Each is tried again now; one whose content may have left comes flagged."""
    uow.session.execute(_PUT_BACK, {"ids": list(ids), "now": uow.now()})
    uow.wake()
