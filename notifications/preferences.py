"""What a professional chose: by which channel they hear of what, and when they want quiet.

Without a choice: legal and important alerts at once, the rest in a daily digest, and quiet between
21:00 and 07:30 in Brussels. A legal alert passes quiet hours, and the channels that come to a
person (all but the application's own list) are never all shut for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sqlalchemy.exc import IntegrityError

from notifications.catalogue import CATALOGUE, DIGEST_KIND, Kind, Urgency
from notifications.events import PreferencesChanged
from notifications.model import ChannelName, NotificationPreference
from notifications.timing import LONGEST, DigestTime, QuietHours, Rhythm
from services.shared.actor import Actor
from services.shared.clock import BRUSSELS
from services.shared.errors import RuleBroken, StaleVersion
from services.shared.unit_of_work import UnitOfWork


class Timing(StrEnum):
    AT_ONCE = "at_once"
    IN_DIGEST = "in_digest"
    NEVER = "never"
    # By SMS only: when the e-mail was refused, failed or came back.
    IF_EMAIL_FAILS = "if_email_fails"


Choices = Mapping[str, Mapping[str, str]]
# In the application a message is there or not; nothing is gathered.
TIMINGS: Mapping[ChannelName, tuple[Timing, ...]] = {
    ChannelName.EMAIL: (Timing.AT_ONCE, Timing.IN_DIGEST, Timing.NEVER),
    ChannelName.INAPP: (Timing.AT_ONCE, Timing.NEVER),
    # Of those who gave a number (notifications.mobile).
    ChannelName.SMS: (Timing.AT_ONCE, Timing.IF_EMAIL_FAILS, Timing.NEVER),
}
# Those that come to a person who does not look and that everybody has. Not SMS: a number can be
# taken back and a gateway switched off, so it comes on top (docs/decisions/0039).
REACHING = (ChannelName.EMAIL,)
_BY_URGENCY = {
    Urgency.LEGAL: Timing.AT_ONCE,
    Urgency.IMPORTANT: Timing.AT_ONCE,
    Urgency.DIGEST: Timing.IN_DIGEST,
}
CHOOSABLE = tuple(name for name in CATALOGUE if name != DIGEST_KIND)
ABOUT = (*(urgency.value for urgency in Urgency), *CHOOSABLE)


@dataclass(frozen=True, kw_only=True)
class Preference:
    """Version 0: nothing was chosen yet."""

    choices: Choices
    quiet_hours: QuietHours | None
    zone: str
    digest: DigestTime
    version: int = 0

    def timing(self, kind: str, channel: ChannelName) -> Timing:
        """What holds for this kind: its own choice, else that of its urgency, else the default."""
        return _timing(self.choices, kind, CATALOGUE.get(kind, _UNKNOWN), channel)

    @property
    def place(self) -> ZoneInfo:
        """Brussels for a zone that this machine's tables no longer have: no alert waits for one."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return BRUSSELS


# A kind of a later release that this one does not know yet: told at once, by day.
_UNKNOWN = Kind(Urgency.IMPORTANT)
DEFAULT = Preference(
    choices={},
    quiet_hours=QuietHours(starts_at=time(21, 0), ends_at=time(7, 30)),
    zone="Europe/Brussels",
    digest=DigestTime(rhythm=Rhythm.DAILY, at=time(8, 0), weekday=1),
)


def preference_of(row: NotificationPreference | None) -> Preference:
    """The preferences as stored, or the defaults."""
    if row is None:
        return DEFAULT
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = QuietHours(starts_at=row.quiet_from, ends_at=row.quiet_until)
    return Preference(
        choices=row.choices,
        quiet_hours=quiet,
        zone=row.zone,
        digest=DigestTime(
            rhythm=Rhythm(row.digest_rhythm), at=row.digest_at, weekday=row.digest_weekday
        ),
        version=row.version,
    )


def my_preference(*, actor: Actor, uow: UnitOfWork) -> Preference:
    return preference_of(uow.session.get(NotificationPreference, actor.id))


def change_preference(
    wanted: Preference, *, version: int, actor: Actor, uow: UnitOfWork
) -> Preference:
    """Applies to what comes from now on, and to what waits for a night's end or for a digest."""
    before = my_preference(actor=actor, uow=uow)
    if before.version != version:
        raise StaleVersion
    _require_sound(wanted)
    row = _write(wanted, actor=actor, uow=uow)
    uow.record(
        "change_notification_preferences",
        row,
        actor=actor,
        case_id=None,
        before={"version": before.version},
        after={"version": row.version},
        event=PreferencesChanged(professional_id=actor.id),
    )
    return preference_of(row)


@dataclass(frozen=True, kw_only=True)
class KindView:
    """A kind of alert, and what holds for it by each channel."""

    kind: str
    urgency: str
    origin: str
    to: list[str]
    email: str
    inapp: str
    sms: str


def alert_kinds(*, actor: Actor, uow: UnitOfWork) -> list[KindView]:
    """All there are, with what the actor's preferences say of each."""
    mine = my_preference(actor=actor, uow=uow)
    return [
        KindView(
            kind=name,
            urgency=CATALOGUE[name].urgency.value,
            origin=CATALOGUE[name].origin.value,
            to=[role.value for role in CATALOGUE[name].to],
            email=mine.timing(name, ChannelName.EMAIL).value,
            inapp=mine.timing(name, ChannelName.INAPP).value,
            sms=mine.timing(name, ChannelName.SMS).value,
        )
        for name in CHOOSABLE
    ]


def _timing(choices: Choices, name: str, kind: Kind, channel: ChannelName) -> Timing:
    chosen = _chosen(choices, name, kind, channel)
    reaches = channel in (*REACHING, ChannelName.INAPP)
    if reaches and kind.urgency is Urgency.LEGAL and _is_shut(choices, name, kind):
        # Chosen before the kind was a legal one: a channel opens again.
        return Timing.AT_ONCE
    return chosen


def _chosen(choices: Choices, name: str, kind: Kind, channel: ChannelName) -> Timing:
    for about in (name, kind.urgency.value):
        timing = choices.get(about, {}).get(channel.value)
        if timing is not None:
            return Timing(timing)
    return _default(kind, channel)


def _default(kind: Kind, channel: ChannelName) -> Timing:
    if channel is ChannelName.INAPP:
        return Timing.AT_ONCE
    if channel is ChannelName.SMS:
        return Timing.IF_EMAIL_FAILS if kind.urgency is Urgency.LEGAL else Timing.NEVER
    return _BY_URGENCY[kind.urgency]


def _is_shut(choices: Choices, name: str, kind: Kind) -> bool:
    """Whether no channel that reaches people tells of it at once."""
    return all(_chosen(choices, name, kind, each) is not Timing.AT_ONCE for each in REACHING)


def _require_sound(wanted: Preference) -> None:
    for about, by_channel in wanted.choices.items():
        if about not in ABOUT:
            raise RuleBroken("no-such-alert-kind")
        for channel, timing in by_channel.items():
            if Timing(timing) not in TIMINGS[ChannelName(channel)]:
                digest = channel == ChannelName.INAPP and timing == Timing.IN_DIGEST
                code = "no-digest-in-the-application" if digest else "timing-not-by-this-channel"
                raise RuleBroken(code)
    for name in CHOOSABLE:
        kind = CATALOGUE[name]
        if kind.urgency is Urgency.LEGAL and _is_shut(wanted.choices, name, kind):
            raise RuleBroken("legal-alerts-need-a-channel", kind=name)
    if wanted.zone not in available_timezones():
        raise RuleBroken("no-such-time-zone")
    if wanted.quiet_hours and not wanted.quiet_hours.length:
        raise RuleBroken("quiet-hours-empty")
    if wanted.quiet_hours and wanted.quiet_hours.length > LONGEST:
        raise RuleBroken("quiet-hours-too-long")


def _write(wanted: Preference, *, actor: Actor, uow: UnitOfWork) -> NotificationPreference:
    row = uow.session.get(NotificationPreference, actor.id)
    if row is None:
        row = NotificationPreference(professional_id=actor.id)
        uow.session.add(row)
    quiet, digest = wanted.quiet_hours, wanted.digest
    row.choices = {about: dict(by_channel) for about, by_channel in wanted.choices.items()}
    row.quiet_from = quiet.starts_at if quiet else None
    row.quiet_until = quiet.ends_at if quiet else None
    row.zone = wanted.zone
    row.digest_rhythm, row.digest_at = digest.rhythm.value, digest.at
    row.digest_weekday = digest.weekday
    row.changed_at = uow.now()
    try:
        uow.session.flush()
    except IntegrityError as raced:
        raise StaleVersion from raced
    return row
