"""What stands on the sheet of one adult: the same tree that they see themselves, in plain words."""

from case_api.languages import page_texts
from case_api.sheets.contents import (
    contents,
    details_of_consent,
    details_of_opening,
    details_of_request,
)
from case_api.sheets.render import Heading, Items, Part, Sheet, Table, Words
from case_api.sheets.wording import (
    Say,
    categories,
    day,
    meaning,
    moment,
    or_nothing,
    period,
    say_in,
    table,
)
from services.portal import wording
from services.portal.plans.views import PlanGoalView
from services.portal.views import ConsentView, ExclusionView, HouseholdCopy, HouseholdView

# Reads on the short sheet; the copy has them all.
NEWEST = 40


def household_sheet(copy: HouseholdCopy, *, whole: bool, printed_by: str | None = None) -> Sheet:
    """`whole`: the copy of GDPR art. 15, with every read, note and document. `printed_by`: the
    reference worker, if it was not the adult themselves."""
    view, say = copy.view, say_in(copy.view.language)
    title = say("copy_title" if whole else "title", code=view.case_code)
    parts = [
        *_opening(copy, say, printed_by),
        *_plan(view, say),
        *_court(view, say),
        *_team(view, say),
        *_consents(view, say, whole),
        *_told(copy, say, newest=None if whole else NEWEST),
        *(contents(copy, say) if whole else []),
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
    me, today = copy.view.me, day(copy.made_at, say)
    name = " ".join(each for each in (me.given_name, me.family_name) if each) or me.pseudonym
    if printed_by is None:
        return [Words(say("for_you", name=name, day=today)), Words(say("warning"))]
    return [Words(say("for_whom", name=name, day=today, worker=printed_by)), Words(say("warning"))]


def _plan(view: HouseholdView, say: Say) -> list[Part]:
    parts: list[Part] = [Heading(say("plan"))]
    for number, goal in enumerate(view.plan, start=1):
        parts += _goal(goal, number, say)
    return (
        [*parts, Words(say("sign")), Words(say("signature"))]
        if view.plan
        else or_nothing(parts, say)
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
            day(step.due_on, say) if step.due_on else "",
            say("because", state=step.state_in_words, reason=step.drop_reason)
            if step.drop_reason
            else step.state_in_words,
            " ".join([step.agreement_in_words, *(f"« {words} »" for words in step.said)]),
        ]
        for step in goal.steps
    ]
    header = [say(each) for each in ("what", "who", "by_when", "state", "answer")]
    return [*parts, Table(header, rows, [4, 3, 2, 2, 2])] if rows else parts


def _court(view: HouseholdView, say: Say) -> list[Part]:
    said = view.hearing.words if view.hearing else say("no_hearing")
    parts: list[Part] = [Heading(say("hearing")), Words(said)]
    rows = [[day(each.on, say), meaning(each)] for each in view.dates]
    if rows:
        parts += [Heading(say("dates"), level=2), Table([say("day"), say("means")], rows, [1, 3])]
    return parts


def _team(view: HouseholdView, say: Say) -> list[Part]:
    rows = [
        [
            f"{each.name} ({each.organisation})",
            each.role_in_words,
            each.why or "",
            say("invited") if each.since is None else period(each.since, each.until, say),
        ]
        for each in view.team
    ]
    header = [say(each) for each in ("who", "role", "why", "period")]
    return [Heading(say("team")), Table(header, rows, [3, 3, 3, 2])]


def _consents(view: HouseholdView, say: Say, whole: bool) -> list[Part]:
    parts: list[Part] = [Heading(say("consents"))]
    for consent in view.consents:
        parts += [Items([each.words for each in consent.provisions]), Words(_terms(consent, say))]
        if whole:
            parts.append(Words(details_of_consent(consent, say)))
    parts += [
        Words(_refusal(each, say, whole))
        for each in view.exclusions
        if whole or each.lifted_at is None
    ]
    return [*or_nothing(parts, say), Words(say("rights"))]


def _refusal(refused: ExclusionView, say: Say, whole: bool) -> str:
    said = [say("excluded", day=day(refused.set_at, say), name=refused.name)]
    if whole:
        said.append(say("reason_of_refusal", reason=refused.reason))
    if refused.lifted_at is not None:
        said.append(say("refusal_lifted", day=day(refused.lifted_at, say)))
    return " ".join(said)


def _terms(consent: ConsentView, say: Say) -> str:
    until = consent.renewed_at or consent.valid_until
    why = say("purpose", purpose=consent.purpose, evidence=consent.evidence_in_words)
    if consent.withdrawn_at is not None:
        return f"{why} {say('withdrawn', day=day(consent.withdrawn_at, say))}"
    days = {"day": day(consent.valid_from, say), "until": day(until, say)}
    return f"{why} {say('in_force', **days)}"


def _told(copy: HouseholdCopy, say: Say, *, newest: int | None) -> list[Part]:
    """Who opened it in an emergency, who read, who could, who was written to, what was asked."""
    view = copy.view
    header = [say(each) for each in ("when", "who", "data", "ground")]
    counted = {"shown": newest, "all": len(copy.reads)}
    is_cut = newest is not None and newest < len(copy.reads)
    return [
        *_emergencies(view, say, whole=newest is None),
        *table("reads", header, _reads(copy, say)[:newest], [2, 3, 3, 3], say),
        *([Words(say("reads_newest", **counted))] if is_cut else []),
        *table("shares", header, _shares(view, say), [2, 3, 3, 3], say),
        *table("messages", [*header[:2], say("about")], _messages(view, say), [2, 3, 4], say),
        *_requests(view, say, whole=newest is None),
    ]


def _emergencies(view: HouseholdView, say: Say, *, whole: bool) -> list[Part]:
    told: list[Part] = [
        Words(
            f"{moment(each.opened_at, say)}: {each.name} ({each.organisation})."
            f" {each.reason or wording.say('dangers', each.danger, say('language'))}"
            + (f" {details_of_opening(each, say)}" if whole else "")
        )
        for each in view.emergencies
    ]
    return [Heading(say("emergencies")), *told] if told else []


def _reads(copy: HouseholdCopy, say: Say) -> list[list[str]]:
    return [
        [
            moment(each.at, say),
            f"{each.name} ({each.organisation})",
            categories(each.categories, say),
            " ".join(part for part in (each.ground, each.reason) if part),
        ]
        for each in copy.reads
    ]


def _shares(view: HouseholdView, say: Say) -> list[list[str]]:
    return [
        [
            period(each.since, each.until, say),
            f"{each.name} ({each.organisation})",
            categories(each.categories, say),
            each.ground,
        ]
        for each in view.shares
    ]


def _messages(view: HouseholdView, say: Say) -> list[list[str]]:
    kinds = page_texts("alert_kinds", view.language)
    return [
        [
            moment(each.sent_at, say),
            f"{each.name} ({each.organisation})",
            kinds.get(each.kind.replace(".", "_"), ""),
        ]
        for each in view.messages
    ]


def _requests(view: HouseholdView, say: Say, *, whole: bool) -> list[Part]:
    asked = []
    for each in view.requests:
        asked.append(say("request", day=day(each.asked_at, say), words=each.words))
        if whole:
            asked.append(details_of_request(each, say))
        if each.answer:
            asked.append(say("answered", words=each.answer))
    return [Heading(say("requests")), *(Words(line) for line in asked)] if asked else []
