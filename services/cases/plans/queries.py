"""The plan as the actor may see it. Each statement joins `may_see`: decided as it reads.

An action is also shown to the professional it was given to; its goal only with its own category.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.cases.plans.model import AnswerKind
from services.consent.queries import log_team_read
from services.shared.actor import Actor
from services.shared.categories import name_of
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


class Agreement(StrEnum):
    """What the adults of the household last said to what stands there now."""

    UNSIGNED = "unsigned"
    COSIGNED = "cosigned"
    OBJECTED = "objected"
    # Something was said, to terms that have changed since.
    TO_SIGN_AGAIN = "to_sign_again"


@dataclass(frozen=True)
class GoalView:
    id: UUID
    category: str
    member_id: UUID | None
    confidential_to: UUID | None
    words: str
    position: int
    terms: int
    agreement: Agreement
    written_by: UUID
    writer: str
    written_at: datetime
    changed_at: datetime | None
    version: int
    answers: list[dict[str, Any]]


@dataclass(frozen=True)
class ActionView:
    """`goal_id` is null if the goal is closed to the reader; `owner_id` if the household does it.
    `owner_in_team` is false once the owner left: somebody else has to be asked."""

    id: UUID
    goal_id: UUID | None
    category: str
    what: str
    owner_id: UUID | None
    owner: str | None
    owner_organisation: str | None
    owner_in_team: bool
    due_on: date | None
    state: str
    drop_reason: str | None
    terms: int
    agreement: Agreement
    written_by: UUID
    written_at: datetime
    changed_at: datetime | None
    closed_at: datetime | None
    version: int
    answers: list[dict[str, Any]]


@dataclass(frozen=True)
class PlanView:
    goals: list[GoalView]
    actions: list[ActionView]


_GOALS = text(
    """
    SELECT g.id, g.category, g.member_id, g.confidential_to, g.words, g.position, g.terms,
           g.written_by, x.name AS writer, g.written_at, g.changed_at, g.version,
      (SELECT coalesce(json_agg(json_build_object('id', a.id, 'member_id', a.member_id,
         'kind', a.kind, 'words', a.words, 'terms', a.terms, 'about', a.about,
         'owner_id', a.owner_id, 'due_on', a.due_on, 'evidence', a.evidence,
         'witness', CASE WHEN s.leads THEN a.witness END,
         'document', CASE WHEN s.leads THEN a.document END, 'recorded_by', a.recorded_by,
         'answered_at', a.answered_at) ORDER BY a.answered_at, a.id), '[]')
       FROM plan_answers a WHERE a.goal_id = g.id) AS answers
    FROM plan_goals g
    JOIN may_see s ON s.case_id = g.case_id AND s.in_team AND s.mask & g.category <> 0
    JOIN professionals x ON x.id = g.written_by
    WHERE g.case_id = :case AND (CAST(:one AS uuid) IS NULL OR g.id = :one)
    ORDER BY g.position, g.written_at, g.id
    """
)

_ACTIONS = text(
    """
    SELECT n.id, CASE WHEN s.mask & g.category <> 0 THEN g.id END AS goal_id, n.category, n.what,
           n.owner_id, x.name AS owner, o.name AS owner_organisation,
           n.owner_id IS NOT NULL AND (
             EXISTS (SELECT 1 FROM participations p WHERE p.case_id = n.case_id
                     AND p.professional_id = n.owner_id AND p.state = 'accepted')
             OR EXISTS (SELECT 1 FROM reference_assignments r WHERE r.case_id = n.case_id
                        AND r.professional_id = n.owner_id AND upper_inf(r.period)))
             AS owner_in_team,
           n.due_on, n.state, n.drop_reason, n.terms, n.written_by, n.written_at, n.changed_at,
           n.closed_at, n.version,
      (SELECT coalesce(json_agg(json_build_object('id', a.id, 'member_id', a.member_id,
         'kind', a.kind, 'words', a.words, 'terms', a.terms, 'about', a.about,
         'owner_id', a.owner_id, 'due_on', a.due_on, 'evidence', a.evidence,
         'witness', CASE WHEN s.leads THEN a.witness END,
         'document', CASE WHEN s.leads THEN a.document END, 'recorded_by', a.recorded_by,
         'answered_at', a.answered_at) ORDER BY a.answered_at, a.id), '[]')
       FROM plan_answers a WHERE a.action_id = n.id) AS answers
    FROM plan_actions n
    JOIN may_see s ON s.case_id = n.case_id AND s.in_team
      AND (s.mask & n.category <> 0 OR n.owner_id = app_professional())
    LEFT JOIN plan_goals g ON g.id = n.goal_id
    LEFT JOIN professionals x ON x.id = n.owner_id
    LEFT JOIN organisations o ON o.id = x.organisation_id
    WHERE n.case_id = :case AND (CAST(:one AS uuid) IS NULL OR n.id = :one)
    ORDER BY g.position, n.due_on NULLS LAST, n.written_at, n.id
    """
)


def plan(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> PlanView:
    """Goals in their order, actions by their day. NotFound if the case is not for this actor."""
    values = {"case": case_id, "one": None}
    goals = [_goal(row) for row in uow.session.execute(_GOALS, values)]
    actions = [_action(row) for row in uow.session.execute(_ACTIONS, values)]
    log_team_read(case_id, "plan", actor=actor, uow=uow)
    return PlanView(goals=goals, actions=actions)


def goal(case_id: UUID, goal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> GoalView:
    row = uow.session.execute(_GOALS, {"case": case_id, "one": goal_id}).one_or_none()
    if row is None:
        raise NotFound
    log_team_read(case_id, "plan", mask=row.category, actor=actor, uow=uow)
    return _goal(row)


def action(case_id: UUID, action_id: UUID, *, actor: Actor, uow: UnitOfWork) -> ActionView:
    row = uow.session.execute(_ACTIONS, {"case": case_id, "one": action_id}).one_or_none()
    if row is None:
        raise NotFound
    log_team_read(case_id, "plan", mask=row.category, actor=actor, uow=uow)
    return _action(row)


def agreement_to(terms: int, answers: list[dict[str, Any]]) -> Agreement:
    """What each adult last said, yes or no, the oldest first. One no outweighs every yes."""
    decided = [each for each in answers if each["kind"] != AnswerKind.WORDS]
    last = {each["member_id"]: each for each in decided}
    now = {each["kind"] for each in last.values() if each["terms"] == terms}
    if AnswerKind.OBJECTED in now:
        return Agreement.OBJECTED
    if AnswerKind.COSIGNED in now:
        return Agreement.COSIGNED
    return Agreement.TO_SIGN_AGAIN if decided else Agreement.UNSIGNED


def _goal(row: Any) -> GoalView:
    return GoalView(**_shown(row))


def _action(row: Any) -> ActionView:
    return ActionView(**_shown(row))


def _shown(row: Any) -> dict[str, Any]:
    """Each answer says whether it is to the present terms."""
    answers = [each | {"current": each["terms"] == row.terms} for each in row.answers]
    agreement = agreement_to(row.terms, answers)
    return dict(row._mapping) | {
        "category": name_of(row.category),
        "agreement": agreement,
        "answers": answers,
    }
