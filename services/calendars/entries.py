"""What stands in somebody's calendar: decided in the statement that reads it, at each reading.

What is no longer theirs to know is not in the answer, and a calendar program drops it. A hearing
that fell away without a new date stays, as cancelled, for those who may still know of it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

# So long what is over stays to be looked up.
KEPT = timedelta(days=90)
# Nobody has so many dates; a bound for every answer all the same.
AT_MOST = 5_000


@dataclass(frozen=True)
class Entry:
    """`uid` is for ever, `sequence` rises with every change. Either an instant or a whole day."""

    kind: str
    uid: UUID
    sequence: int
    starts_at: datetime | None
    day: date | None
    cancelled: bool
    # The code of the case, or the number of the session.
    name: str
    case_id: UUID | None
    # Of a legal date whose rule is disputed or unverified, which of the two.
    doubt: str | None = None
    # Of a session; what else has an hour is taken to last one.
    ends_at: datetime | None = None
    # Of a hearing: the canton of its court.
    canton: str | None = None


# A hearing that moved is one series: the last of its rows says when, the first gives the UID, and
# every version of every row counts, so that a calendar takes the newest for the newest; a move that
# was struck counts too, and is no row of its own.
# Who reads in an emergency (break-glass) gets no calendar of it; a liaison gets the hearings. What
# is over or fell away is no date that matters any more, and stays to be looked up.
_MINE = text(
    """
    WITH RECURSIVE chain AS (
      SELECT h.id AS latest, h.id, h.replaces_id, h.version FROM hearings h
      WHERE NOT EXISTS (
          SELECT 1 FROM hearings n WHERE n.replaces_id = h.id AND n.struck_from IS NULL)
        AND (h.struck_from IS NULL OR h.replaces_id IS NULL)
      UNION ALL
      SELECT c.latest, p.id, p.replaces_id, p.version
      FROM chain c JOIN hearings p ON p.id = c.replaces_id
    ), counted AS (
      SELECT * FROM chain
      UNION
      SELECT c.latest, s.id, s.replaces_id, s.version
      FROM chain c JOIN hearings s ON s.replaces_id = c.id AND s.struck_from IS NOT NULL
    ), series AS (
      SELECT latest, (array_agg(id) FILTER (WHERE replaces_id IS NULL))[1] AS uid,
             sum(version)::int - 1 AS sequence
      FROM counted GROUP BY latest
    )
    SELECT d.about, coalesce(r.uid, d.id), coalesce(r.sequence, d.version - 1), d.starts_at,
           CASE WHEN d.starts_at IS NULL THEN d.day END, false, coalesce(d.code, d.number::text),
           d.case_id, CASE WHEN NOT d.overridden THEN nullif(d.certainty, 'found') END, i.ends_at,
           d.canton
    FROM my_dates() d
    LEFT JOIN series r ON r.latest = d.id AND d.about = 'hearing'
    LEFT JOIN intervision_sessions i ON i.id = d.id AND d.about = 'session'
    WHERE d.protective AND d.day >= :first_day AND (d.writes OR NOT d.in_team)
      -- Without an assignee it is the reference worker's, whoever it is.
      AND CASE WHEN d.about = 'task' THEN d.person_id = :me OR d.person_id IS NULL AND d.leads
               WHEN d.about IN ('consent', 'review') THEN d.leads ELSE true END
    UNION ALL
    SELECT 'hearing', r.uid, r.sequence, h.starts_at, NULL,
           h.state IN ('adjourned', 'cancelled'), c.code, c.id, NULL, NULL,
           p.canton
    FROM series r
    JOIN hearings h ON h.id = r.latest AND h.state <> 'set'
    JOIN may_see s ON s.case_id = h.case_id
      AND (opens(s.write_mask, 'procedure')
        OR s.as_liaison AND opens(s.mask, 'procedure') AND EXISTS (
        SELECT 1 FROM procedures d WHERE d.id = h.procedure_id AND works_in(d.canton)))
    JOIN procedures p ON p.id = h.procedure_id
    JOIN cases c ON c.id = h.case_id AND c.state <> 'closed'
    WHERE h.starts_at >= :since
    UNION ALL
    SELECT 'session', i.id, i.sequence, i.starts_at, NULL, i.state = 'cancelled', i.number::text,
           NULL, NULL, i.ends_at, NULL
    FROM intervision_sessions i
    JOIN session_invitations v ON v.session_id = i.id AND v.professional_id = :me
      AND v.state NOT IN ('withdrawn', 'declined')
    WHERE i.starts_at >= :since AND i.state <> 'planned'
    ORDER BY 1, 2 LIMIT :at_most
    """
)


def my_entries(*, actor: Actor, uow: UnitOfWork) -> list[Entry]:
    """Hearings and legal dates of my cases, my tasks and sessions, from three months ago on."""
    values = {
        "me": actor.id,
        "since": uow.now() - KEPT,
        "first_day": uow.today() - KEPT,
        "at_most": AT_MOST,
    }
    return [Entry(*row) for row in uow.session.execute(_MINE, values)]


def note_reading(entries: list[Entry], *, actor: Actor, uow: UnitOfWork) -> None:
    """Write in the read log, once for each case whose dates are given."""
    shown = {entry.case_id for entry in entries if entry.case_id}
    uow.read_all(shown, "calendar", 0, actor=actor)
