"""Who is told: decided at the moment of sending, inside the statement that acts on the answer.

A person is entitled to an alert when they hold its role now and may know of it now
(notifications/may_know.sql, which the list in the application and the policies of the table ask
too). The one query below serves the expansion of an alert and the last check before the content
leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Subquery, Text, Uuid, column, select, text

from services.shared.alerts import Alert
from services.shared.unit_of_work import UnitOfWork

_ENTITLED = text(
    """
    SELECT a.id AS alert_id, p.id AS professional_id, p.email, p.language
    FROM alerts a
    CROSS JOIN LATERAL (
        SELECT a.recipient_id AS id WHERE a.recipient_role = 'person'
        UNION
        SELECT r.professional_id FROM reference_assignments r
        WHERE a.recipient_role = 'reference_worker'
          AND r.case_id = a.case_id AND r.period @> CAST(:now AS timestamptz)
        UNION
        -- Whoever stands in for the reference worker at this instant hears it too.
        SELECT g.principal_id FROM access_grants g
        WHERE g.case_id = a.case_id AND g.valid_from <= :now AND :now < g.valid_until
          AND (g.basis = 'substitute' AND a.recipient_role IN ('reference_worker', 'substitute')
               OR g.basis = 'liaison' AND a.recipient_role = 'liaison')
        UNION
        SELECT r.professional_id FROM professional_roles r
        WHERE a.recipient_role IN ('coordinator', 'team_lead') AND r.role = a.recipient_role
        UNION
        -- A tenant's opposition takes the procedure out of these grants (consent/access.sql).
        SELECT g.principal_id FROM access_grants g
        JOIN professionals x ON x.id = g.principal_id
        JOIN organisations o ON o.id = x.organisation_id AND o.public_welfare_centre
        WHERE a.recipient_role = 'welfare_centre' AND g.case_id = a.case_id
          AND g.basis = 'participation' AND g.valid_from <= :now AND :now < g.valid_until
    ) holder
    JOIN professionals p ON p.id = holder.id AND p.active
    CROSS JOIN LATERAL may_know(a.kind, a.recipient_role, a.case_id, a.object_id, p.id,
      CAST(:now AS timestamptz))
    CROSS JOIN LATERAL still_stands(a.kind, a.object_id)
    -- What a person acknowledged is over: nobody is sent what was still on its way.
    WHERE a.id = ANY(:alerts) AND a.state NOT IN ('cancelled', 'paused', 'acknowledged')
      -- A rung is told only as long as nobody has answered and its object stands.
      AND (a.first_id IS NULL OR EXISTS (
        SELECT FROM alerts f WHERE f.id = a.first_id AND f.state IN ('planned', 'sending')))
    """
)
_COLUMNS = (
    column("alert_id", Uuid),
    column("professional_id", Uuid),
    column("email", Text),
    column("language", Text),
)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    professional_id: UUID
    email: str
    language: str


def entitled(alerts: Sequence[UUID], now: datetime) -> Subquery:
    """A part of a statement: who must hear of each of these alerts, and may, at `now`."""
    asked = _ENTITLED.bindparams(alerts=list(alerts), now=now)
    return asked.columns(*_COLUMNS).subquery("entitled")


def resolve(alert: Alert, *, uow: UnitOfWork) -> list[Recipient]:
    """Who must hear of `alert` and may, at this instant. Empty when nobody does."""
    rows = uow.session.execute(select(entitled([alert.id], uow.now())))
    return [
        Recipient(professional_id=row.professional_id, email=row.email, language=row.language)
        for row in rows
    ]
