"""The checklist and the frozen bundles as the actor may see them: all that is in one, or nothing.

Each statement joins `may_see` and asks for every category of the row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from services.consent.queries import log_team_read
from services.documents.release import Release
from services.evictions.bundles.items import every_item
from services.evictions.bundles.model import BundleDownload, DefenceBundle
from services.shared.actor import Actor
from services.shared.categories import name_of
from services.shared.errors import NotFound
from services.shared.loading import still_there
from services.shared.unit_of_work import UnitOfWork

MISSING = "missing"


@dataclass(frozen=True)
class ItemView:
    """An item of the checklist: `present` as soon as there is one piece.

    `ticks` are those in force.
    """

    item: str
    names: dict[str, str]
    required: bool
    consent: bool
    state: str
    ticks: list[dict[str, Any]]


@dataclass(frozen=True)
class ChecklistView:
    procedure_id: UUID
    case_id: UUID
    regime: str
    items: list[ItemView]


@dataclass(frozen=True)
class BundleView:
    id: UUID
    case_id: UUID
    procedure_id: UUID
    category_mask: int
    language: str
    sha256: str
    size: int
    frozen_by: UUID
    frozen_by_name: str
    frozen_at: datetime
    pieces: list[dict[str, Any]]
    downloads: list[dict[str, Any]]


@dataclass(frozen=True)
class ServedBundle:
    """A frozen file that leaves the house now."""

    stored_name: str
    size: int
    case_code: str


_PROCEDURE = text(
    """
    SELECT d.id, d.case_id, d.regime FROM procedures d
    JOIN may_see s ON s.case_id = d.case_id AND s.in_team AND opens(s.mask, 'procedure')
    WHERE d.id = :procedure
    """
)
_TICKS = text(
    """
    SELECT t.id, t.item, t.state, t.document_id, t.number, t.reason, t.ticked_by,
           x.name AS ticked_by_name, t.ticked_at, v.title, v.scan_state,
           (SELECT max(n.number) FROM document_versions n
            WHERE n.document_id = t.document_id) AS latest
    FROM bundle_ticks t
    JOIN may_see s ON s.case_id = t.case_id AND s.in_team
      AND s.mask & t.category_mask = t.category_mask
    JOIN professionals x ON x.id = t.ticked_by
    LEFT JOIN readable_document_versions v ON v.id = t.document_id AND v.number = t.number
    WHERE t.procedure_id = :procedure AND t.undone_at IS NULL
    ORDER BY t.ticked_at, t.id
    """
)
_PIECES = text(
    """
    SELECT t.item, t.document_id, t.number, d.category, v.title, v.original_name, v.media_type,
           v.dated_on, v.scan_state, v.stored_name
    FROM bundle_ticks t
    JOIN may_see s ON s.case_id = t.case_id AND s.in_team
      AND s.mask & t.category_mask = t.category_mask
    JOIN documents d ON d.id = t.document_id
    JOIN readable_document_versions v ON v.id = t.document_id AND v.number = t.number
    WHERE t.procedure_id = :procedure AND t.undone_at IS NULL
    ORDER BY v.dated_on NULLS LAST, t.ticked_at, t.id
    """
)
_NAMES = text(
    """
    SELECT concat_ws(' ', m.given_name, m.family_name) FROM members m
    JOIN may_see s ON s.case_id = m.case_id AND s.in_team AND opens(s.mask, 'identity')
    WHERE m.case_id = :case AND m.role = 'adult' AND m.left_on IS NULL
      AND m.family_name IS NOT NULL
    ORDER BY m.joined_on, m.id
    """
)
_AUTHOR = text(
    """
    SELECT x.name, o.name FROM professionals x JOIN organisations o ON o.id = x.organisation_id
    WHERE x.id = :who
    """
)
_BUNDLES = text(
    """
    SELECT b.id, b.case_id, b.procedure_id, b.category_mask, b.language,
      encode(b.sha256, 'hex') AS sha256, b.size, b.frozen_by, x.name AS frozen_by_name,
      b.frozen_at,
      (SELECT coalesce(json_agg(json_build_object('position', p.position, 'item', p.item,
         'document_id', p.document_id, 'number', p.number, 'category', p.category,
         'title', p.title, 'original_name', p.original_name, 'media_type', p.media_type,
         'dated_on', p.dated_on, 'size', p.size, 'sha256', encode(p.sha256, 'hex'),
         'embedded', p.embedded) ORDER BY p.position), '[]')
       FROM bundle_pieces p WHERE p.bundle_id = b.id) AS pieces,
      (SELECT coalesce(json_agg(json_build_object('downloaded_by', l.downloaded_by,
         'name', y.name, 'organisation', o.name, 'downloaded_at', l.downloaded_at)
         ORDER BY l.downloaded_at, l.id), '[]')
       FROM bundle_downloads l JOIN professionals y ON y.id = l.downloaded_by
       JOIN organisations o ON o.id = y.organisation_id
       WHERE l.bundle_id = b.id) AS downloads
    FROM defence_bundles b
    JOIN may_see s ON s.case_id = b.case_id AND s.in_team
      AND s.mask & b.category_mask = b.category_mask
    JOIN professionals x ON x.id = b.frozen_by
    WHERE (CAST(:bundle AS uuid) IS NULL OR b.id = :bundle)
      AND (CAST(:procedure AS uuid) IS NULL OR b.procedure_id = :procedure)
    ORDER BY b.frozen_at DESC, b.id
    """
)
_SERVED = text(
    """
    SELECT b.id, b.case_id, b.category_mask, b.stored_name, b.size, c.code
    FROM defence_bundles b
    JOIN may_see s ON s.case_id = b.case_id AND s.in_team
      AND s.mask & b.category_mask = b.category_mask
    JOIN cases c ON c.id = b.case_id
    WHERE b.id = :bundle
    """
)


def checklist(
    procedure_id: UUID, *, release: Release, actor: Actor, uow: UnitOfWork
) -> ChecklistView:
    """Every item of the regime, and what is ticked for it.

    A tick of a closed category is not shown.
    """
    row = _procedure(procedure_id, uow=uow)
    ticks: dict[str, list[dict[str, Any]]] = {}
    for tick in uow.session.execute(_TICKS, {"procedure": procedure_id}):
        ticks.setdefault(tick.item, []).append(_tick(tick, release))
    log_team_read(row.case_id, "bundle-checklist", actor=actor, uow=uow)
    return ChecklistView(
        procedure_id=row.id,
        case_id=row.case_id,
        regime=row.regime,
        items=[
            ItemView(
                item=code,
                names={each: item.names.say(each) for each in ("en", "fr", "nl")},
                required=item.required,
                consent=item.consent,
                state=_state(ticks.get(code, [])),
                ticks=ticks.get(code, []),
            )
            for code, item in ((each.code, each) for each in every_item())
            # What was ticked under another regime stays to be seen.
            if item.belongs_to(row.regime) or code in ticks
        ],
    )


def bundles(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[BundleView]:
    """The frozen bundles of a procedure, newest first, with pieces and downloads."""
    row = _procedure(procedure_id, uow=uow)
    found = uow.session.execute(_BUNDLES, {"procedure": procedure_id, "bundle": None})
    views = [_view(each) for each in found]
    log_team_read(row.case_id, "bundles", actor=actor, uow=uow)
    return views


def bundle(bundle_id: UUID, *, actor: Actor, uow: UnitOfWork) -> BundleView:
    values = {"procedure": None, "bundle": bundle_id}
    row = uow.session.execute(_BUNDLES, values).one_or_none()
    if row is None:
        raise NotFound
    uow.read(row.case_id, "bundle", row.category_mask, actor=actor)
    return _view(row)


def take_out(bundle_id: UUID, *, actor: Actor, uow: UnitOfWork) -> ServedBundle:
    """Take a frozen file out of the house; who took it, and when, is written in this commit."""
    row = uow.session.execute(_SERVED, {"bundle": bundle_id}).one_or_none()
    if row is None:
        raise NotFound
    uow.session.add(
        BundleDownload(
            case_id=row.case_id,
            bundle_id=row.id,
            downloaded_by=actor.id,
            downloaded_at=uow.now(),
        )
    )
    uow.session.flush()
    uow.read(row.case_id, f"bundle-content:{row.id}", row.category_mask, actor=actor)
    return ServedBundle(row.stored_name, row.size, row.code)


def is_still_open(bundle_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether a bundle may still be read: asked again during a long download, as access may end."""
    return uow.session.execute(_SERVED, {"bundle": bundle_id}).one_or_none() is not None


def pieces_to_freeze(procedure_id: UUID, *, uow: UnitOfWork) -> list[Any]:
    return list(uow.session.execute(_PIECES, {"procedure": procedure_id}))


def household_names(case_id: UUID, *, uow: UnitOfWork) -> list[str]:
    """The names of the adults who live there, as far as they are known."""
    return list(uow.session.scalars(_NAMES, {"case": case_id}))


def author(who: UUID, *, uow: UnitOfWork) -> tuple[str, str]:
    """The name and the organisation of a professional."""
    name, organisation = still_there(uow.session.execute(_AUTHOR, {"who": who}))
    return name, organisation


def files_of(case_id: UUID, *, uow: UnitOfWork) -> list[str]:
    """The names under which the frozen bundles of a case are stored."""
    names = select(DefenceBundle.stored_name).where(DefenceBundle.case_id == case_id)
    return list(uow.session.scalars(names))


def _procedure(procedure_id: UUID, *, uow: UnitOfWork) -> Any:
    row = uow.session.execute(_PROCEDURE, {"procedure": procedure_id}).one_or_none()
    if row is None:
        raise NotFound
    return row


def _tick(row: Any, release: Release) -> dict[str, Any]:
    """The scan's state as the document's own list shows it; none of what is not applicable."""
    state = None if row.scan_state is None else release.shown(row.scan_state)
    return dict(row._mapping) | {"scan_state": state}


def _state(ticks: list[dict[str, Any]]) -> str:
    states = {tick["state"] for tick in ticks}
    return next((each for each in ("present", "not_applicable") if each in states), MISSING)


def _view(row: Any) -> BundleView:
    pieces = [piece | {"category": name_of(piece["category"])} for piece in row.pieces]
    return BundleView(**dict(row._mapping) | {"pieces": pieces})
