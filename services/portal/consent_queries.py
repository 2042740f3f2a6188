"""What the household said, whom it refuses and what it asked, as one adult of it is shown."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.portal.views import ConsentView, ExclusionView, ProvisionView, RequestView
from services.portal.wording import listed, named
from services.shared.categories import names_of
from services.shared.unit_of_work import UnitOfWork

_CONSENTS = text(
    """
    SELECT c.id, c.purpose, c.evidence, c.witness, c.document, c.lifts_secrecy, c.given_at,
           c.valid_from, c.valid_until, c.withdrawn_at, c.renewed_at,
           coalesce(c.member_id = portal_member(), false) AS mine,
           coalesce(c.confidential_to = portal_member(), false) AS for_me_alone, c.version,
           (SELECT json_agg(json_build_object('effect', v.effect,
              'recipient_kind', v.recipient_kind, 'recipient_id', v.recipient_id,
              'recipient_role', v.recipient_role, 'mask', v.category_mask,
              'recipient', coalesce(x.name, o.name)) ORDER BY v.id)
            FROM provisions v LEFT JOIN professionals x ON x.id = v.recipient_id
            LEFT JOIN organisations o ON o.id = v.recipient_id
            WHERE v.consent_id = c.id) AS provisions
    FROM consents c
    WHERE c.case_id = portal_case() AND portal_shows_consent(c.id)
      AND (CAST(:consent AS uuid) IS NULL OR c.id = :consent)
    ORDER BY c.given_at, c.id
    """
)
_EXCLUSIONS = text(
    """
    SELECT e.id, coalesce(x.name, o.name), e.reason, e.set_at, e.lifted_at
    FROM exclusions e LEFT JOIN professionals x ON x.id = e.professional_id
    LEFT JOIN organisations o ON o.id = e.organisation_id
    WHERE e.case_id = portal_case() AND e.set_by_member = portal_member()
    ORDER BY e.set_at, e.id
    """
)
_REQUESTS = text(
    """
    SELECT q.id, q.kind, q.about, q.words, q.asked_at, q.due_on, q.state, q.answer, q.answered_at
    FROM household_requests q
    WHERE q.case_id = portal_case() AND q.member_id = portal_member()
    UNION ALL
    SELECT w.id, 'another_worker', NULL, w.reason, w.recorded_at, NULL, w.state, w.answer,
           w.closed_at
    FROM worker_requests w
    WHERE w.case_id = portal_case() AND w.asked_by_member = portal_member()
    ORDER BY 5, 1
    """
)


def consents(
    language: str, *, consent_id: UUID | None = None, uow: UnitOfWork
) -> list[ConsentView]:
    """Ended and withdrawn ones too; nothing that is in another adult's compartment."""
    found = uow.session.execute(_CONSENTS, {"consent": consent_id})
    return [_consent(dict(row._mapping), language) for row in found]


def exclusions(*, uow: UnitOfWork) -> list[ExclusionView]:
    return [ExclusionView(*row) for row in uow.session.execute(_EXCLUSIONS)]


def requests(*, uow: UnitOfWork) -> list[RequestView]:
    return [RequestView(*row) for row in uow.session.execute(_REQUESTS)]


def _consent(values: dict[str, Any], language: str) -> ConsentView:
    provisions = [_provision(each, language) for each in values.pop("provisions") or []]
    evidence = named("evidence", values["evidence"], language)
    return ConsentView(**values, evidence_in_words=evidence, provisions=provisions)


def _provision(given: dict[str, Any], language: str) -> ProvisionView:
    categories = names_of(given["mask"])
    role = given["recipient_role"]
    who = given["recipient"] or named("roles", role, language)
    what = listed("categories", categories, language)
    return ProvisionView(
        effect=given["effect"],
        recipient_kind=given["recipient_kind"],
        recipient_id=given["recipient_id"] and UUID(given["recipient_id"]),
        recipient_role=role,
        recipient=who,
        categories=categories,
        words=named("effects", given["effect"], language, who=who, what=what),
    )
