"""What only the whole copy says (GDPR art. 15): who one is, the home, the court, the papers."""

from case_api.sheets.render import Heading, Part, Table, Words
from case_api.sheets.wording import Say, day, meaning, moment, or_nothing, table
from services.portal import wording
from services.portal.views import (
    ConsentView,
    GlassView,
    HouseholdCopy,
    HouseholdView,
    ProcedureView,
    RequestView,
    TenancyView,
)


def contents(copy: HouseholdCopy, say: Say) -> list[Part]:
    """What the file holds about them, beside what the sheet says."""
    return [
        *_persons(copy.view, say),
        *_tasks(copy.view, say),
        *_tenancy(copy.tenancy, say),
        *(part for each in copy.procedures for part in _procedure(each, say)),
        *_notes(copy, say),
        *_documents(copy, say),
    ]


def details_of_consent(consent: ConsentView, say: Say) -> str:
    """How it was given, by the evidence that there is."""
    said = [say("given_on", day=day(consent.given_at, say))]
    if consent.witness:
        said.append(say("witness", name=consent.witness))
    if consent.document:
        said.append(say("document", name=consent.document))
    said += [
        say(name)
        for name, is_so in (
            ("lifts_secrecy", consent.lifts_secrecy),
            ("given_here", consent.mine),
            ("for_me_alone", consent.for_me_alone),
        )
        if is_so
    ]
    return " ".join(said)


def details_of_request(request: RequestView, say: Say) -> str:
    said = [_said("request_kinds", request.kind, say), _said("request_states", request.state, say)]
    if request.due_on:
        said.append(say("due", day=day(request.due_on, say)))
    if request.answered_at:
        said.append(say("answered_on", day=day(request.answered_at, say)))
    return f"{request.about or '–'} ({', '.join(said)})"


def details_of_opening(opening: GlassView, say: Say) -> str:
    verdict = opening.verdict or "waiting"
    ends = say("closes", moment=moment(opening.closes_at, say))
    return f"{_said('dangers', opening.danger, say)}. {ends} {_said('verdicts', verdict, say)}."


def _persons(view: HouseholdView, say: Say) -> list[Part]:
    me = view.me
    name = " ".join(each for each in (me.given_name, me.family_name) if each)
    born = day(me.birth_date, say) if me.birth_date else None
    state = _said("case_states", view.state, say)
    rows = _known(
        [
            ("name", name),
            ("pseudonym", me.pseudonym),
            ("born", born),
            ("lives_here", say("since", day=day(me.joined_on, say))),
            ("file", f"{view.case_code} ({state}; {say('since', day=day(view.opened_at, say))})"),
            *(
                ("with_you", f"{each.pseudonym} ({_said('member_roles', each.role, say)})")
                for each in view.others
            ),
        ],
        say,
    )
    return table("persons", [say("what_is_known"), say("value")], rows, [1, 2], say)


def _tasks(view: HouseholdView, say: Say) -> list[Part]:
    rows = [
        [
            each.title,
            day(each.due_on, say) if each.due_on else "",
            say("asked_by_you") if each.asked_by_me else "",
        ]
        for each in view.tasks
    ]
    return table("tasks", [say("what"), say("by_when"), say("about")], rows, [4, 2, 2], say)


def _tenancy(home: TenancyView | None, say: Say) -> list[Part]:
    if home is None:
        return [Heading(say("tenancy")), Words(say("nothing"))]
    place = " ".join(each for each in (home.postal_code, home.commune) if each)
    rows = _known(
        [
            ("address", ", ".join(each for each in (home.address, place) if each)),
            ("lease", _said("lease_kinds", home.lease_kind, say)),
            ("rent", f"{home.rent_eur} €" if home.rent_eur is not None else None),
            (
                "arrears",
                str(home.months_of_arrears) if home.months_of_arrears is not None else None,
            ),
            ("lease_start", day(home.started_on, say) if home.started_on else None),
        ],
        say,
    )
    return table("tenancy", [say("what_is_known"), say("value")], rows, [1, 2], say)


def _procedure(procedure: ProcedureView, say: Say) -> list[Part]:
    number = procedure.roll_number or "–"
    opened = day(procedure.opened_at, say)
    acts = [
        [
            _said("acts", each.kind, say),
            day(each.acted_on, say),
            day(each.received_on, say) if each.received_on else "",
        ]
        for each in procedure.acts
    ]
    parts: list[Part] = [
        Heading(say("procedure", canton=procedure.canton)),
        Words(say("procedure_facts", number=number, day=opened)),
    ]
    if acts:
        header = [say("act"), say("act_day"), say("received")]
        parts.append(Table(header, acts, [2, 1, 1]))
    parts += [Words(each.words) for each in procedure.hearings]
    rows = [
        [
            day(each.on, say),
            meaning(each) + (f" {say('protective')}" if each.protective else ""),
        ]
        for each in procedure.dates
    ]
    return [*parts, Table([say("day"), say("means")], rows, [1, 3])] if rows else parts


def _notes(copy: HouseholdCopy, say: Say) -> list[Part]:
    parts: list[Part] = [Heading(say("notes"))]
    for note in copy.notes:
        facts = {"name": note.author, "organisation": note.organisation}
        said = say("written", day=day(note.written_at, say), **facts)
        kind = _said("categories", note.category, say)
        parts += [Heading(f"{said}: {kind}", level=2), Words(note.body)]
    return or_nothing(parts, say)


def _documents(copy: HouseholdCopy, say: Say) -> list[Part]:
    rows = [
        [
            day(each.uploaded_at, say),
            f"{_said('document_kinds', each.kind, say)}: {each.title}"
            f" ({_said('categories', each.category, say)})",
            f"{each.original_name} ({each.media_type}, {each.size} B)"
            + (f", {day(each.dated_on, say)}" if each.dated_on else ""),
            each.organisation,
        ]
        for each in copy.documents
    ]
    header = [say("day"), say("about"), say("documents"), say("who")]
    return table("documents", header, rows, [2, 3, 3, 2], say)


def _known(facts: list[tuple[str, str | None]], say: Say) -> list[list[str]]:
    return [[say(name), value] for name, value in facts if value]


def _said(part: str, code: str, say: Say) -> str:
    return wording.say(part, code, say("language"))
