"""The agenda of a session on paper: when, what, who, and what the earlier sessions left to do."""

from case_api.sheets.render import Heading, Part, Prose, Sheet, Table
from case_api.sheets.wording import day, table
from services.intervisions.agendas.times import ItemKind, TimedItem
from services.intervisions.agendas.views import AgendaView
from services.intervisions.follow_ups.views import FollowUpView
from services.shared.words.catalogue import say, time_in_words


def agenda_sheet(view: AgendaView, *, language: str) -> Sheet:
    """The agenda of a session as its reader may see it. Equal views give equal bytes."""
    return Sheet(
        title=say(
            "sheet.agenda_title", language, series=view.series_name, number=view.session_number
        ),
        language=language,
        running=say("sheet.agenda_running", language, number=view.session_number),
        made_at=view.made_at,
        parts=[
            *(Prose(line) for line in _heading(view, language)),
            *_items(view, language),
            *_follow_ups(view, language),
            Prose(say("sheet.missing", language)),
        ],
    )


def _heading(view: AgendaView, language: str) -> list[str]:
    start, end = (time_in_words(at, language) for at in (view.starts_at, view.ends_at))
    said = [
        say("sheet.agenda_when", language, day=day(view.starts_at, language), start=start, end=end)
    ]
    if view.place:
        said.append(say("sheet.agenda_place", language, place=view.place))
    is_draft = view.number is None
    said.append(
        say("sheet.agenda_draft", language)
        if is_draft
        else say("sheet.agenda_published", language, number=view.number)
    )
    if view.cancelled:
        said.append(say("sheet.agenda_cancelled", language))
    agenda = view.agenda
    if agenda.overrun_minutes:
        until = time_in_words(agenda.ends_at, language)
        said.append(say("sheet.agenda_over", language, minutes=agenda.overrun_minutes, end=until))
    return said


def _items(view: AgendaView, language: str) -> list[Part]:
    header = [
        say(f"sheet.{each}", language)
        for each in ("agenda_time", "agenda_item", "agenda_minutes", "who")
    ]
    rows = [
        [
            _hours(each, language),
            _title(each, language),
            str(each.minutes),
            view.owners.get(each.owner_id, "") if each.owner_id else "",
        ]
        for each in view.agenda.items
    ]
    return table("agenda_items", header, rows, [3, 5, 2, 3], language)


def _title(item: TimedItem, language: str) -> str:
    """The first item is called what it is, in the language of the sheet."""
    is_first = item.kind == ItemKind.FOLLOW_UPS
    return say("sheet.agenda_follow_ups", language) if is_first else item.title


def _hours(item: TimedItem, language: str) -> str:
    start, end = (time_in_words(at, language) for at in (item.starts_at, item.ends_at))
    said = f"{start} – {end}"
    return say("sheet.agenda_over_mark", language, time=said) if item.runs_over else said


def _follow_ups(view: AgendaView, language: str) -> list[Part]:
    if not view.follow_ups:
        return [
            Heading(say("sheet.agenda_follow_ups", language)),
            Prose(say("sheet.nothing", language)),
        ]
    named = ("agenda_follow_up", "who", "agenda_week", "state", "agenda_carried")
    rows = [
        [
            each.words or say("sheet.agenda_hidden", language),
            each.owner_name,
            each.due_week,
            _state(each, language),
            _carried(each, language),
        ]
        for each in view.follow_ups
    ]
    header = [say(f"sheet.{each}", language) for each in named]
    return [Heading(say("sheet.agenda_follow_ups", language)), Table(header, rows, [5, 3, 2, 2, 2])]


def _state(follow_up: FollowUpView, language: str) -> str:
    said = say(f"sheet.agenda_state_{follow_up.state}", language)
    return f"{said}, {say('sheet.agenda_snoozed', language)}" if follow_up.snoozed else said


def _carried(follow_up: FollowUpView, language: str) -> str:
    if not follow_up.carried:
        return ""
    name = "agenda_flagged" if follow_up.flagged else "agenda_times"
    return say(f"sheet.{name}", language, times=follow_up.carried)
