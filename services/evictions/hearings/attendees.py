"""Who has a hearing in their calendar, and who should.

The workers set it right after a handover and when somebody begins or ceases to stand in; they go by
what was told to whom, never by a guess.
"""

from uuid import UUID

from sqlalchemy import text

from services.cases.events import HandoverAccepted
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

# `live`: each hearing ahead by its calendar name, as it was last told; called off is a CANCEL
# with a higher number. `words`: the last that each person was told of it, by name or by role.
# An invitation by role that has not gone out yet finds whoever holds the role by then.
_OUT_OF_STEP = text(
    """
    WITH told AS MATERIALIZED (
      SELECT a.id, a.case_id, a.kind, a.object_id, a.object_version, a.state, a.recipient_role,
             a.recipient_id, a.planned_at, a.facts, a.facts ->> 'uid' AS uid,
             CAST(a.facts ->> 'sequence' AS int) AS number
      FROM alerts a
      WHERE a.kind IN ('evictions.hearing_invited', 'evictions.hearing_called_off',
                       'evictions.hearing_left')
        AND a.case_id = ANY (
          SELECT n.case_id FROM alerts n
          WHERE n.kind = 'evictions.hearing_invited'
            AND CAST(n.facts ->> 'hearing_at' AS timestamptz) > :now
            AND (CAST(:case AS uuid) IS NULL OR n.case_id = :case))
    ), latest AS (
      SELECT DISTINCT ON (uid) * FROM told WHERE kind <> 'evictions.hearing_left'
      ORDER BY uid, number DESC, kind = 'evictions.hearing_invited' DESC, planned_at DESC
    ), live AS (
      SELECT l.* FROM latest l JOIN cases c ON c.id = l.case_id AND c.state <> 'closed'
      WHERE l.kind = 'evictions.hearing_invited'
        AND CAST(l.facts ->> 'hearing_at' AS timestamptz) > :now
    ), words AS (
      SELECT DISTINCT ON (said.uid, said.person) said.uid, said.person, said.kind FROM (
        SELECT t.uid, t.recipient_id AS person, t.kind, t.planned_at, t.number FROM told t
        WHERE t.recipient_id IS NOT NULL
        UNION ALL
        SELECT t.uid, d.professional_id, t.kind, t.planned_at, t.number FROM told t
        JOIN deliveries d ON d.alert_id = t.id WHERE t.recipient_id IS NULL
      ) said
      ORDER BY said.uid, said.person, said.planned_at DESC, said.number DESC
    ), holders AS (
      SELECT l.uid, r.professional_id AS person FROM live l JOIN reference_assignments r
        ON r.case_id = l.case_id AND r.period @> CAST(:now AS timestamptz)
      UNION
      SELECT l.uid, g.principal_id FROM live l JOIN access_grants g ON g.case_id = l.case_id
        AND g.basis = 'substitute' AND g.valid_from <= :now AND :now < g.valid_until
        AND opens(g.category_mask, 'procedure')
    )
    SELECT 'evictions.hearing_invited', l.case_id, l.object_id, l.object_version, l.facts, h.person
    FROM live l JOIN holders h ON h.uid = l.uid
    LEFT JOIN words w ON w.uid = l.uid AND w.person = h.person
    WHERE w.kind IS DISTINCT FROM 'evictions.hearing_invited'
      AND NOT EXISTS (SELECT 1 FROM told t WHERE t.uid = l.uid AND t.state = 'planned'
        AND t.kind = 'evictions.hearing_invited' AND t.recipient_role = 'reference_worker')
    UNION ALL
    SELECT 'evictions.hearing_left', l.case_id, l.object_id, l.object_version, l.facts, w.person
    FROM live l JOIN words w ON w.uid = l.uid AND w.kind = 'evictions.hearing_invited'
    WHERE NOT EXISTS (SELECT 1 FROM holders h WHERE h.uid = l.uid AND h.person = w.person)
      AND NOT EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = l.case_id
        AND g.principal_id = w.person AND g.basis <> 'break_glass'
        AND opens(g.category_mask, 'procedure')
        AND g.valid_from <= :now AND :now < g.valid_until)
    """
)


def follow_handover(event: HandoverAccepted, *, uow: UnitOfWork) -> None:
    """Give the hearings ahead to the new reference worker, and take them from the former one.

    A former one who stays in the team keeps them.
    """
    _settle(event.case_id, uow=uow)


def settle_invitations(*, uow: UnitOfWork) -> int:
    """Invite who stands in from today; release who no longer does, or left. For the timetable."""
    return _settle(None, uow=uow)


def _settle(case_id: UUID | None, *, uow: UnitOfWork) -> int:
    now = uow.now()
    values = {"case": case_id, "now": now}
    planned = [
        NewAlert(
            kind=kind,
            case_id=case,
            object_id=hearing,
            object_version=version,
            due_at=now,
            # Somebody may leave and come back: each time is told.
            rung=now.isoformat(),
            recipient_role=RecipientRole.PERSON,
            recipient_id=person,
            facts=facts,
        )
        for kind, case, hearing, version, facts, person in uow.session.execute(_OUT_OF_STEP, values)
    ]
    alerts.plan(planned, uow=uow)
    return len(planned)
