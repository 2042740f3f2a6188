"""What the actor may see of the documents of a case. Each statement reads through the view that
joins `may_see`: access is decided as it reads.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.queries import log_team_read
from services.documents.model import ScanState
from services.documents.release import Release
from services.shared.actor import Actor
from services.shared.categories import name_of
from services.shared.errors import Conflict, NotFound, Refused
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class DocumentView:
    """A document in one version; in lists its newest."""

    id: UUID
    number: int
    case_id: UUID
    category: str
    kind: str
    title: str
    added_at: datetime
    uploaded_by: UUID
    uploader: str
    organisation: str
    uploaded_at: datetime
    original_name: str
    media_type: str
    size: int
    dated_on: date | None
    expires_on: date | None
    scan_state: str
    confidential_to: UUID | None


@dataclass(frozen=True)
class Served:
    """A version that may leave the house now."""

    view: DocumentView
    stored_name: str


_LIST = text(
    """
    SELECT d.* FROM readable_document_versions d
    WHERE d.case_id = :case
      AND d.number = (SELECT max(v.number) FROM document_versions v WHERE v.document_id = d.id)
      AND (CAST(:after AS timestamptz) IS NULL OR (d.added_at, d.id) < (:after, :after_id))
    ORDER BY d.added_at DESC, d.id DESC LIMIT :limit
    """
)
_VERSIONS = text(
    """
    SELECT d.* FROM readable_document_versions d
    WHERE d.id = :document AND (CAST(:number AS int) IS NULL OR d.number = :number)
    ORDER BY d.number DESC
    """
)


def documents(
    case_id: UUID,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    release: Release,
    actor: Actor,
    uow: UnitOfWork,
) -> list[DocumentView]:
    """Newest first. NotFound if the case is not for this actor."""
    at, key = after or (None, None)
    values = {"case": case_id, "after": at, "after_id": key, "limit": limit}
    views = [_view(row, release) for row in uow.session.execute(_LIST, values)]
    log_team_read(case_id, "documents", actor=actor, uow=uow)
    return views


def versions(
    document_id: UUID,
    *,
    release: Release,
    actor: Actor,
    uow: UnitOfWork,
    number: int | None = None,
) -> list[DocumentView]:
    """Newest first, at least one; NotFound otherwise."""
    rows = _rows(document_id, number, uow=uow)
    uow.read(rows[0].case_id, "documents", rows[0].category, actor=actor)
    return [_view(row, release) for row in rows]


def content(
    document_id: UUID, number: int | None, *, release: Release, actor: Actor, uow: UnitOfWork
) -> Served:
    """The newest version, or that one, if it may be given out. The read log names it."""
    row = _rows(document_id, number, uow=uow)[0]
    if row.scan_state == ScanState.INFECTED:
        raise Refused("document-infected")
    if not release.allows(row.scan_state):
        raise Conflict("document-not-scanned-yet")
    what = f"document-content:{row.id}:{row.number}"
    uow.read(row.case_id, what, row.category, actor=actor)
    return Served(_view(row, release), row.stored_name)


def is_still_open(document_id: UUID, number: int, *, release: Release, uow: UnitOfWork) -> bool:
    """Whether a document is open still, in a long download: access may have been withdrawn."""
    values = {"document": document_id, "number": number}
    row = uow.session.execute(_VERSIONS, values).one_or_none()
    return row is not None and release.allows(row.scan_state)


def _rows(document_id: UUID, number: int | None, *, uow: UnitOfWork) -> list[Any]:
    rows = list(uow.session.execute(_VERSIONS, {"document": document_id, "number": number}))
    if not rows:
        raise NotFound
    return rows


def _view(row: Any, release: Release) -> DocumentView:
    values = dict(row._mapping)
    del values["stored_name"]
    values["category"] = name_of(row.category)
    values["scan_state"] = release.shown(row.scan_state)
    return DocumentView(**values)
