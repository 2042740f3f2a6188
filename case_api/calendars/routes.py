"""Operations on the secret addresses of one's own calendar."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.calendars.schemas import FeedOut, OpenedFeedOut
from case_api.context import maillage
from services.calendars import feeds
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("calendars", __name__, description="My calendar feeds", url_prefix="/api/v1")


@api.command(
    "POST",
    "/me/calendar-feeds",
    gives=OpenedFeedOut,
    status=201,
    step_up=True,
    keeps_answer=False,
    summary="Open a calendar feed: its secret address, shown once",
    description="The feed shows codes and times, never a name, and only what its owner may see at"
    " the moment it is read.",
)
def open_calendar_feed(*, actor: Actor, uow: UnitOfWork) -> Any:
    opened = feeds.open_feed(actor=actor, uow=uow)
    url = f"{maillage().settings.public_url}/calendar/{opened.token}.ics"
    return {**asdict(opened), "url": url}


@api.query("/me/calendar-feeds", gives=[FeedOut], summary="My open calendar feeds")
def list_calendar_feeds(*, actor: Actor, uow: UnitOfWork) -> Any:
    return list(feeds.my_feeds(actor=actor, uow=uow))


@api.command(
    "POST",
    "/me/calendar-feeds/<uuid:feed_id>/revocation",
    status=204,
    summary="Revoke a calendar feed: from now on its address leads nowhere",
)
def revoke_calendar_feed(feed_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    feeds.revoke_feed(feed_id, actor=actor, uow=uow)
