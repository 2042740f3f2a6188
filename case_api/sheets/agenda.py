"""The agenda of a session on paper: when, what, who, and what the earlier sessions left to do."""

from case_api.sheets.render import Heading, Part, Sheet, Table, Words
from case_api.sheets.wording import Say, day, say_in, table
from notifications.dates import time_in_words
from services.intervisions.agendas.times import ItemKind, TimedItem
from services.intervisions.agendas.views import AgendaView
from services.intervisions.follow_ups.views import FollowUpView


def agenda_sheet(view: AgendaView, *, language: str) -> Sheet:
    """The agenda of a session as its reader may see it. Equal views give equal bytes."""
    say = say_in(language)
    return Sheet(
        title=say("agenda_title", series=view.series_name, number=view.session_number),
        language=language,
        running=say("agenda_running", number=view.session_number),
        made_at=view.made_at,
        parts=[
            *(Words(line) for line in _heading(view, say)),
            *_items(view, say),
            *_follow_ups(view, say),
            Words(say("missing")),
        ],
    )


def _heading(view: AgendaView, say: Say) -> list[str]:
    language = say("language")
    start, end = (time_in_words(at, language) for at in (view.starts_at, view.ends_at))
    said = [say("agenda_when", day=day(view.starts_at, say), start=start, end=end)]
    if view.place:
        said.append(say("agenda_place", place=view.place))
    is_draft = view.number is None
    said.append(say("agenda_draft") if is_draft else say("agenda_published", number=view.number))
    if view.cancelled:
        said.append(say("agenda_cancelled"))
    agenda = view.agenda
    if agenda.overrun_minutes:
        until = time_in_words(agenda.ends_at, language)
        said.append(say("agenda_over", minutes=agenda.overrun_minutes, end=until))
    return said


def _items(view: AgendaView, say: Say) -> list[Part]:
    header = [say(each) for each in ("agenda_time", "agenda_item", "agenda_minutes", "who")]
    rows = [
        [
            _hours(each, say),
            _title(each, say),
            str(each.minutes),
            view.owners.get(each.owner_id, "") if each.owner_id else "",
        ]
        for each in view.agenda.items
    ]
    return table("agenda_items", header, rows, [3, 5, 2, 3], say)


def _title(item: TimedItem, say: Say) -> str:
    """The first item is called what it is, in the language of the sheet."""
    is_first = item.kind == ItemKind.FOLLOW_UPS
    return say("agenda_follow_ups") if is_first else item.title


def _hours(item: TimedItem, say: Say) -> str:
    start, end = (time_in_words(at, say("language")) for at in (item.starts_at, item.ends_at))
    said = f"{start} – {end}"
    return say("agenda_over_mark", time=said) if item.runs_over else said


def _follow_ups(view: AgendaView, say: Say) -> list[Part]:
    if not view.follow_ups:
        return [Heading(say("agenda_follow_ups")), Words(say("nothing"))]
    named = ("agenda_follow_up", "who", "agenda_week", "state", "agenda_carried")
    rows = [
        [
            each.words or say("agenda_hidden"),
            each.owner_name,
            each.due_week,
            _state(each, say),
            _carried(each, say),
        ]
        for each in view.follow_ups
    ]
    header = [say(each) for each in named]
    return [Heading(say("agenda_follow_ups")), Table(header, rows, [5, 3, 2, 2, 2])]


def _state(follow_up: FollowUpView, say: Say) -> str:
    said = say(f"agenda_state_{follow_up.state}")
    return f"{said}, {say('agenda_snoozed')}" if follow_up.snoozed else said


def _carried(follow_up: FollowUpView, say: Say) -> str:
    if not follow_up.carried:
        return ""
    name = "agenda_flagged" if follow_up.flagged else "agenda_times"
    return say(name, times=follow_up.carried)
