"""The needs that sessions find: tags of the vocabulary, counted over the network."""

import calendar
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, text

from services.intervisions import policy
from services.intervisions.follow_ups.commands import is_of_table
from services.intervisions.follow_ups.model import SessionNeed
from services.intervisions.follow_ups.need_words import NEEDS, labels, require_known
from services.intervisions.model import IntervisionSession, SeriesKind, SessionTable
from services.shared.actor import Actor, RoleKind
from services.shared.errors import NotFound, Refused, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

# What fewer sessions found is not told: one knows who was there.
SMALLEST = 5
_COUNTS = text("SELECT tag, sessions FROM need_counts(:since, :until)")


@dataclass(frozen=True, kw_only=True)
class NeedCount:
    """`sessions`: the figure, or `<5`, which is said of none as well."""

    tag: str
    labels: dict[str, str]
    sessions: str


def tag_session(
    session_id: UUID,
    tags: list[str],
    *,
    table_id: UUID | None,
    actor: Actor,
    uow: UnitOfWork,
) -> list[str]:
    """All of the session's tags, by whoever facilitates; or of one table, by those of it too."""
    session = policy.session_of(session_id, uow=uow)
    _require_tagger(session, table_id, actor=actor, uow=uow)
    policy.require_kind(
        session,
        SeriesKind.INTERVISION,
        SeriesKind.CONCERTATION,
        SeriesKind.HOUSING_TABLE,
        uow=uow,
    )
    require_known(tags)
    here = (SessionNeed.session_id == session_id) & SessionNeed.table_id.is_not_distinct_from(
        table_id
    )
    uow.session.execute(delete(SessionNeed).where(here))
    kept = sorted(set(tags))
    uow.session.add_all(
        SessionNeed(session_id=session_id, table_id=table_id, tag=tag) for tag in kept
    )
    uow.session.flush()
    after = {"needs": len(kept), "table": table_id}
    uow.record("tag_session", session, actor=actor, case_id=None, after=after)
    return kept


def tags_of(session_id: UUID, *, uow: UnitOfWork) -> list[str]:
    """Of the session and all its tables, once each; for whoever facilitates."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_facilitator(session, uow=uow)
    found = select(SessionNeed.tag).where(SessionNeed.session_id == session_id)
    return sorted(set(uow.session.scalars(found)))


def counts(since: date, until: date, *, actor: Actor, uow: UnitOfWork) -> list[NeedCount]:
    """Whole months only: the difference of two periods a day apart would tell of one session."""
    if not (actor.has(RoleKind.FACILITATOR) or actor.has(RoleKind.COORDINATOR)):
        raise Refused("refused")
    last = calendar.monthrange(until.year, until.month)[1]
    if since.day != 1 or until.day != last or until < since:
        raise RuleBroken("needs-period")
    values = {"since": since, "until": until}
    found = {row.tag: row.sessions for row in uow.session.execute(_COUNTS, values)}
    return [
        NeedCount(
            tag=tag,
            labels=labels(tag),
            sessions=f"<{SMALLEST}" if found.get(tag) is None else str(found[tag]),
        )
        for tag in NEEDS
    ]


def _require_tagger(
    session: IntervisionSession, table_id: UUID | None, *, actor: Actor, uow: UnitOfWork
) -> None:
    if table_id is not None:
        table = load(SessionTable, table_id, uow=uow)
        if table.session_id != session.id:
            raise NotFound
        if is_of_table(table_id, actor.id, uow=uow):
            return
    policy.require_facilitator(session, uow=uow)
