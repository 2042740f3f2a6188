"""Operations on what one is told of, how and when."""

from typing import Any

from case_api.alerts.preferences.schemas import AlertKindOut, ChangePreferencesIn, PreferencesOut
from case_api.api import Blueprint, Reply
from notifications import preferences
from notifications.preferences import Preference
from notifications.timing import DigestTime, QuietHours, Rhythm
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("preferences", __name__, description="How I want to be told", url_prefix="/api/v1")


@api.query(
    "/alert-kinds",
    gives=[AlertKindOut],
    summary="What one can be told of, how urgent it is, and what holds for me",
)
def list_alert_kinds(*, actor: Actor, uow: UnitOfWork) -> Any:
    return preferences.alert_kinds(actor=actor, uow=uow)


@api.query(
    "/me/notification-preferences",
    gives=PreferencesOut,
    summary="What I chose; of what I did not choose the default holds",
)
def get_notification_preferences(*, actor: Actor, uow: UnitOfWork) -> Any:
    return _answer(preferences.my_preference(actor=actor, uow=uow))


@api.command(
    "PUT",
    "/me/notification-preferences",
    takes=ChangePreferencesIn,
    gives=PreferencesOut,
    expects_version=True,
    summary="Choose anew, all of it; legal alerts keep a channel",
)
def change_notification_preferences(
    data: Any, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    wanted = _wanted(data)
    changed = preferences.change_preference(wanted, version=version, actor=actor, uow=uow)
    return _answer(changed)


def _wanted(data: dict[str, Any]) -> Preference:
    choices: dict[str, dict[str, str]] = {}
    for each in data["choices"]:
        by_channel = choices.setdefault(each["about"], {})
        if each["channel"] in by_channel:
            raise RuleBroken("chosen-twice")
        by_channel[each["channel"]] = each["timing"]
    quiet, digest = data["quiet_hours"], data["digest"]
    return Preference(
        choices=choices,
        quiet_hours=QuietHours(**quiet) if quiet else None,
        zone=data["zone"],
        digest=DigestTime(**{**digest, "rhythm": Rhythm(digest["rhythm"])}),
    )


def _answer(mine: Preference) -> Reply:
    choices = [
        {"about": about, "channel": channel, "timing": timing}
        for about, by_channel in mine.choices.items()
        for channel, timing in by_channel.items()
    ]
    value = {
        "choices": choices,
        "quiet_hours": mine.quiet_hours,
        "zone": mine.zone,
        "digest": mine.digest,
    }
    return Reply(value, version=mine.version)
