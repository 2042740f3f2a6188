"""What the actor may see of cases. Each statement joins `may_see`: access is decided as it reads.

Lists of parts come as JSON from the one statement; categories leave as names.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from services.cases.model import Case
from services.cases.titles import title_in
from services.consent.queries import log_team_read
from services.shared.actor import Actor
from services.shared.categories import name_of, names_of
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CaseView:
    id: UUID
    code: str
    state: str
    opened_at: datetime
    categories: list[str]
    reference_worker: dict[str, Any] | None
    household: dict[str, Any] | None
    tenancy: dict[str, Any] | None
    team: list[dict[str, Any]]
    worker_requests: list[dict[str, Any]]
    notes: list[dict[str, Any]]


@dataclass(frozen=True)
class CaseSummary:
    id: UUID
    code: str
    state: str
    opened_at: datetime
    leads: bool
    # The first day on which the law, a court or an agreement asks something of the household.
    next_deadline: date | None


@dataclass(frozen=True)
class NoteView:
    id: UUID
    category: str
    author_id: UUID
    author: str
    organisation: str
    written_at: datetime
    version: int
    body: str
    amended_at: datetime | None
    personal: bool
    confidential_to: UUID | None


@dataclass(frozen=True)
class RevisionView:
    number: int
    category: str
    body: str
    reason: str | None
    written_at: datetime


@dataclass(frozen=True)
class TaskView:
    id: UUID
    category: str
    title: str
    template: str | None
    assignee_id: UUID | None
    due_on: date | None
    remind_at: datetime | None
    confidential_to: UUID | None
    state: str
    done_at: datetime | None
    version: int


# One statement reads and writes down that it reads: neither can be had without the other.
_OPEN_CASE = text(
    """
    WITH file AS MATERIALIZED (
    SELECT c.id, c.code, c.state, c.opened_at, s.mask, s.basis,
      (SELECT json_build_object('professional_id', x.id, 'name', x.name, 'organisation', o.name,
                                'since', lower(a.period))
       FROM reference_assignments a JOIN professionals x ON x.id = a.professional_id
       JOIN organisations o ON o.id = x.organisation_id
       WHERE a.case_id = c.id AND upper_inf(a.period)) AS reference_worker,
      (SELECT json_build_object('language', h.language,
         'commune', CASE WHEN opens(s.mask, 'tenancy') THEN commune_of(c.id) END,
         'members', (SELECT coalesce(json_agg(m ORDER BY m.role, m.joined_on, m.id), '[]')
            FROM members m WHERE m.case_id = c.id AND opens(s.mask, 'identity')))
       FROM households h WHERE h.case_id = c.id) AS household,
      (SELECT json_build_object('address', t.address, 'postal_code', t.postal_code,
         'landlord', t.landlord, 'lease_kind', t.lease_kind, 'rent_eur', t.rent_eur::text,
         'months_of_arrears', t.months_of_arrears::text, 'started_on', t.started_on,
         'version', t.version)
       FROM tenancies t WHERE t.case_id = c.id AND opens(s.mask, 'tenancy')) AS tenancy,
      (SELECT coalesce(json_agg(json_build_object('id', p.id, 'professional_id', x.id,
         'name', x.name, 'organisation', o.name, 'role', p.role, 'state', p.state,
         'reason', CASE WHEN s.leads THEN reason_to_join(p.id) END, 'invited_at', p.invited_at,
         'accepted_at', p.accepted_at, 'ends_at', p.ends_at, 'ended_at', p.ended_at,
         'version', p.version) ORDER BY p.invited_at, p.id), '[]')
       FROM participations p JOIN professionals x ON x.id = p.professional_id
       JOIN organisations o ON o.id = x.organisation_id WHERE p.case_id = c.id) AS team,
      (SELECT coalesce(json_agg(json_build_object('id', w.id, 'wanted_id', w.wanted_id,
         'recorded_at', w.recorded_at) ORDER BY w.recorded_at, w.id), '[]')
       FROM worker_requests w WHERE w.case_id = c.id AND w.state = 'open'
       AND (opens(s.mask, 'identity') OR w.recorded_by = app_professional())) AS worker_requests,
      (SELECT coalesce(json_agg(q ORDER BY q.written_at DESC, q.id DESC), '[]') FROM (
         SELECT n.id, n.category, n.author_id, n.author, n.organisation, n.written_at, n.version,
                n.body, n.amended_at, n.personal, n.confidential_to
         FROM readable_notes n WHERE n.case_id = c.id
         ORDER BY n.written_at DESC, n.id DESC LIMIT 50) q) AS notes
    FROM cases c JOIN may_see s ON s.case_id = c.id AND s.in_team
    WHERE c.id = :case
    ), logged AS (
      INSERT INTO read_entries (at, actor_id, case_id, what, category_mask, basis, request_id)
      SELECT :now, :actor, id, 'case', mask, basis, :request FROM file
    )
    SELECT id, code, state, opened_at, mask, reference_worker, household, tenancy, team,
           worker_requests, notes
    FROM file
    """
)

_MY_CASES = text(
    """
    SELECT c.id, c.code, c.state, c.opened_at, s.leads,
           (SELECT min(d.day) FROM eviction_dates(c.id) d
            WHERE d.to_come AND s.mask & d.category <> 0)
    FROM cases c JOIN may_see s ON s.case_id = c.id AND s.in_team
    WHERE CAST(:after AS text) IS NULL OR c.code > :after
    ORDER BY c.code LIMIT :limit
    """
)

# One statement again. A row without a note: the actor is in the team, and there is none.
_NOTES = text(
    """
    WITH team AS MATERIALIZED (
      SELECT mask, basis FROM may_see WHERE case_id = :case AND in_team
    ), found AS MATERIALIZED (
      SELECT n.id, n.category, n.author_id, n.author, n.organisation, n.written_at, n.version,
             n.body, n.amended_at, n.personal, n.confidential_to
      FROM readable_notes n
      WHERE n.case_id = :case AND (CAST(:note AS uuid) IS NULL OR n.id = :note)
        AND (CAST(:after AS timestamptz) IS NULL OR (n.written_at, n.id) < (:after, :after_id))
      ORDER BY n.written_at DESC, n.id DESC LIMIT :limit
    ), logged AS (
      INSERT INTO read_entries (at, actor_id, case_id, what, category_mask, basis, request_id)
      SELECT :now, :actor, :case, 'notes',
        coalesce((SELECT category FROM found WHERE id = :note), mask), basis, :request
      FROM team
    )
    SELECT found.* FROM team LEFT JOIN found ON true
    ORDER BY found.written_at DESC, found.id DESC
    """
)

_REVISIONS = text(
    """
    SELECT r.number, r.category, r.body, r.reason, r.written_at
    FROM readable_notes n JOIN note_revisions r ON r.note_id = n.id
    JOIN may_see s ON s.case_id = r.case_id
      AND (s.mask & r.category <> 0 OR r.author_id = app_professional())
    WHERE n.case_id = :case AND n.id = :note ORDER BY r.number
    """
)

_TASKS = text(
    """
    SELECT t.id, t.category, t.title, t.template, t.title_values, t.assignee_id, t.due_on,
           t.remind_at, t.confidential_to, t.state, t.done_at, t.version
    FROM tasks t JOIN may_see s ON s.case_id = t.case_id AND s.in_team
      AND (s.mask & t.category <> 0 OR app_professional() IN (t.assignee_id, t.created_by))
    WHERE t.case_id = :case AND (CAST(:task AS uuid) IS NULL OR t.id = :task)
    ORDER BY t.state DESC, t.due_on NULLS LAST, t.created_at, t.id
    """
)


def case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> CaseView:
    """The file as this actor may see it, and one line in its read log."""
    asked = {"case": case_id, "now": uow.now(), "actor": actor.id, "request": uow.request_id}
    row = uow.session.execute(_OPEN_CASE, asked).one_or_none()
    if row is None:
        raise NotFound
    values = dict(row._mapping)
    values["categories"] = names_of(values.pop("mask"))
    values["notes"] = [note | {"category": name_of(note["category"])} for note in row.notes]
    return CaseView(**values)


def code_of(case_id: UUID | None, *, uow: UnitOfWork) -> dict[str, Any]:
    """The opaque code as a fact of an alert, for those who have no other way to the case."""
    return {"code": uow.session.scalar(select(Case.code).where(Case.id == case_id))}


def my_cases(*, after: str | None, limit: int, uow: UnitOfWork) -> list[CaseSummary]:
    """Codes, states and next dates only, so the read log has no line for a list."""
    values = {"after": after, "limit": limit}
    return [CaseSummary(*row) for row in uow.session.execute(_MY_CASES, values)]


def notes(
    case_id: UUID,
    *,
    after: tuple[datetime, UUID] | None = None,
    note_id: UUID | None = None,
    limit: int = 50,
    actor: Actor,
    uow: UnitOfWork,
) -> list[NoteView]:
    """The notes open to the actor, newest first, and the line in the read log.

    NotFound if the actor is not in the team, or if `note_id` is not among what is open to them.
    """
    at, key = after or (None, None)
    asked = {"case": case_id, "note": note_id, "after": at, "after_id": key, "limit": limit}
    logged = {"now": uow.now(), "actor": actor.id, "request": uow.request_id}
    rows = uow.session.execute(_NOTES, asked | logged).all()
    views = [NoteView(row[0], name_of(row[1]), *row[2:]) for row in rows if row.id is not None]
    if not rows or (note_id and not views):
        raise NotFound
    return views


def revisions(case_id: UUID, note_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[RevisionView]:
    """Every wording of a note, the first one first."""
    rows = uow.session.execute(_REVISIONS, {"case": case_id, "note": note_id})
    views = [RevisionView(row[0], name_of(row[1]), *row[2:]) for row in rows]
    if not views:
        raise NotFound
    log_team_read(case_id, "note-revisions", actor=actor, uow=uow)
    return views


def tasks(
    case_id: UUID, *, actor: Actor, uow: UnitOfWork, task_id: UUID | None = None
) -> list[TaskView]:
    rows = uow.session.execute(_TASKS, {"case": case_id, "task": task_id})
    views = [_task(row, actor) for row in rows]
    log_team_read(case_id, "tasks", actor=actor, uow=uow)
    if task_id and not views:
        raise NotFound
    return views


def _task(row: Any, actor: Actor) -> TaskView:
    key, category, title, template, values, *rest = row
    said = title_in(actor.language, title, template, values)
    return TaskView(key, name_of(category), said, template, *rest)
