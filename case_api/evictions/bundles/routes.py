"""Operations on the defence bundle of a procedure."""

from typing import Any
from uuid import UUID

from case_api.api import Attachment, Blueprint, Reply
from case_api.context import maillage
from case_api.evictions.bundles.press import BundlePress
from case_api.evictions.bundles.schemas import (
    BundleOut,
    BundlePreviewOut,
    ChecklistOut,
    FreezeBundleIn,
    TickItemIn,
)
from case_api.sheets.bundle import letter_lines
from services.evictions.bundles import commands as bundles
from services.evictions.bundles import queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "bundles", __name__, description="Defence bundles: checklist, freeze, log", url_prefix="/api/v1"
)
PDF = "application/pdf"


@api.query(
    "/procedures/<uuid:procedure_id>/bundle-checklist",
    gives=ChecklistOut,
    summary="What belongs in the defence bundle, and what is there",
)
def get_bundle_checklist(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.checklist(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/bundle-ticks",
    takes=TickItemIn,
    gives=ChecklistOut,
    status=201,
    summary="Tick an item: present with a version of a document, or not applicable and why",
)
def tick_bundle_item(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = bundles.TickItem(procedure_id=procedure_id, **data)
    bundles.tick_item(cmd, actor=actor, uow=uow)
    return queries.checklist(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/bundle-ticks/<uuid:tick_id>/removal",
    gives=ChecklistOut,
    status=200,
    summary="Take a tick back; it stays in the history",
)
def undo_bundle_tick(tick_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    tick = bundles.undo_tick(tick_id, actor=actor, uow=uow)
    return queries.checklist(tick.procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/bundle-previews",
    takes=FreezeBundleIn,
    gives=BundlePreviewOut,
    status=200,
    summary="The letter as it would be frozen now, and the checklist; nothing is kept",
)
def preview_bundle(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = bundles.FreezeBundle(procedure_id=procedure_id, **data)
    content = bundles.preview_bundle(cmd, actor=actor, uow=uow)
    return {
        "language": cmd.language,
        "letter": letter_lines(content),
        "checklist": queries.checklist(procedure_id, actor=actor, uow=uow),
    }


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/bundles",
    takes=FreezeBundleIn,
    gives=BundleOut,
    status=201,
    summary="Freeze the bundle: letter, inventory, timeline and images in one PDF",
    description="Of the ticked pieces that you may read; each must be found clean. Tagged"
    " (PDF/UA-1). Never changed afterwards: freezing again makes another bundle.",
)
def freeze_bundle(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = bundles.FreezeBundle(procedure_id=procedure_id, **data)
    press = BundlePress(maillage().documents)
    frozen = bundles.freeze_bundle(cmd, press, actor=actor, uow=uow)
    view = queries.bundle(frozen.id, actor=actor, uow=uow)
    return Reply(view, location=f"/api/v1/bundles/{frozen.id}")


@api.query(
    "/procedures/<uuid:procedure_id>/bundles",
    gives=[BundleOut],
    summary="The frozen bundles I may see, newest first",
)
def list_bundles(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.bundles(procedure_id, actor=actor, uow=uow)


@api.query(
    "/bundles/<uuid:bundle_id>",
    gives=BundleOut,
    summary="A frozen bundle: its hash, its pieces, who downloaded it",
)
def get_bundle(bundle_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.bundle(bundle_id, actor=actor, uow=uow)


@api.download(
    "/bundles/<uuid:bundle_id>/content",
    summary="The frozen PDF; the download is listed with the bundle",
)
def get_bundle_content(bundle_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    served = queries.take_out(bundle_id, actor=actor, uow=uow)
    return Attachment(
        file=maillage().documents.open(served.stored_name),
        name=f"{served.case_code}.pdf",
        media_type=PDF,
        size=served.size,
        is_still_open=lambda later: queries.is_still_open(bundle_id, uow=later),
    )
