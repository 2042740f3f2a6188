"""What stands on the sheet of one adult: the same tree that they see themselves, in plain words."""

import tomllib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from case_api.languages import page_texts
from case_api.sheets.render import Heading, Items, Part, Sheet, Table, Words
from notifications.dates import day_in_words, time_in_words
from services.portal import wording
from services.portal.plan_views import PlanGoalView
from services.portal.views import ConsentView, HouseholdCopy, HouseholdView
from services.shared.clock import legal_day

Say = Callable[..., str]
# Reads on the short sheet; the copy has them all.
NEWEST = 40


def household_sheet(copy: HouseholdCopy, *, whole: bool, printed_by: str | None = None) -> Sheet:
    """`whole`: the copy of GDPR art. 15, with every read, note and document. `printed_by`: the
    reference worker, if it was not the adult themselves."""
    view, say = copy.view, _say_in(copy.view.language)
    title = say("copy_title" if whole else "title", code=view.case_code)
    parts = [
        *_opening(copy, say, printed_by),
        *_plan(view, say),
        *_court(view, say),
        *_team(view, say),
        *_consents(view, say),
        *_told(copy, say, newest=None if whole else NEWEST),
        *(_contents(copy, say) if whole else []),
        Words(say("missing")),
    ]
    return Sheet(
        title=title,
        language=view.language,
        running=view.case_code,
        made_at=copy.made_at,
        parts=parts,
    )


def _opening(copy: HouseholdCopy, say: Say, printed_by: str | None) -> list[Part]:
    me, day = copy.view.me, _day(copy.made_at, say)
    name = " ".join(each for each in (me.given_name, me.family_name) if each) or me.pseudonym
    if printed_by is None:
        return [Words(say("for_you", name=name, day=day)), Words(say("warning"))]
    return [Words(say("for_whom", name=name, day=day, worker=printed_by)), Words(say("warning"))]


def _plan(view: HouseholdView, say: Say) -> list[Part]:
    parts: list[Part] = [Heading(say("plan"))]
    for number, goal in enumerate(view.plan, start=1):
        parts += _goal(goal, number, say)
    return (
        [*parts, Words(say("sign")), Words(say("signature"))]
        if view.plan
        else _or_nothing(parts, say)
    )


def _goal(goal: PlanGoalView, number: int, say: Say) -> list[Part]:
    parts: list[Part] = [
        Heading(say("goal", number=number), level=2),
        Words(f"« {goal.words} »"),
        Words(f"{say('answer')}: {goal.agreement_in_words}"),
        *(Words(say("added", words=words)) for words in goal.said),
    ]
    rows = [
        [
            step.what,
            f"{step.who} ({step.organisation})" if step.who else say("you"),
            _day(step.due_on, say) if step.due_on else "",
            say("because", state=step.state_in_words, reason=step.drop_reason)
            if step.drop_reason
            else step.state_in_words,
            step.agreement_in_words,
        ]
        for step in goal.steps
    ]
    header = [say(each) for each in ("what", "who", "by_when", "state", "answer")]
    return [*parts, Table(header, rows, [4, 3, 2, 2, 2])] if rows else parts


def _court(view: HouseholdView, say: Say) -> list[Part]:
    said = view.hearing.words if view.hearing else say("no_hearing")
    parts: list[Part] = [Heading(say("hearing")), Words(said)]
    rows = [[_day(each.on, say), f"{each.words} ({each.article})"] for each in view.dates]
    if rows:
        parts += [Heading(say("dates"), level=2), Table([say("day"), say("means")], rows, [1, 3])]
    return parts


def _team(view: HouseholdView, say: Say) -> list[Part]:
    rows = [
        [
            f"{each.name} ({each.organisation})",
            each.role_in_words,
            each.why or "",
            say("invited") if each.since is None else _period(each.since, each.until, say),
        ]
        for each in view.team
    ]
    header = [say(each) for each in ("who", "role", "why", "period")]
    return [Heading(say("team")), Table(header, rows, [3, 3, 3, 2])]


def _consents(view: HouseholdView, say: Say) -> list[Part]:
    parts: list[Part] = [Heading(say("consents"))]
    for consent in view.consents:
        parts += [Items([each.words for each in consent.provisions]), Words(_terms(consent, say))]
    parts += [
        Words(say("excluded", day=_day(each.set_at, say), name=each.name))
        for each in view.exclusions
        if each.lifted_at is None
    ]
    return [*_or_nothing(parts, say), Words(say("rights"))]


def _terms(consent: ConsentView, say: Say) -> str:
    until = consent.renewed_at or consent.valid_until
    why = say("purpose", purpose=consent.purpose, evidence=consent.evidence_in_words)
    if consent.withdrawn_at is not None:
        return f"{why} {say('withdrawn', day=_day(consent.withdrawn_at, say))}"
    days = {"day": _day(consent.valid_from, say), "until": _day(until, say)}
    return f"{why} {say('in_force', **days)}"


def _told(copy: HouseholdCopy, say: Say, *, newest: int | None) -> list[Part]:
    """Who opened it in an emergency, who read, who could, who was written to, what was asked."""
    view = copy.view
    header = [say(each) for each in ("when", "who", "data", "ground")]
    counted = {"shown": newest, "all": len(copy.reads)}
    is_cut = newest is not None and newest < len(copy.reads)
    return [
        *_emergencies(view, say),
        *_table("reads", header, _reads(copy, say)[:newest], [2, 3, 3, 3], say),
        *([Words(say("reads_newest", **counted))] if is_cut else []),
        *_table("shares", header, _shares(view, say), [2, 3, 3, 3], say),
        *_table("messages", [*header[:2], say("about")], _messages(view, say), [2, 3, 4], say),
        *_requests(view, say),
    ]


def _emergencies(view: HouseholdView, say: Say) -> list[Part]:
    told: list[Part] = [
        Words(
            f"{_moment(each.opened_at, say)}: {each.name} ({each.organisation})."
            f" {each.reason or each.danger}"
        )
        for each in view.emergencies
    ]
    return [Heading(say("emergencies")), *told] if told else []


def _reads(copy: HouseholdCopy, say: Say) -> list[list[str]]:
    return [
        [
            _moment(each.at, say),
            f"{each.name} ({each.organisation})",
            _categories(each.categories, say),
            " ".join(part for part in (each.ground, each.reason) if part),
        ]
        for each in copy.reads
    ]


def _shares(view: HouseholdView, say: Say) -> list[list[str]]:
    return [
        [
            _period(each.since, each.until, say),
            f"{each.name} ({each.organisation})",
            _categories(each.categories, say),
            each.ground,
        ]
        for each in view.shares
    ]


def _messages(view: HouseholdView, say: Say) -> list[list[str]]:
    kinds = page_texts("alert_kinds", view.language)
    return [
        [
            _moment(each.sent_at, say),
            f"{each.name} ({each.organisation})",
            kinds.get(each.kind.replace(".", "_"), ""),
        ]
        for each in view.messages
    ]


def _requests(view: HouseholdView, say: Say) -> list[Part]:
    asked = []
    for each in view.requests:
        asked.append(say("request", day=_day(each.asked_at, say), words=each.words))
        if each.answer:
            asked.append(say("answered", words=each.answer))
    return [Heading(say("requests")), *(Words(line) for line in asked)] if asked else []


def _contents(copy: HouseholdCopy, say: Say) -> list[Part]:
    """What the file holds about them, beside what the sheet says."""
    parts: list[Part] = [Heading(say("notes"))]
    for note in copy.notes:
        facts = {"name": note.author, "organisation": note.organisation}
        said = say("written", day=_day(note.written_at, say), **facts)
        parts += [Heading(said, level=2), Words(note.body)]
    parts = _or_nothing(parts, say)
    rows = [
        [_day(each.uploaded_at, say), each.title, each.original_name, each.organisation]
        for each in copy.documents
    ]
    header = [say("day"), say("about"), say("documents"), say("who")]
    return [*parts, *_table("documents", header, rows, [2, 3, 3, 2], say)]


def _table(
    name: str, header: list[str], rows: list[list[str]], widths: list[int], say: Say
) -> list[Part]:
    title = Heading(say(name))
    return [title, Table(header, rows, widths)] if rows else [title, Words(say("nothing"))]


def _or_nothing(parts: list[Part], say: Say) -> list[Part]:
    return parts if len(parts) > 1 else [*parts, Words(say("nothing"))]


def _period(since: datetime, until: datetime | None, say: Say) -> str:
    if until is None:
        return say("since", day=_day(since, say))
    return say("between", day=_day(since, say), until=_day(until, say))


def _categories(names: list[str], say: Say) -> str:
    return wording.listed("categories", names, say("language"))


def _moment(at: datetime, say: Say) -> str:
    return f"{_day(at, say)}, {time_in_words(at, say('language'))}"


def _day(day: date | datetime, say: Say) -> str:
    on = legal_day(day) if isinstance(day, datetime) else day
    return day_in_words(on, say("language"))


def _say_in(language: str) -> Say:
    """The words of this language, filled in by name; `language` says which it is."""

    def say(name: str, /, **filled: Any) -> str:
        return language if name == "language" else _words()[name][language].format(**filled)

    return say


@cache
def _words() -> dict[str, dict[str, str]]:
    told = (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(told)
