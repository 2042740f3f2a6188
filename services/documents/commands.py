"""Put a document, or a newer version of one, in a case."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.consent import policy
from services.consent.queries import access_to
from services.documents.events import DocumentUploaded
from services.documents.model import (
    Document,
    DocumentKind,
    DocumentVersion,
    ScanState,
    UploadAllowance,
)
from services.households.commands import require_adult_of
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork

# A phone with a poor network sends again: within this time it is the same document.
SAME_UPLOAD = timedelta(hours=24)


class Incoming(Protocol):
    """A file that was received, judged and cleaned, and is not kept yet."""

    @property
    def original_name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def received_size(self) -> int: ...
    @property
    def sha256(self) -> bytes: ...

    def keep(self, case_id: UUID) -> str:
        """Make it durable; the name under which it is kept. Without a row it is swept away."""
        ...


@dataclass(frozen=True, kw_only=True)
class UploadDocument:
    case_id: UUID
    category: Category
    kind: DocumentKind
    title: str
    file: Incoming
    dated_on: date | None = None
    expires_on: date | None = None
    confidential_to: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class AddVersion:
    document_id: UUID
    file: Incoming
    dated_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """`repeated`: the same file was there already, and nothing was stored."""

    document_id: UUID
    number: int
    repeated: bool


def upload_document(cmd: UploadDocument, *, actor: Actor, uow: UnitOfWork) -> Uploaded:
    """In one category; the same file by the same person within a day is stored once."""
    access = access_to(cmd.case_id, uow=uow)
    policy.require_team(access)
    policy.require_category(access, cmd.category)
    require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
    allowance = _hold_allowance(actor, uow=uow)
    earlier = _same_upload(cmd, actor=actor, uow=uow)
    if earlier is not None:
        return earlier
    allowance.charge(cmd.file.received_size, today=uow.today())
    document = Document(
        case_id=cmd.case_id,
        category=int(cmd.category),
        kind=cmd.kind,
        title=cmd.title,
        uploaded_by=actor.id,
        uploaded_at=uow.now(),
        latest=0,
        confidential_to=cmd.confidential_to,
    )
    uow.session.add(document)
    uow.session.flush()
    return _append(document, cmd, actor=actor, uow=uow)


def add_version(cmd: AddVersion, *, actor: Actor, uow: UnitOfWork) -> Uploaded:
    """Beside the earlier ones, which stay. The same file again changes nothing."""
    document = load(Document, cmd.document_id, uow=uow)
    access = access_to(document.case_id, uow=uow)
    policy.require_team(access)
    policy.require_category(access, Category(document.category))
    allowance = _hold_allowance(actor, uow=uow)
    lock(document, uow=uow)
    newest = uow.session.get_one(DocumentVersion, (document.id, document.latest))
    if newest.sha256 == cmd.file.sha256:
        return Uploaded(document_id=document.id, number=newest.number, repeated=True)
    allowance.charge(cmd.file.received_size, today=uow.today())
    return _append(document, cmd, actor=actor, uow=uow)


def _append(
    document: Document, cmd: UploadDocument | AddVersion, *, actor: Actor, uow: UnitOfWork
) -> Uploaded:
    """The file first, then its row: a row without a file would be a document that is lost."""
    stored_name = cmd.file.keep(document.case_id)
    document.latest += 1
    uow.session.flush()
    version = DocumentVersion(
        document_id=document.id,
        number=document.latest,
        case_id=document.case_id,
        category=document.category,
        uploaded_by=actor.id,
        organisation_id=actor.organisation_id,
        uploaded_at=uow.now(),
        original_name=cmd.file.original_name,
        media_type=cmd.file.media_type,
        size=cmd.file.size,
        sha256=cmd.file.sha256,
        dated_on=cmd.dated_on,
        expires_on=cmd.expires_on,
        stored_name=stored_name,
        scan_state=ScanState.QUARANTINED,
        scan_next_at=uow.now(),
    )
    uow.session.add(version)
    uow.session.flush()
    number = version.number
    uow.audit(
        "upload_document", document, actor=actor, case_id=document.case_id, after={"number": number}
    )
    uow.record(
        DocumentUploaded(case_id=document.case_id, document_id=document.id, number=number),
        actor=actor,
    )
    # The row itself waits for the scanner.
    uow.wake()
    return Uploaded(document_id=document.id, number=number, repeated=False)


def _hold_allowance(actor: Actor, *, uow: UnitOfWork) -> UploadAllowance:
    """The person's row, locked: a second copy of an upload waits here and then finds the first."""
    fresh = {"professional_id": actor.id, "day": uow.today(), "bytes": 0}
    uow.session.execute(insert(UploadAllowance).values(fresh).on_conflict_do_nothing())
    return uow.session.get_one(UploadAllowance, actor.id, with_for_update=True)


def _same_upload(cmd: UploadDocument, *, actor: Actor, uow: UnitOfWork) -> Uploaded | None:
    found = uow.session.execute(
        select(DocumentVersion.document_id, DocumentVersion.number)
        .where(DocumentVersion.case_id == cmd.case_id)
        .where(DocumentVersion.uploaded_by == actor.id)
        .where(DocumentVersion.sha256 == cmd.file.sha256)
        .where(DocumentVersion.category == int(cmd.category))
        .where(DocumentVersion.uploaded_at > uow.now() - SAME_UPLOAD)
        .order_by(DocumentVersion.uploaded_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    return Uploaded(document_id=found.document_id, number=found.number, repeated=True)
