"""What only the whole copy says (GDPR art. 15): who one is, the home, the court, the papers."""

from case_api.sheets.render import Heading, Part, Prose, Table
from case_api.sheets.wording import day, meaning, moment, or_nothing, table
from services.portal.views import (
    ConsentView,
    GlassView,
    HouseholdCopy,
    HouseholdView,
    ProcedureView,
    RequestView,
    TenancyView,
)
from services.portal.wording import named
from services.shared.words.catalogue import euros, say


def contents(copy: HouseholdCopy, language: str) -> list[Part]:
    """What the file holds about them, beside what the sheet says."""
    return [
        *_persons(copy.view, language),
        *_tasks(copy.view, language),
        *_tenancy(copy.tenancy, language),
        *(part for each in copy.procedures for part in _procedure(each, language)),
        *_notes(copy, language),
        *_documents(copy, language),
    ]


def details_of_consent(consent: ConsentView, language: str) -> str:
    """How it was given, by the evidence that there is."""
    said = [say("sheet.given_on", language, day=day(consent.given_at, language))]
    if consent.witness:
        said.append(say("sheet.witness", language, name=consent.witness))
    if consent.document:
        said.append(say("sheet.document", language, name=consent.document))
    said += [
        say(f"sheet.{name}", language)
        for name, is_so in (
            ("lifts_secrecy", consent.lifts_secrecy),
            ("given_here", consent.mine),
            ("for_me_alone", consent.for_me_alone),
        )
        if is_so
    ]
    return " ".join(said)


def details_of_request(request: RequestView, language: str) -> str:
    said = [
        named("request_kinds", request.kind, language),
        named("request_states", request.state, language),
    ]
    if request.due_on:
        said.append(say("sheet.due", language, day=day(request.due_on, language)))
    if request.answered_at:
        said.append(say("sheet.answered_on", language, day=day(request.answered_at, language)))
    return f"{request.about or '–'} ({', '.join(said)})"


def details_of_opening(opening: GlassView, language: str) -> str:
    verdict = named("verdicts", opening.verdict or "waiting", language)
    ends = say("sheet.closes", language, moment=moment(opening.closes_at, language))
    return f"{named('dangers', opening.danger, language)}. {ends} {verdict}."


def _persons(view: HouseholdView, language: str) -> list[Part]:
    me = view.me
    name = " ".join(each for each in (me.given_name, me.family_name) if each)
    born = day(me.birth_date, language) if me.birth_date else None
    state = named("case_states", view.state, language)
    since = say("sheet.since", language, day=day(view.opened_at, language))
    rows = _known(
        [
            ("name", name),
            ("pseudonym", me.pseudonym),
            ("born", born),
            ("lives_here", say("sheet.since", language, day=day(me.joined_on, language))),
            ("file", f"{view.case_code} ({state}; {since})"),
            *(
                ("with_you", f"{each.pseudonym} ({named('member_roles', each.role, language)})")
                for each in view.others
            ),
        ],
        language,
    )
    return table(
        "persons",
        [say("sheet.what_is_known", language), say("sheet.value", language)],
        rows,
        [1, 2],
        language,
    )


def _tasks(view: HouseholdView, language: str) -> list[Part]:
    rows = [
        [
            each.title,
            day(each.due_on, language) if each.due_on else "",
            say("sheet.asked_by_you", language) if each.asked_by_me else "",
        ]
        for each in view.tasks
    ]
    return table(
        "tasks",
        [say("sheet.what", language), say("sheet.by_when", language), say("sheet.about", language)],
        rows,
        [4, 2, 2],
        language,
    )


def _tenancy(home: TenancyView | None, language: str) -> list[Part]:
    if home is None:
        return [Heading(say("sheet.tenancy", language)), Prose(say("sheet.nothing", language))]
    place = " ".join(each for each in (home.postal_code, home.commune) if each)
    rows = _known(
        [
            ("address", ", ".join(each for each in (home.address, place) if each)),
            ("lease", named("lease_kinds", home.lease_kind, language)),
            ("rent", euros(home.rent_eur, language) if home.rent_eur is not None else None),
            (
                "arrears",
                str(home.months_of_arrears) if home.months_of_arrears is not None else None,
            ),
            ("lease_start", day(home.started_on, language) if home.started_on else None),
        ],
        language,
    )
    return table(
        "tenancy",
        [say("sheet.what_is_known", language), say("sheet.value", language)],
        rows,
        [1, 2],
        language,
    )


def _procedure(procedure: ProcedureView, language: str) -> list[Part]:
    number = procedure.roll_number or "–"
    opened = day(procedure.opened_at, language)
    acts = [
        [
            named("acts", each.kind, language),
            day(each.acted_on, language),
            day(each.received_on, language) if each.received_on else "",
        ]
        for each in procedure.acts
    ]
    parts: list[Part] = [
        Heading(say("sheet.procedure", language, court=procedure.court)),
        Prose(say("sheet.procedure_facts", language, number=number, day=opened)),
    ]
    if acts:
        header = [
            say("sheet.act", language),
            say("sheet.act_day", language),
            say("sheet.received", language),
        ]
        parts.append(Table(header, acts, [2, 1, 1]))
    parts += [Prose(each.words) for each in procedure.hearings]
    rows = [
        [
            day(each.on, language),
            meaning(each) + (f" {say('sheet.protective', language)}" if each.protective else ""),
        ]
        for each in procedure.dates
    ]
    return (
        [*parts, Table([say("sheet.day", language), say("sheet.means", language)], rows, [1, 3])]
        if rows
        else parts
    )


def _notes(copy: HouseholdCopy, language: str) -> list[Part]:
    parts: list[Part] = [Heading(say("sheet.notes", language))]
    for note in copy.notes:
        facts = {"name": note.author, "organisation": note.organisation}
        said = say("sheet.written", language, day=day(note.written_at, language), **facts)
        kind = named("categories", note.category, language)
        parts += [Heading(f"{said}: {kind}", level=2), Prose(note.body)]
    return or_nothing(parts, language)


def _documents(copy: HouseholdCopy, language: str) -> list[Part]:
    rows = [
        [
            day(each.uploaded_at, language),
            f"{named('document_kinds', each.kind, language)}: {each.title}"
            f" ({named('categories', each.category, language)})",
            f"{each.original_name} ({each.media_type}, {each.size} B)"
            + (f", {day(each.dated_on, language)}" if each.dated_on else ""),
            each.organisation,
        ]
        for each in copy.documents
    ]
    header = [
        say("sheet.day", language),
        say("sheet.about", language),
        say("sheet.documents", language),
        say("sheet.who", language),
    ]
    return table("documents", header, rows, [2, 3, 3, 2], language)


def _known(facts: list[tuple[str, str | None]], language: str) -> list[list[str]]:
    return [[say(f"sheet.{name}", language), value] for name, value in facts if value]
