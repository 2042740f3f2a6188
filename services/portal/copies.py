"""The whole copy of what the file holds about one adult (GDPR arts. 15 and 20)."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent import policy
from services.consent.queries import access_to
from services.households.model import Member, require_adult
from services.network.courts.places import place_of
from services.portal import queries
from services.portal.disclosures import reads
from services.portal.views import (
    ActView,
    DocumentView,
    HouseholdCopy,
    NoteView,
    ProcedureView,
    TenancyView,
)
from services.shared.actor import Actor
from services.shared.categories import name_of
from services.shared.loading import load_of
from services.shared.unit_of_work import UnitOfWork

_EVER = datetime(1900, 1, 1, tzinfo=UTC)
_TENANCY = text(
    """
    SELECT t.address, t.postal_code, portal_commune() AS commune, t.lease_kind, t.rent_eur,
      t.months_of_arrears,
           t.started_on
    FROM tenancies t JOIN households h ON h.case_id = t.case_id WHERE t.case_id = portal_case()
    """
)
_PROCEDURES = text(
    """
    SELECT id, canton, roll_number, opened_at FROM procedures
    WHERE case_id = portal_case() ORDER BY opened_at, id
    """
)
_ACTS = text(
    """
    SELECT kind, acted_on, received_on FROM acts
    WHERE case_id = portal_case() AND procedure_id = :procedure AND replaced_by IS NULL
      AND struck_at IS NULL
    ORDER BY acted_on, recorded_at, id
    """
)
_NOTES = text(
    """
    SELECT n.id, n.category, x.name, o.name, n.written_at, r.body
    FROM notes n JOIN note_revisions r ON r.note_id = n.id AND r.number = n.latest
    JOIN professionals x ON x.id = n.author_id JOIN organisations o ON o.id = n.organisation_id
    WHERE n.case_id = portal_case() AND NOT n.personal AND (n.confidential_to = portal_member()
      OR n.confidential_to IS NULL AND NOT is_sensitive(n.category))
    ORDER BY n.written_at, n.id
    """
)
_DOCUMENTS = text(
    """
    SELECT d.id, d.category, d.kind, d.title, v.original_name, v.media_type, v.size, v.dated_on,
           v.uploaded_at, o.name
    FROM documents d JOIN document_versions v ON v.document_id = d.id AND v.number = d.latest
    JOIN organisations o ON o.id = v.organisation_id
    WHERE d.case_id = portal_case() AND v.scan_state <> 'infected'
      AND (d.confidential_to = portal_member()
        OR d.confidential_to IS NULL AND NOT is_sensitive(d.category))
    ORDER BY d.uploaded_at, d.id
    """
)
# The transaction stops being the professional's for as long as it reads what is the member's.
_AS_MEMBER = text(
    "SELECT set_config('app.professional', '', true), set_config('app.printed_by', :by, true),"
    " set_config('app.printed_for', :for, true)"
)
_AS_BEFORE = text(
    "SELECT set_config('app.professional', :by, true), set_config('app.printed_by', '', true),"
    " set_config('app.printed_for', '', true)"
)


def copy(*, language: str | None = None, uow: UnitOfWork) -> HouseholdCopy:
    """NotFound unless this transaction is an adult's of a household."""
    view = queries.household(language=language, uow=uow)
    said = view.language
    tenancy = uow.session.execute(_TENANCY).one_or_none()
    return HouseholdCopy(
        made_at=uow.now(),
        view=view,
        tenancy=TenancyView(*tenancy) if tenancy else None,
        procedures=[_procedure(row, said, uow=uow) for row in uow.session.execute(_PROCEDURES)],
        notes=[NoteView(row[0], name_of(row[1]), *row[2:]) for row in uow.session.execute(_NOTES)],
        documents=[
            DocumentView(row[0], name_of(row[1]), *row[2:])
            for row in uow.session.execute(_DOCUMENTS)
        ],
        reads=reads(said, limit=None, uow=uow),
    )


def copy_for(
    case_id: UUID, member_id: UUID, *, language: str | None = None, actor: Actor, uow: UnitOfWork
) -> HouseholdCopy:
    """What that adult would get themselves, for their reference worker to print and hand over.

    Read as the member: nothing that a professional may see besides can slip in. The read log says
    that it was printed, and tells it to that adult alone.
    """
    policy.require_lead(access_to(case_id, uow=uow))
    require_adult(load_of(Member, member_id, case_id, uow=uow))
    uow.read(case_id, f"household-copy:{member_id}", 0, actor=actor)
    uow.session.flush()
    uow.session.execute(_AS_MEMBER, {"by": str(actor.id), "for": str(member_id)})
    printed = copy(language=language, uow=uow)
    uow.session.execute(_AS_BEFORE, {"by": str(actor.id)})
    return printed


def print_for(
    case_id: UUID,
    member_id: UUID,
    *,
    whole: bool,
    language: str | None = None,
    actor: Actor,
    uow: UnitOfWork,
) -> HouseholdCopy:
    """The same, in the history of the case too: for whom, and whether it was the whole copy."""
    printed = copy_for(case_id, member_id, language=language, actor=actor, uow=uow)
    member = load_of(Member, member_id, case_id, uow=uow)
    after = {"whole": whole, "language": printed.view.language}
    uow.record("print_for_member", member, actor=actor, after=after)
    return printed


def _procedure(row: Any, language: str, *, uow: UnitOfWork) -> ProcedureView:
    acts = uow.session.execute(_ACTS, {"procedure": row.id})
    return ProcedureView(
        canton=row.canton,
        court=place_of(row.canton, uow=uow).whole(language),
        roll_number=row.roll_number,
        opened_at=row.opened_at,
        acts=[ActView(*each) for each in acts],
        hearings=queries.hearings(language, since=_EVER, procedure=row.id, uow=uow),
        dates=queries.dates(language, since=date(1900, 1, 1), procedure=row.id, uow=uow),
    )
