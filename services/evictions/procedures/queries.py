"""Procedures as the actor may see them: the team, and the liaison in their cantons."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.evictions.dates.standing import bring_to_life, duties_after, lifted_by
from services.evictions.law.in_force import law_in_force
from services.evictions.law.rulesets import fingerprints
from services.evictions.procedures.questions import put_questions, questions_of_posting
from services.evictions.procedures.regime_changes import said_of
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ProcedureSummary:
    """What a list shows of a procedure; `names` is empty unless identity is open to the reader."""

    id: UUID
    case_id: UUID
    case_code: str
    canton: str
    roll_number: str | None
    last_act: dict[str, Any] | None
    next_hearing_at: datetime | None
    names: list[str]
    welfare_centre_opposed: bool


@dataclass(frozen=True)
class ProcedureView:
    id: UUID
    case_id: UUID
    case_code: str
    canton: str
    roll_number: str | None
    regime: str
    regime_assumed: bool
    regime_words: dict[str, str]
    rule_set: str
    opened_at: datetime
    acts: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    hearings: list[dict[str, Any]]
    postings: list[dict[str, Any]]
    duties: list[dict[str, Any]]
    welfare_centre_opposed: bool
    welfare_steps: list[dict[str, Any]]
    welfare_oppositions: list[dict[str, Any]]


@dataclass(frozen=True)
class PostingView:
    """A posted date; `difference` says what confirming would change, field by field."""

    id: UUID
    procedure_id: UUID
    kind: str
    starts_at: datetime | None
    day: date | None
    room: str | None
    because: str | None
    posted_by: UUID
    posted_at: datetime
    state: str
    difference: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


_LIST = text(
    """
    SELECT d.id, d.case_id, c.code AS case_code, d.canton, d.roll_number,
      (SELECT json_build_object('kind', a.kind, 'acted_on', a.acted_on) FROM acts a
       WHERE a.procedure_id = d.id AND a.replaced_by IS NULL AND a.lapsed_at IS NULL
       ORDER BY a.recorded_at DESC, a.acted_on DESC, a.id LIMIT 1) AS last_act,
      (SELECT min(h.starts_at) FROM hearings h
       WHERE h.procedure_id = d.id AND h.state = 'set') AS next_hearing_at,
      ARRAY(SELECT concat_ws(' ', m.given_name, m.family_name) FROM members m
            WHERE m.case_id = d.case_id AND opens(s.mask, 'identity') AND m.family_name IS NOT NULL
            ORDER BY m.joined_on, m.id) AS names,
      EXISTS (SELECT 1 FROM welfare_oppositions w
              WHERE w.procedure_id = d.id AND w.withdrawn_at IS NULL) AS welfare_centre_opposed
    FROM procedures d
    JOIN may_see s ON s.case_id = d.case_id AND opens(s.mask, 'procedure')
      AND (s.in_team OR works_in(d.canton))
    JOIN cases c ON c.id = d.case_id
    WHERE (CAST(:case AS uuid) IS NULL OR d.case_id = :case)
      AND (CAST(:after AS text) IS NULL OR (c.code, d.id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY c.code, d.id LIMIT :limit
    """
)

_ONE = text(
    """
    SELECT d.id, d.case_id, c.code AS case_code, d.canton, d.roll_number, d.regime,
      d.regime_assumed, d.rule_set, d.opened_at, s.mask,
      (SELECT coalesce(json_agg(json_build_object('id', a.id, 'kind', a.kind,
         'acted_on', a.acted_on, 'received_on', a.received_on, 'warnings', a.warnings,
         'recorded_by', a.recorded_by, 'recorded_at', a.recorded_at, 'delivery', a.delivery,
         'ground', a.ground, 'until_on', a.until_on, 'called_off_by', a.called_off_by,
         'document_id', CASE WHEN s.in_team THEN a.document_id END, 'replaced_by', a.replaced_by,
         'lapsed_at', a.lapsed_at, 'struck_at', a.struck_at, 'struck_by', a.struck_by,
         'strike_reason', CASE WHEN s.in_team THEN a.strike_reason END, 'posted_by', a.posted_by,
         'correction_reason', CASE WHEN s.in_team THEN a.correction_reason END)
         ORDER BY a.acted_on, a.recorded_at, a.id), '[]')
       FROM acts a WHERE a.procedure_id = d.id) AS acts,
      (SELECT coalesce(json_agg(json_build_object('id', l.id, 'act_id', l.act_id,
         'computes', l.computes, 'protective', l.protective,
         'date', cautious.day, 'computed_date', l.falls_on,
         'earlier_reading', l.earlier_reading, 'rule_id', l.rule_id, 'rule_set', l.rule_set,
         'rule_version', l.rule_version, 'article', l.article, 'source', l.source,
         'confirmed', is_confirmed(l.rule_set, l.rule_version, :law_texts),
         'certainty', l.certainty, 'state', l.ended_as,
         'ended_by', l.ended_by, 'steps', l.steps, 'overridden', l.overridden_date IS NOT NULL,
         'override_reason', CASE WHEN s.in_team THEN l.override_reason END,
         'lifted_date', CASE WHEN s.in_team THEN l.lifted_date END,
         'lift_reason', CASE WHEN s.in_team THEN l.lift_reason END, 'version', l.version)
         ORDER BY cautious.day, l.rule_id), '[]')
       FROM deadlines l CROSS JOIN LATERAL cautious_day(l) AS cautious(day)
       WHERE l.procedure_id = d.id) AS deadlines,
      (SELECT coalesce(json_agg(json_build_object('id', h.id, 'starts_at', h.starts_at,
         'room', h.room, 'state', h.state, 'replaces_id', h.replaces_id, 'version', h.version,
         'act_id', h.act_id,
         'kind', h.kind, 'roll_number', h.roll_number, 'result', h.result, 'result_at', h.result_at,
         'accompaniments', CASE WHEN s.in_team THEN (SELECT coalesce(json_agg(json_build_object(
           'id', k.id, 'role', k.role, 'professional_id', k.professional_id,
           'name', coalesce(k.outside, x.name), 'outside', k.outside IS NOT NULL,
           'state', k.state, 'asked_by', k.asked_by, 'asked_at', k.asked_at,
           'answered_by', k.answered_by, 'answered_at', k.answered_at, 'version', k.version)
           ORDER BY k.asked_at, k.id), '[]')
           FROM accompaniments k LEFT JOIN professionals x ON x.id = k.professional_id
           WHERE k.hearing_id = h.id) END,
         'called_off_because', h.called_off_because, 'called_off_at', h.called_off_at,
         'posted_by', h.posted_by)
         ORDER BY h.starts_at, h.id), '[]')
       FROM hearings h WHERE h.procedure_id = d.id) AS hearings,
      (SELECT coalesce(json_agg(json_build_object('id', p.id, 'kind', p.kind,
         'starts_at', p.starts_at, 'day', p.day, 'room', p.room, 'because', p.because,
         'state', p.state,
         'posted_by', p.posted_by, 'posted_at', p.posted_at, 'version', p.version)
         ORDER BY p.posted_at, p.id), '[]')
       FROM postings p WHERE p.procedure_id = d.id) AS postings,
      EXISTS (SELECT 1 FROM welfare_oppositions w
              WHERE w.procedure_id = d.id AND w.withdrawn_at IS NULL) AS welfare_centre_opposed,
      (SELECT coalesce(json_agg(json_build_object('id', w.id, 'act_id', w.act_id,
         'rule_id', w.rule_id, 'article', w.article, 'certainty', w.certainty,
         'due_from', w.due_from, 'state', w.state, 'done_on', w.done_on, 'done_by', w.done_by,
         'despite_opposition', w.despite_opposition, 'version', w.version)
         ORDER BY a.acted_on, w.rule_id, w.id), '[]')
       FROM welfare_steps w JOIN acts a ON a.id = w.act_id
       WHERE w.procedure_id = d.id) AS welfare_steps,
      (SELECT coalesce(json_agg(json_build_object('id', w.id, 'opposed_on', w.opposed_on,
         'how', w.how, 'warnings', w.warnings, 'recorded_by', w.recorded_by,
         'recorded_by_member', w.recorded_by_member,
         'recorded_at', w.recorded_at, 'withdrawn_at', w.withdrawn_at, 'version', w.version)
         ORDER BY w.recorded_at, w.id), '[]')
       FROM welfare_oppositions w WHERE w.procedure_id = d.id AND s.in_team) AS welfare_oppositions
    FROM procedures d
    JOIN may_see s ON s.case_id = d.case_id AND opens(s.mask, 'procedure')
      AND (s.in_team OR works_in(d.canton))
    JOIN cases c ON c.id = d.case_id
    WHERE d.id = :procedure
    """
)

_POSTING = text(
    """
    SELECT p.id, p.procedure_id, p.kind, p.starts_at, p.day, p.room, p.because, p.posted_by,
           p.posted_at, p.state, p.case_id, s.mask, h.state AS now_state,
           h.starts_at AS now_at, h.room AS now_room,
           (SELECT max(a.acted_on) FROM acts a
            WHERE a.procedure_id = p.procedure_id AND a.replaced_by IS NULL
            AND a.lapsed_at IS NULL
            AND a.kind IN ('judgment', 'default_judgment', 'deemed_judgment')) AS now_judgment
    FROM postings p
    JOIN procedures d ON d.id = p.procedure_id
    JOIN may_see s ON s.case_id = p.case_id AND opens(s.mask, 'procedure')
      AND (s.in_team OR works_in(d.canton))
    LEFT JOIN hearings h ON h.procedure_id = p.procedure_id AND h.state = 'set'
    WHERE p.id = :posting
    """
)


_TO_CONFIRM = text(
    """
    SELECT count(*) FROM postings p JOIN may_see s ON s.case_id = p.case_id AND s.leads
    WHERE p.state = 'posted'
    """
)


def postings_to_confirm(*, uow: UnitOfWork) -> int:
    """How many dates posted by a liaison wait on the cases of which the actor is responsible."""
    return int(uow.session.scalar(_TO_CONFIRM) or 0)


def procedures(
    *,
    case_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
    actor: Actor,
    uow: UnitOfWork,
) -> list[ProcedureSummary]:
    """Procedures by case code. Each case listed is logged as read: procedural facts show."""
    code, key = after or (None, None)
    values = {"case": case_id, "after": code, "after_id": key, "limit": limit}
    views = [ProcedureSummary(*row) for row in uow.session.execute(_LIST, values)]
    for each in {view.case_id for view in views}:
        uow.read(each, "procedures", 0, actor=actor)
    return views


def procedure(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> ProcedureView:
    asked = {"procedure": procedure_id, "law_texts": fingerprints()}
    row = uow.session.execute(_ONE, asked).one_or_none()
    if row is None:
        raise NotFound
    values = dict(row._mapping)
    uow.read(row.case_id, "procedure", values.pop("mask"), actor=actor)
    law = law_in_force(uow=uow)
    put_questions(values, law.calendar)
    lifted = lifted_by(row.acts)
    for deadline in row.deadlines:
        bring_to_life(deadline, lifted, law, uow.today())
    duties = duties_after(law, row.rule_set, row.acts)
    return ProcedureView(**values, regime_words=said_of(row.regime), duties=duties)


def posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> PostingView:
    """The posted date beside what stands now."""
    row = uow.session.execute(_POSTING, {"posting": posting_id}).one_or_none()
    if row is None:
        raise NotFound
    values = dict(row._mapping)
    uow.read(values.pop("case_id"), "posting", values.pop("mask"), actor=actor)
    now_at, now_room, now_judgment, now_state = (
        values.pop(name) for name in ("now_at", "now_room", "now_judgment", "now_state")
    )
    changes = {
        "starts_at": (now_at, row.starts_at),
        "room": (now_room, row.room),
        "judgment_on": (now_judgment, row.day),
    }
    if row.because is not None:
        # `starts_at` only says which hearing was meant.
        changes = {"state": (now_state, "cancelled"), "called_off_because": (None, row.because)}
    difference = [
        {"field": field, "before": _plain(before), "after": _plain(after)}
        for field, (before, after) in changes.items()
        if after is not None and before != after
    ]
    asked = questions_of_posting(
        day=row.day,
        starts_at=None if row.because else row.starts_at,
        posted_at=row.posted_at,
        calendar=law_in_force(uow=uow).calendar,
    )
    return PostingView(**values, difference=difference, warnings=asked)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
