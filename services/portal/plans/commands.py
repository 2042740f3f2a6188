"""The plan as one adult of the household is shown it: never what is another adult's, nor what
another adult said to it."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.cases.plans.queries import agreement_to
from services.portal.plans.views import PlanGoalView, PlanStepView
from services.portal.wording import named
from services.shared.unit_of_work import UnitOfWork

_GOALS = text(
    """
    SELECT g.id, g.words, coalesce(g.member_id = portal_member(), false) AS mine, g.version, g.terms
    FROM plan_goals g
    WHERE g.case_id = portal_case() AND (g.confidential_to = portal_member()
      OR g.confidential_to IS NULL
        AND (NOT is_sensitive(g.category) OR g.member_id = portal_member()))
    ORDER BY g.position, g.written_at, g.id
    """
)
_STEPS = text(
    """
    SELECT n.id, n.goal_id, n.what, x.name, o.name AS organisation, n.due_on, n.state,
           n.drop_reason, n.version, n.terms
    FROM plan_actions n JOIN plan_goals g ON g.id = n.goal_id
    LEFT JOIN professionals x ON x.id = n.owner_id
    LEFT JOIN organisations o ON o.id = x.organisation_id
    WHERE n.case_id = portal_case() AND (g.confidential_to = portal_member()
        OR g.confidential_to IS NULL
        AND (NOT is_sensitive(g.category) OR g.member_id = portal_member()))
      AND (NOT is_sensitive(n.category) OR portal_member() IN (g.confidential_to, g.member_id))
      AND (n.owner_id IS NULL OR NOT portal_hides(n.owner_id))
    ORDER BY n.due_on NULLS LAST, n.written_at, n.id
    """
)
_MINE = text(
    """
    SELECT coalesce(goal_id, action_id) AS subject, member_id, kind, words, terms
    FROM plan_answers WHERE case_id = portal_case() AND member_id = portal_member()
    ORDER BY answered_at, id
    """
)


def plan(language: str, *, uow: UnitOfWork) -> list[PlanGoalView]:
    """In its order, each goal with its steps."""
    answers: dict[UUID, list[dict[str, Any]]] = {}
    for row in uow.session.execute(_MINE):
        answers.setdefault(row.subject, []).append(dict(row._mapping))
    steps: dict[UUID, list[PlanStepView]] = {}
    for row in uow.session.execute(_STEPS):
        steps.setdefault(row.goal_id, []).append(_step(row, answers.get(row.id, []), language))
    return [
        _goal(row, answers.get(row.id, []), steps.get(row.id, []), language)
        for row in uow.session.execute(_GOALS)
    ]


def _goal(
    row: Any, answers: list[dict[str, Any]], steps: list[PlanStepView], language: str
) -> PlanGoalView:
    agreement = agreement_to(row.terms, answers)
    return PlanGoalView(
        id=row.id,
        words=row.words,
        mine=row.mine,
        version=row.version,
        agreement=agreement,
        agreement_in_words=named("plan_agreement", agreement, language),
        said=_words_of(answers),
        steps=steps,
    )


def _step(row: Any, answers: list[dict[str, Any]], language: str) -> PlanStepView:
    agreement = agreement_to(row.terms, answers)
    return PlanStepView(
        id=row.id,
        what=row.what,
        who=row.name,
        organisation=row.organisation,
        due_on=row.due_on,
        state=row.state,
        state_in_words=named("plan_states", row.state, language),
        drop_reason=row.drop_reason,
        version=row.version,
        agreement=agreement,
        agreement_in_words=named("plan_agreement", agreement, language),
        said=_words_of(answers),
    )


def _words_of(answers: list[dict[str, Any]]) -> list[str]:
    return [each["words"] for each in answers if each["words"]]
