"""Who is told: decided at the moment of sending, inside the statement that acts on the answer.

A person is entitled to an alert when they hold its role now and may know of the case now. The
one query below serves the expansion of an alert, the last check before the content leaves and the
in-app list, so that the three cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Subquery, Text, Uuid, column, select, text

from services.shared.alerts import Alert
from services.shared.unit_of_work import UnitOfWork

# Bit 4 is Category.PROCEDURE: whoever hears of a
# hearing must be allowed to know of the procedure.
_ENTITLED = text(
    """
    SELECT a.id AS alert_id, p.id AS professional_id, p.email, p.language
    FROM alerts a
    CROSS JOIN LATERAL (
        SELECT a.recipient_id AS id
        WHERE a.recipient_role = 'person' AND CASE
            -- Of a session: whoever has a place in it. Too few come only as long as that is true.
            WHEN a.kind = 'intervisions.session_left' THEN true
            WHEN a.kind = 'intervisions.quorum_missing' THEN
              attends_as(a.object_id, a.recipient_id) AND lacks_quorum(a.object_id)
            WHEN a.kind LIKE 'intervisions.%' THEN attends_as(a.object_id, a.recipient_id)
            WHEN a.case_id IS NULL THEN true
            WHEN a.kind = 'cases.participant_invited' THEN EXISTS (
                SELECT FROM participations i
                WHERE i.case_id = a.case_id AND i.professional_id = a.recipient_id
                  AND i.state = 'invited' AND (i.ends_at IS NULL OR i.ends_at > :now))
            WHEN a.kind = 'cases.handover_proposed' THEN EXISTS (
                SELECT FROM handovers h
                WHERE h.id = a.object_id AND h.to_id = a.recipient_id AND h.state = 'proposed')
            WHEN a.kind = 'cases.handover_accepted' THEN EXISTS (
                SELECT FROM handovers h WHERE h.id = a.object_id AND h.state = 'accepted')
            WHEN a.kind = 'cases.closing_proposed' THEN EXISTS (
                SELECT FROM closings k
                WHERE k.id = a.object_id AND k.reviewer_id = a.recipient_id
                  AND k.state = 'proposed')
            -- Whose access ended with the closing is told that it did.
            WHEN a.kind = 'cases.closed' THEN EXISTS (
                SELECT FROM participations i
                WHERE i.case_id = a.case_id AND i.professional_id = a.recipient_id
                  AND i.state = 'accepted')
            -- Whoever has it in their calendar may hear that it is no longer theirs.
            WHEN a.kind = 'evictions.hearing_left' THEN EXISTS (
                SELECT FROM deliveries d JOIN alerts i ON i.id = d.alert_id
                WHERE i.case_id = a.case_id AND i.kind = 'evictions.hearing_invited'
                  AND d.professional_id = a.recipient_id)
            WHEN a.kind = 'consent.glass_suspended' THEN EXISTS (
                SELECT FROM break_glass_openings b
                WHERE b.id = a.object_id AND b.professional_id = a.recipient_id
                  AND b.reviewed_at IS NULL)
            ELSE EXISTS (
                SELECT FROM access_grants g
                WHERE g.case_id = a.case_id AND g.principal_id = a.recipient_id
                  AND g.basis <> 'break_glass'
                  AND g.valid_from <= :now AND (g.valid_until IS NULL OR g.valid_until > :now)
                  AND (a.kind NOT LIKE 'evictions.%' OR g.category_mask & 4 = 4))
        END
        UNION
        SELECT r.professional_id FROM reference_assignments r
        WHERE a.recipient_role = 'reference_worker'
          AND r.case_id = a.case_id AND r.period @> CAST(:now AS timestamptz)
        UNION
        -- Whoever stands in for the reference worker at this instant hears it too.
        SELECT g.principal_id FROM access_grants g
        WHERE a.recipient_role IN ('reference_worker', 'substitute')
          AND g.case_id = a.case_id AND g.basis = 'substitute'
          AND g.valid_from <= :now AND :now < g.valid_until
          AND (a.kind NOT LIKE 'evictions.%' OR g.category_mask & 4 = 4)
        UNION
        SELECT r.professional_id FROM professional_roles r
        WHERE a.recipient_role = 'coordinator' AND r.role = 'coordinator'
          -- Nobody reviews the glass they broke.
          AND NOT EXISTS (SELECT FROM break_glass_openings b
            WHERE b.id = a.object_id AND b.professional_id = r.professional_id)
        UNION
        -- Who leads the team of whoever is, or last was, the reference worker; not that person.
        SELECT l.id FROM professional_roles r
        JOIN professionals l ON l.id = r.professional_id
        JOIN professionals w ON w.organisation_id = l.organisation_id AND w.id <> l.id
        WHERE a.recipient_role = 'team_lead' AND r.role = 'team_lead' AND w.id = (
          SELECT h.professional_id FROM reference_assignments h WHERE h.case_id = a.case_id
          ORDER BY lower(h.period) DESC LIMIT 1)
        UNION
        SELECT g.principal_id FROM access_grants g
        WHERE a.recipient_role = 'liaison' AND g.case_id = a.case_id AND g.basis = 'liaison'
          AND g.valid_from <= :now AND (g.valid_until IS NULL OR g.valid_until > :now)
          AND (a.kind NOT LIKE 'evictions.%' OR g.category_mask & 4 = 4)
          AND NOT is_heard_elsewhere(a.object_id, g.principal_id)
        UNION
        -- A tenant's opposition takes the procedure out of these grants (consent/access.sql).
        SELECT g.principal_id FROM access_grants g
        JOIN professionals x ON x.id = g.principal_id
        JOIN organisations o ON o.id = x.organisation_id AND o.public_welfare_centre
        WHERE a.recipient_role = 'welfare_centre' AND g.case_id = a.case_id
          AND g.basis = 'participation' AND g.category_mask & 4 = 4
          AND g.valid_from <= :now AND :now < g.valid_until
    ) holder
    JOIN professionals p ON p.id = holder.id AND p.active
    -- What a person acknowledged is over: nobody is sent what was still on its way.
    WHERE a.id = ANY(:alerts) AND a.state NOT IN ('cancelled', 'paused', 'acknowledged')
      -- A rung is told only as long as nobody has answered and its object stands.
      AND (a.first_id IS NULL OR EXISTS (
        SELECT FROM alerts f WHERE f.id = a.first_id AND f.state IN ('planned', 'sending')))
      -- Whom the household refuses hears nothing of its case; the reference worker never is.
      AND (a.case_id IS NULL OR a.recipient_role = 'reference_worker'
           OR NOT is_refused(a.case_id, p.id))
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
    """For use inside a statement: who must hear of each of these alerts, and may, at `now`."""
    asked = _ENTITLED.bindparams(alerts=list(alerts), now=now)
    return asked.columns(*_COLUMNS).subquery("entitled")


def resolve(alert: Alert, *, uow: UnitOfWork) -> list[Recipient]:
    """Who must hear of `alert` and may, at this instant. Empty when nobody does."""
    rows = uow.session.execute(select(entitled([alert.id], uow.now())))
    return [
        Recipient(professional_id=row.professional_id, email=row.email, language=row.language)
        for row in rows
    ]
