"""The needs that sessions find: tags of the vocabulary, counted over the network."""

import calendar
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, text

from services.intervisions.follow_ups.model import SessionNeed
from services.intervisions.follow_ups.need_vocabulary import NEEDS, labels, require_known
from services.intervisions.follow_ups.policy import require_counter, require_tagger
from services.intervisions.follow_ups.queries import is_of_table
from services.intervisions.policy import require_facilitator
from services.intervisions.queries import attended, part_in
from services.intervisions.tables.queries import table_of_session
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork

# A need that fewer sessions found has no figure: one knows who was there.
SMALLEST = 5
_COUNTS = text("SELECT tag, sessions FROM need_counts(:since, :until)")


@dataclass(frozen=True, kw_only=True)
class NeedCount:
    """How many sessions found a need. `sessions` is the figure, or `<5`, also where none did."""

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
    """Replace the tags of the session as a whole, or of one table, by these."""
    part = attended(session_id, uow=uow)
    of_table = False
    if table_id is not None:
        table_of_session(table_id, session_id, uow=uow)
        of_table = is_of_table(table_id, actor.id, uow=uow)
    require_tagger(part, of_table=of_table)
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
    uow.record("tag_session", part.session, actor=actor, after=after)
    return kept


def tags_of(session_id: UUID, *, uow: UnitOfWork) -> list[str]:
    """The tags of the session and of its tables, once each, for a facilitator."""
    require_facilitator(part_in(session_id, uow=uow))
    found = select(SessionNeed.tag).where(SessionNeed.session_id == session_id)
    return sorted(set(uow.session.scalars(found)))


def counts(since: date, until: date, *, actor: Actor, uow: UnitOfWork) -> list[NeedCount]:
    """How many held sessions of a period found each need, for facilitators and coordinators.

    The period is whole months: the difference of two that are a day apart would tell of a session.
    """
    require_counter(actor)
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
