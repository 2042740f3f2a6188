"""Tick the checklist of a defence bundle, and freeze what is ticked into one file (F26)."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.consent.hold import hold
from services.consent.policy import Access, require_category
from services.consent.queries import access_to
from services.documents.model import DocumentVersion, ScanState
from services.documents.release import Release
from services.evictions.bundles.content import BundleContent, Letter, Piece, Press, Pressed
from services.evictions.bundles.items import every_item, items_of
from services.evictions.bundles.model import BundlePiece, BundleTick, DefenceBundle, TickState
from services.evictions.bundles.queries import author, household_names, pieces_to_freeze
from services.evictions.dates.model import Procedure
from services.evictions.policy import require_recorder
from services.evictions.procedures.queries import procedure as view_procedure
from services.network.courts.places import place_of
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

# What a judge can be asked to look at, and what one file can hold.
MOST_PIECES = 80


@dataclass(frozen=True, kw_only=True)
class TickItem:
    """Says that an item is present as a version of a document, or not applicable and why."""

    procedure_id: UUID
    item: str
    state: TickState
    document_id: UUID | None = None
    number: int | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class FreezeBundle:
    """What to freeze; pieces of the categories in `leave_out` stay out, so that more may see it."""

    procedure_id: UUID
    language: str
    words: str
    with_names: bool = False
    leave_out: int = 0


def tick_item(cmd: TickItem, *, actor: Actor, uow: UnitOfWork) -> BundleTick:
    """Tick an item of the checklist.

    Another version of a document that is ticked already takes the place of the earlier one.
    """

    def may(access: Access) -> None:
        require_recorder(access)
        require_category(access, _category(cmd, uow=uow))

    procedure = hold(Procedure, cmd.procedure_id, may, uow=uow)
    if cmd.item not in items_of(procedure.regime):
        raise RuleBroken("bundle-item-not-of-this-regime")
    replaced = _same_ticked(cmd, actor=actor, uow=uow)
    tick = BundleTick(
        **vars(cmd),
        case_id=procedure.case_id,
        category_mask=int(_category(cmd, uow=uow) | Category.PROCEDURE),
        ticked_by=actor.id,
        ticked_at=uow.now(),
    )
    uow.session.add(tick)
    uow.session.flush()
    after = {"item": cmd.item, "state": cmd.state, "document_id": cmd.document_id}
    uow.record(
        "tick_bundle_item",
        tick,
        actor=actor,
        before={"replaces": replaced} if replaced else None,
        after={**after, "number": cmd.number},
    )
    return tick


def undo_tick(tick_id: UUID, *, actor: Actor, uow: UnitOfWork) -> BundleTick:
    """Take a tick back: the item is missing again, or has one piece less.

    The row stays and says who and when. Ticks change only while their procedure is held.
    """
    tick = load(BundleTick, tick_id, uow=uow)
    procedure = hold(Procedure, tick.procedure_id, require_recorder, uow=uow)
    uow.session.refresh(tick)
    tick.undo(actor.id, uow.now())
    uow.record(
        "undo_bundle_tick",
        tick,
        actor=actor,
        case_id=procedure.case_id,
        before={"state": tick.state, "item": tick.item},
        after={"state": "missing"},
    )
    return tick


def preview_bundle(
    cmd: FreezeBundle, *, release: Release, actor: Actor, uow: UnitOfWork
) -> BundleContent:
    """Show what would be frozen now; nothing is written but that it was read."""
    procedure = load(Procedure, cmd.procedure_id, uow=uow)
    _require_freezer(cmd, access_to(procedure.case_id, uow=uow))
    rows = _rows(procedure, cmd, release, uow=uow)
    mask = Category.IDENTITY if cmd.with_names else Category(0)
    for row in rows:
        mask |= Category(row.category)
    uow.read(procedure.case_id, "bundle-preview", int(mask), actor=actor)
    return _content(procedure, cmd, rows, actor=actor, uow=uow)


def freeze_bundle(
    cmd: FreezeBundle, press: Press, *, release: Release, actor: Actor, uow: UnitOfWork
) -> DefenceBundle:
    """Freeze what the actor may see of what is ticked, in one file that is never changed again."""
    procedure = hold(Procedure, cmd.procedure_id, partial(_require_freezer, cmd), uow=uow)
    rows = _rows(procedure, cmd, release, uow=uow)
    for row in rows:
        what = f"document-content:{row.document_id}:{row.number}"
        uow.read(procedure.case_id, what, row.category, actor=actor)
    content = _content(procedure, cmd, rows, actor=actor, uow=uow)
    bundle = _keep(cmd, content, press.press(content), actor=actor, uow=uow)
    uow.record(
        "freeze_bundle",
        bundle,
        actor=actor,
        before=None,
        after={"pieces": len(rows), "sha256": bundle.sha256.hex(), "language": cmd.language},
    )
    return bundle


def _category(cmd: TickItem, *, uow: UnitOfWork) -> Category:
    """What the ticked piece is about; the procedure, for an item that is not applicable."""
    if cmd.state is TickState.PRESENT:
        return Category(_version(cmd, uow=uow).category)
    if cmd.reason is None or cmd.document_id is not None:
        raise RuleBroken("bundle-tick-incomplete")
    return Category.PROCEDURE


def _version(cmd: TickItem, *, uow: UnitOfWork) -> DocumentVersion:
    """A version of this case, not known to be infected; the scanner may still be at it."""
    if cmd.document_id is None or cmd.number is None or cmd.reason is not None:
        raise RuleBroken("bundle-tick-incomplete")
    procedure = load(Procedure, cmd.procedure_id, uow=uow)
    version = uow.session.get(DocumentVersion, (cmd.document_id, cmd.number))
    if version is None or version.case_id != procedure.case_id:
        raise NotFound
    if version.scan_state == ScanState.INFECTED:
        raise Conflict("bundle-piece-not-clean")
    return version


def _same_ticked(cmd: TickItem, *, actor: Actor, uow: UnitOfWork) -> UUID | None:
    """Undo the live tick of the same document, or the earlier reason, for the same item."""
    live = uow.session.scalars(
        select(BundleTick)
        .where(BundleTick.procedure_id == cmd.procedure_id, BundleTick.item == cmd.item)
        .where(BundleTick.undone_at.is_(None))
        .where(BundleTick.document_id.is_not_distinct_from(cmd.document_id))
    ).one_or_none()
    if live is None:
        return None
    live.undo(actor.id, uow.now())
    uow.session.flush()
    return live.id


def _require_freezer(cmd: FreezeBundle, access: Access) -> None:
    require_recorder(access)
    if cmd.with_names:
        require_category(access, Category.IDENTITY)


def _content(
    procedure: Procedure, cmd: FreezeBundle, rows: list[Any], *, actor: Actor, uow: UnitOfWork
) -> BundleContent:
    name, organisation = author(actor.id, uow=uow)
    letter = Letter(
        language=cmd.language,
        words=cmd.words,
        names=household_names(procedure.case_id, uow=uow) if cmd.with_names else [],
        author=name,
        organisation=organisation,
    )
    return BundleContent(
        frozen_at=uow.now(),
        procedure=view_procedure(procedure.id, actor=actor, uow=uow),
        court=place_of(procedure.canton, uow=uow),
        letter=letter,
        pieces=_pieces(rows, cmd.language),
    )


def _rows(
    procedure: Procedure, cmd: FreezeBundle, release: Release, *, uow: UnitOfWork
) -> list[Any]:
    """The ticked pieces that go in, in the order of the checklist.

    Conflict if one of them may not be given out now.
    """
    found = pieces_to_freeze(procedure.id, uow=uow)
    rows = [row for row in found if not row.category & cmd.leave_out]
    if len(rows) > MOST_PIECES:
        raise RuleBroken("bundle-too-many-pieces", most=MOST_PIECES)
    if not all(release.allows(row.scan_state) for row in rows):
        raise Conflict("bundle-piece-not-clean")
    # What was ticked under another regime is still a piece.
    order = [each.code for each in every_item()]
    return sorted(rows, key=lambda row: order.index(row.item))


def _pieces(rows: list[Any], language: str) -> list[Piece]:
    """The pieces, numbered in their order."""
    items = {each.code: each for each in every_item()}
    return [
        Piece(
            position=position,
            item=row.item,
            item_name=items[row.item].names.say(language),
            document_id=row.document_id,
            number=row.number,
            category=row.category,
            title=row.title,
            original_name=row.original_name,
            media_type=row.media_type,
            dated_on=row.dated_on,
            stored_name=row.stored_name,
        )
        for position, row in enumerate(rows, start=1)
    ]


def _keep(
    cmd: FreezeBundle, content: BundleContent, pressed: Pressed, *, actor: Actor, uow: UnitOfWork
) -> DefenceBundle:
    """Keep the file first, then its row: a row without a file would be a bundle that is lost."""
    mask = Category.PROCEDURE | (Category.IDENTITY if content.letter.names else Category(0))
    for piece in content.pieces:
        mask |= Category(piece.category)
    bundle = DefenceBundle(
        case_id=content.procedure.case_id,
        procedure_id=cmd.procedure_id,
        category_mask=int(mask),
        language=cmd.language,
        sha256=pressed.sha256,
        size=pressed.size,
        stored_name=pressed.keep(content.procedure.case_id),
        frozen_by=actor.id,
        frozen_at=content.frozen_at,
    )
    uow.session.add(bundle)
    uow.session.flush()
    for piece in content.pieces:
        facts = vars(piece) | vars(pressed.pieces[piece.position])
        columns = {name: facts[name] for name in facts if name not in ("item_name", "stored_name")}
        uow.session.add(BundlePiece(bundle_id=bundle.id, case_id=bundle.case_id, **columns))
    uow.session.flush()
    return bundle
