"""Operations on the documents of a case."""

from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from case_api.api import Attachment, Blueprint, Page, Reply
from case_api.context import maillage
from case_api.documents.schemas import DocumentOut, UploadIn, VersionIn
from case_api.http.idempotency import REPLAYED
from infra.files.kinds import EXTENSIONS, MediaType
from services.documents import commands, queries
from services.documents.commands import Uploaded
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "documents", __name__, description="Letters, leases and proofs", url_prefix="/api/v1"
)


@api.upload(
    "/cases/<uuid:case_id>/documents",
    takes=UploadIn,
    gives=DocumentOut,
    summary="Put a document in one category of a case",
    description="The same file by the same person within 24 hours is stored once. Images lose"
    " everything but their pixels. What a scanner has not found clean is not served.",
)
def upload_document(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = commands.UploadDocument(case_id=case_id, **data)
    return _reply(commands.upload_document(cmd, actor=actor, uow=uow), actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/documents",
    gives=DocumentOut,
    paged=True,
    cursor=(datetime, UUID),
    summary="Documents I may see, newest first, each in its newest version",
)
def list_documents(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.documents(
        case_id,
        after=args["cursor"],
        limit=limit + 1,
        unscanned=_unscanned(),
        actor=actor,
        uow=uow,
    )
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=(last.added_at, last.id) if last else None)


@api.query("/documents/<uuid:document_id>", gives=DocumentOut, summary="A document, newest version")
def get_document(document_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.versions(document_id, unscanned=_unscanned(), actor=actor, uow=uow)[0]


@api.upload(
    "/documents/<uuid:document_id>/versions",
    takes=VersionIn,
    gives=DocumentOut,
    summary="Add a newer version; earlier ones stay",
)
def add_document_version(data: Any, document_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = commands.AddVersion(document_id=document_id, **data)
    return _reply(commands.add_version(cmd, actor=actor, uow=uow), actor=actor, uow=uow)


@api.query(
    "/documents/<uuid:document_id>/versions",
    gives=[DocumentOut],
    summary="Every version of a document, newest first",
)
def list_document_versions(document_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.versions(document_id, unscanned=_unscanned(), actor=actor, uow=uow)


@api.download("/documents/<uuid:document_id>/content", summary="The file of the newest version")
def get_document_content(document_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _attachment(document_id, None, actor=actor, uow=uow)


@api.download(
    "/documents/<uuid:document_id>/versions/<int:number>/content",
    summary="The file of one version",
)
def get_version_content(document_id: UUID, number: int, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _attachment(document_id, number, actor=actor, uow=uow)


def _attachment(
    document_id: UUID, number: int | None, *, actor: Actor, uow: UnitOfWork
) -> Attachment:
    served = queries.content(document_id, number, unscanned=_unscanned(), actor=actor, uow=uow)
    view = served.view
    return Attachment(
        file=maillage().documents.open(served.stored_name),
        name=f"{PurePath(view.original_name).stem}.{EXTENSIONS[MediaType(view.media_type)][0]}",
        media_type=view.media_type,
        size=view.size,
        is_still_open=lambda later: queries.is_still_open(view.id, view.number, uow=later),
    )


def _reply(uploaded: Uploaded, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = queries.versions(
        uploaded.document_id,
        number=uploaded.number,
        unscanned=_unscanned(),
        actor=actor,
        uow=uow,
    )[0]
    return Reply(
        view,
        location=f"/api/v1/documents/{view.id}",
        headers={REPLAYED: "true"} if uploaded.repeated else {},
    )


def _unscanned() -> bool:
    """Whether the operator lets files be served that no scanner looked at."""
    return maillage().settings.serve_unscanned
