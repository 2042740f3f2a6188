"""Who read, who could read, who broke the glass and who was written to: what one adult is told."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from services.portal.views import GlassView, MessageView, ReadView, ShareView
from services.portal.wording import named
from services.shared.categories import names_of
from services.shared.unit_of_work import UnitOfWork

_READS = text("SELECT * FROM portal_reads(:before, :limit)")
_SHARES = text("SELECT * FROM portal_shares() ORDER BY professional_id, basis, mask, since")
_MESSAGES = text("SELECT * FROM portal_messages()")
_EMERGENCIES = text(
    """
    SELECT b.id, b.name, b.organisation, b.danger, b.reason, b.opened_at, b.closes_at, b.verdict,
           b.opened_at >= coalesce((SELECT max(s.last_seen_at) FROM portal_sessions s
             WHERE s.member_id = portal_member() AND s.id <> app_uuid('app.portal_session')),
             '-infinity') AS new
    FROM portal_openings() b ORDER BY b.opened_at DESC, b.id
    """
)


def reads(
    language: str, *, before: int | None = None, limit: int | None, uow: UnitOfWork
) -> list[ReadView]:
    """The newest first, those before `before`; all of them without a limit."""
    found = uow.session.execute(_READS, {"before": before, "limit": limit})
    return [
        ReadView(
            seq=row.seq,
            at=row.at,
            professional_id=row.professional_id,
            name=row.name,
            organisation=row.organisation,
            what=row.what,
            categories=names_of(row.mask),
            basis=row.basis,
            ground=row.basis and named("grounds", row.basis, language),
            reason=row.reason,
        )
        for row in found
    ]


def emergencies(*, uow: UnitOfWork) -> list[GlassView]:
    """The notice of a broken glass is its own row: it is here as soon as the file is open."""
    return [GlassView(*row) for row in uow.session.execute(_EMERGENCIES)]


def messages(*, uow: UnitOfWork) -> list[MessageView]:
    return [MessageView(*row) for row in uow.session.execute(_MESSAGES)]


def shares(language: str, *, uow: UnitOfWork) -> list[ShareView]:
    """The ledger, the newest first."""
    found = [_share(row, language) for row in uow.session.execute(_SHARES)]
    return sorted(joined(found), key=lambda each: (each.since, each.name), reverse=True)


def joined(periods: Iterable[ShareView]) -> list[ShareView]:
    """Stretches of the same person, ground and categories that touch are one: the seam between
    them would tell that something changed which the reader is not shown."""
    whole: list[ShareView] = []
    for each in periods:
        last = whole[-1] if whole else None
        if last is not None and _continues(last, each):
            ends = None if None in (last.until, each.until) else max(last.until, each.until)  # type: ignore[type-var]
            whole[-1] = replace(last, until=ends)
        else:
            whole.append(each)
    return whole


def _continues(last: ShareView, each: ShareView) -> bool:
    """Whether a row goes on from the one before it, by person, ground, categories and beginning."""
    same = (last.professional_id, last.basis, last.categories) == (
        each.professional_id,
        each.basis,
        each.categories,
    )
    return same and (last.until is None or each.since <= last.until)


def _share(row: Any, language: str) -> ShareView:
    return ShareView(
        professional_id=row.professional_id,
        name=row.name,
        organisation=row.organisation,
        basis=row.basis,
        ground=named("grounds", row.basis, language),
        categories=names_of(row.mask),
        since=row.since,
        until=row.until,
    )
