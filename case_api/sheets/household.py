"""What stands on the sheet of one adult: the same tree that they see themselves, in plain words."""

from case_api.sheets.contents import (
    contents,
    details_of_consent,
    details_of_opening,
    details_of_request,
)
from case_api.sheets.render import Heading, Items, Part, Prose, Sheet, Table
from case_api.sheets.wording import (
    categories,
    day,
    meaning,
    moment,
    or_nothing,
    period,
    table,
)
from services.portal.plans.views import PlanGoalView
from services.portal.views import ConsentView, ExclusionView, HouseholdCopy, HouseholdView
from services.portal.wording import named
from services.shared.words.catalogue import has_text, say

# Reads on the short sheet; the copy has them all.
NEWEST = 40


def household_sheet(copy: HouseholdCopy, *, whole: bool, printed_by: str | None = None) -> Sheet:
    """`whole`: the copy of GDPR art. 15, with every read, note and document. `printed_by`: the
    reference worker, if it was not the adult themselves."""
    view, language = copy.view, copy.view.language
    title = say("sheet.copy_title" if whole else "sheet.title", language, code=view.case_code)
    parts = [
        *_opening(copy, language, printed_by),
        *_plan(view, language),
        *_court(view, language),
        *_team(view, language),
        *_consents(view, language, whole),
        *_told(copy, language, newest=None if whole else NEWEST),
        *(contents(copy, language) if whole else []),
        Prose(say("sheet.missing", language)),
    ]
    return Sheet(
        title=title,
        language=language,
        running=view.case_code,
        made_at=copy.made_at,
        parts=parts,
    )


def _opening(copy: HouseholdCopy, language: str, printed_by: str | None) -> list[Part]:
    me, today = copy.view.me, day(copy.made_at, language)
    name = " ".join(each for each in (me.given_name, me.family_name) if each) or me.pseudonym
    if printed_by is None:
        return [
            Prose(say("sheet.for_you", language, name=name, day=today)),
            Prose(say("sheet.warning", language)),
        ]
    return [
        Prose(say("sheet.for_whom", language, name=name, day=today, worker=printed_by)),
        Prose(say("sheet.warning", language)),
    ]


def _plan(view: HouseholdView, language: str) -> list[Part]:
    parts: list[Part] = [Heading(say("sheet.plan", language))]
    for number, goal in enumerate(view.plan, start=1):
        parts += _goal(goal, number, language)
    return (
        [
            *parts,
            Prose(say("sheet.sign", language)),
            Prose(say("sheet.signature", language)),
        ]
        if view.plan
        else or_nothing(parts, language)
    )


def _goal(goal: PlanGoalView, number: int, language: str) -> list[Part]:
    parts: list[Part] = [
        Heading(say("sheet.goal", language, number=number), level=2),
        Prose(f"« {goal.words} »"),
        Prose(f"{say('sheet.answer', language)}: {goal.agreement_in_words}"),
        *(Prose(say("sheet.added", language, words=words)) for words in goal.said),
    ]
    rows = [
        [
            step.what,
            f"{step.who} ({step.organisation})" if step.who else say("sheet.you", language),
            day(step.due_on, language) if step.due_on else "",
            say("sheet.because", language, state=step.state_in_words, reason=step.drop_reason)
            if step.drop_reason
            else step.state_in_words,
            " ".join([step.agreement_in_words, *(f"« {words} »" for words in step.said)]),
        ]
        for step in goal.steps
    ]
    header = [
        say(f"sheet.{each}", language) for each in ("what", "who", "by_when", "state", "answer")
    ]
    return [*parts, Table(header, rows, [4, 3, 2, 2, 2])] if rows else parts


def _court(view: HouseholdView, language: str) -> list[Part]:
    hearing = view.hearing
    said = hearing.words if hearing else say("sheet.no_hearing", language)
    parts: list[Part] = [Heading(say("sheet.hearing", language)), Prose(said)]
    if hearing:
        place = ", ".join(filter(None, (hearing.court, hearing.address)))
        parts.append(Prose(say("sheet.where", language, place=place)))
    parts += [Prose(each.words) for each in view.welfare_centre if each.opposed_on]
    rows = [[day(each.on, language), meaning(each)] for each in view.dates]
    if rows:
        parts += [
            Heading(say("sheet.dates", language), level=2),
            Table([say("sheet.day", language), say("sheet.means", language)], rows, [1, 3]),
            *([Prose(view.dates_note)] if view.dates_note else []),
        ]
    return parts


def _team(view: HouseholdView, language: str) -> list[Part]:
    rows = [
        [
            f"{each.name} ({each.organisation})",
            each.role_in_words,
            each.why or "",
            say("sheet.invited", language)
            if each.since is None
            else period(each.since, each.until, language),
        ]
        for each in view.team
    ]
    header = [say(f"sheet.{each}", language) for each in ("who", "role", "why", "period")]
    return [Heading(say("sheet.team", language)), Table(header, rows, [3, 3, 3, 2])]


def _consents(view: HouseholdView, language: str, whole: bool) -> list[Part]:
    parts: list[Part] = [Heading(say("sheet.consents", language))]
    for consent in view.consents:
        parts += [
            Items([each.words for each in consent.provisions]),
            Prose(_terms(consent, language)),
        ]
        if whole:
            parts.append(Prose(details_of_consent(consent, language)))
    parts += [
        Prose(_refusal(each, language, whole))
        for each in view.exclusions
        if whole or each.lifted_at is None
    ]
    return [*or_nothing(parts, language), Prose(say("sheet.rights", language))]


def _refusal(refused: ExclusionView, language: str, whole: bool) -> str:
    said = [say("sheet.excluded", language, day=day(refused.set_at, language), name=refused.name)]
    if whole:
        said.append(say("sheet.reason_of_refusal", language, reason=refused.reason))
    if refused.lifted_at is not None:
        said.append(say("sheet.refusal_lifted", language, day=day(refused.lifted_at, language)))
    return " ".join(said)


def _terms(consent: ConsentView, language: str) -> str:
    until = consent.renewed_at or consent.valid_until
    why = say(
        "sheet.purpose", language, purpose=consent.purpose, evidence=consent.evidence_in_words
    )
    if consent.withdrawn_at is not None:
        return f"{why} {say('sheet.withdrawn', language, day=day(consent.withdrawn_at, language))}"
    days = {"day": day(consent.valid_from, language), "until": day(until, language)}
    return f"{why} {say('sheet.in_force', language, **days)}"


def _told(copy: HouseholdCopy, language: str, *, newest: int | None) -> list[Part]:
    """Who opened it in an emergency, who read, who could, who was written to, what was asked."""
    view = copy.view
    header = [say(f"sheet.{each}", language) for each in ("when", "who", "data", "ground")]
    counted = {"shown": newest, "all": len(copy.reads)}
    is_cut = newest is not None and newest < len(copy.reads)
    return [
        *_emergencies(view, language, whole=newest is None),
        *table("reads", header, _reads(copy, language)[:newest], [2, 3, 3, 3], language),
        *([Prose(say("sheet.reads_newest", language, **counted))] if is_cut else []),
        *table("shares", header, _shares(view, language), [2, 3, 3, 3], language),
        *table(
            "messages",
            [*header[:2], say("sheet.about", language)],
            _messages(view, language),
            [2, 3, 4],
            language,
        ),
        *_requests(view, language, whole=newest is None),
    ]


def _emergencies(view: HouseholdView, language: str, *, whole: bool) -> list[Part]:
    told: list[Part] = [
        Prose(
            f"{moment(each.opened_at, language)}: {each.name} ({each.organisation})."
            f" {each.reason or named('dangers', each.danger, language)}"
            + (f" {details_of_opening(each, language)}" if whole else "")
        )
        for each in view.emergencies
    ]
    return [Heading(say("sheet.emergencies", language)), *told] if told else []


def _reads(copy: HouseholdCopy, language: str) -> list[list[str]]:
    return [
        [
            moment(each.at, language),
            f"{each.name} ({each.organisation})",
            categories(each.categories, language),
            " ".join(part for part in (each.ground, each.reason) if part),
        ]
        for each in copy.reads
    ]


def _shares(view: HouseholdView, language: str) -> list[list[str]]:
    return [
        [
            period(each.since, each.until, language),
            f"{each.name} ({each.organisation})",
            categories(each.categories, language),
            each.ground,
        ]
        for each in view.shares
    ]


def _messages(view: HouseholdView, language: str) -> list[list[str]]:
    return [
        [
            moment(each.sent_at, language),
            f"{each.name} ({each.organisation})",
            say(kind, language) if has_text(kind := f"alert.{each.kind}") else "",
        ]
        for each in view.messages
    ]


def _requests(view: HouseholdView, language: str, *, whole: bool) -> list[Part]:
    asked = []
    for each in view.requests:
        asked.append(
            say("sheet.request", language, day=day(each.asked_at, language), words=each.words)
        )
        if whole:
            asked.append(details_of_request(each, language))
        if each.answer:
            asked.append(say("sheet.answered", language, words=each.answer))
    return (
        [Heading(say("sheet.requests", language)), *(Prose(line) for line in asked)]
        if asked
        else []
    )
