"""Open, list and revoke the secret addresses of one's own calendar, and find whose an address is.

A token opens one thing: its owner's dates, as far as they may see them when it is read.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from services.calendars.model import CalendarFeed
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound
from services.shared.loading import one_at_a_time
from services.shared.unit_of_work import UnitOfWork

# One for each device somebody has; more are forgotten ones.
AT_MOST = 5
_FIND = text("SELECT * FROM find_feed_actor(:hash, :at)")


@dataclass(frozen=True, kw_only=True)
class OpenedFeed:
    """`token` is shown here once and stored nowhere."""

    id: UUID
    token: str
    created_at: datetime


def open_feed(*, actor: Actor, uow: UnitOfWork) -> OpenedFeed:
    """A new address; those that were opened before stay as they are."""
    one_at_a_time(f"{actor.id} calendar_feeds", uow=uow)
    open_ones = select(func.count()).where(CalendarFeed.professional_id == actor.id)
    counted = uow.session.scalar(open_ones.where(CalendarFeed.revoked_at.is_(None)))
    if (counted or 0) >= AT_MOST:
        raise Conflict("too-many-calendar-feeds")
    # 256 random bits: there is nothing to guess, so that a plain hash is enough.
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        id=uuid4(), professional_id=actor.id, token_hash=hash_of(token), created_at=uow.now()
    )
    uow.session.add(feed)
    uow.session.flush()
    after = {"created_at": feed.created_at}
    uow.record("open_calendar_feed", feed, actor=actor, case_id=None, after=after)
    return OpenedFeed(id=feed.id, token=token, created_at=feed.created_at)


def my_feeds(*, actor: Actor, uow: UnitOfWork) -> Sequence[CalendarFeed]:
    """The open feeds of the actor, the newest first."""
    mine = (
        select(CalendarFeed)
        .where(CalendarFeed.professional_id == actor.id)
        .where(CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.created_at.desc(), CalendarFeed.id)
    )
    return uow.session.scalars(mine).all()


def revoke_feed(feed_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    """The address answers like one that never was, from the commit on. Twice is as once."""
    feed = uow.session.scalar(
        select(CalendarFeed)
        .where(CalendarFeed.id == feed_id)
        .where(CalendarFeed.professional_id == actor.id)
    )
    if feed is None:
        raise NotFound
    if feed.revoked_at is None:
        feed.revoked_at = uow.now()
        after = {"revoked_at": feed.revoked_at}
        uow.record("revoke_calendar_feed", feed, actor=actor, case_id=None, after=after)


def find_owner(token: str, *, uow: UnitOfWork) -> Actor | None:
    """The owner of a feed, which counts as its use; None if unknown, revoked or without account."""
    row = uow.session.execute(_FIND, {"hash": hash_of(token), "at": uow.now()}).one_or_none()
    if row is None:
        return None
    return Actor(id=row.professional_id, organisation_id=row.organisation_id, language=row.language)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
