"""What stands in a defence bundle: letter, inventory, timeline, and the images themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from case_api.sheets.render import Heading, Items, Part, Picture, Prose, Sheet, Table
from services.evictions.bundles.content import BundleContent, Measured, Piece
from services.evictions.counting.citing import cite
from services.evictions.law.labels import provision
from services.evictions.law.norms import Certainty
from services.shared.clock import legal_day
from services.shared.words.catalogue import day_in_words, has_text, listed, say, time_in_words


def bundle_sheet(
    content: BundleContent, measured: Mapping[int, Measured], pictures: Mapping[int, Picture]
) -> Sheet:
    """`measured` and `pictures` by the position of the piece."""
    language = content.letter.language
    return Sheet(
        title=say("letter.title", language, code=content.procedure.case_code),
        language=language,
        running=content.procedure.case_code,
        made_at=content.frozen_at,
        parts=[
            *_letter(content, language),
            *_inventory(content.pieces, measured, language),
            *_timeline(content, language),
            *_images(content.pieces, pictures, language),
            Prose(say("letter.missing", language)),
        ],
    )


def letter_lines(content: BundleContent) -> list[str]:
    """The letter as it would be printed, a paragraph or an item a line."""
    said: list[str] = []
    for part in _letter(content, content.letter.language):
        if isinstance(part, Items):
            said.extend(part.texts)
        elif isinstance(part, Heading | Prose):
            said.extend(part.text.splitlines())
    return said


def _letter(content: BundleContent, language: str) -> list[Part]:
    letter, procedure = content.letter, content.procedure
    subject = [content.court.whole(language)]
    if procedure.roll_number:
        subject.append(say("letter.roll", language, number=procedure.roll_number))
    subject.append(_hearing(content, language))
    if letter.names:
        subject.append(say("letter.household", language, names=listed(letter.names, language)))
    pieces = [f"{each.position}. {each.item_name}: {each.title}" for each in content.pieces]
    return [
        Heading(say("letter.letter", language)),
        Prose(say("letter.made", language, day=_day(content.frozen_at, language))),
        Items(subject),
        Prose(say("letter.greeting", language)),
        Prose(letter.words),
        Prose(say("letter.enclosed", language) if pieces else say("letter.no_piece", language)),
        *([Items(pieces)] if pieces else []),
        Prose(say("letter.closing", language)),
        Prose(f"{letter.author}\n{letter.organisation}"),
    ]


def _hearing(content: BundleContent, language: str) -> str:
    found = next((each for each in content.procedure.hearings if each["state"] == "set"), None)
    if found is None:
        return say("letter.no_hearing", language)
    at = datetime.fromisoformat(found["starts_at"])
    said = say("letter.hearing", language, day=_day(at, language), time=time_in_words(at, language))
    return f"{said} {say('letter.room', language, room=found['room'])}" if found["room"] else said


def _inventory(pieces: list[Piece], measured: Mapping[int, Measured], language: str) -> list[Part]:
    rows = [
        [
            str(each.position),
            f"{each.item_name}: {each.title}",
            _day(each.dated_on, language) if each.dated_on else "",
            say("letter.inside", language)
            if measured[each.position].embedded
            else each.original_name,
            measured[each.position].sha256.hex(),
        ]
        for each in pieces
    ]
    header = [
        say(f"letter.{each}", language)
        for each in ("number", "piece", "dated", "where", "fingerprint")
    ]
    told: list[Part] = [
        Heading(say("letter.inventory", language)),
        Prose(say("letter.inventory_words", language)),
    ]
    return (
        [*told, Table(header, rows, [1, 5, 3, 3, 5])]
        if rows
        else [*told, Prose(say("letter.no_piece", language))]
    )


def _timeline(content: BundleContent, language: str) -> list[Part]:
    parts: list[Part] = [Heading(say("letter.timeline", language))]
    acts = [
        [
            _day(each["acted_on"], language),
            say(f"letter.act_{each['kind']}", language),
            _received(each, language),
        ]
        for each in content.procedure.acts
        if each["replaced_by"] is None and each["lapsed_at"] is None
    ]
    if acts:
        parts += [
            Heading(say("letter.acts", language), level=2),
            Table(_heads(language, "day", "act", "received"), acts, [3, 4, 3]),
        ]
    # A judge is shown the law; what nobody read is none, and what is doubtful the lawyer argues.
    dates = [
        [
            # To the judge what the rule gives; the cautious reading is for those who must act.
            _day(each["date" if each["overridden"] else "computed_date"], language),
            _meaning(each, language),
            cite(provision(each["article"]), language),
        ]
        for each in content.procedure.deadlines
        if each["certainty"] != Certainty.UNVERIFIED
    ]
    if dates:
        parts += [
            Heading(say("letter.deadlines", language), level=2),
            Prose(say("letter.computed", language)),
            Table(_heads(language, "day", "meaning", "source"), dates, [3, 5, 4]),
        ]
    return parts if len(parts) > 1 else [*parts, Prose(say("letter.nothing", language))]


def _heads(language: str, *columns: str) -> list[str]:
    return [say(f"letter.{column}", language) for column in columns]


def _received(act: Mapping[str, Any], language: str) -> str:
    return _day(act["received_on"], language) if act["received_on"] else ""


def _meaning(deadline: Mapping[str, Any], language: str) -> str:
    """What a date is: by the catalogues, else by the words that its rule brings along."""
    key = f"letter.date_{deadline['computes']}"
    if has_text(key):
        said = say(key, language)
    elif deadline["label"]:
        said = deadline["label"][language]
    else:
        said = say("letter.date_other", language)
    return f"{said} {say('letter.overridden', language)}" if deadline["overridden"] else said


def _images(pieces: list[Piece], pictures: Mapping[int, Picture], language: str) -> list[Part]:
    parts: list[Part] = []
    for each in pieces:
        if each.position in pictures:
            title = say("letter.piece_title", language, number=each.position, title=each.title)
            parts += [Heading(title), pictures[each.position]]
    return parts


def _day(day: str | date | datetime, language: str) -> str:
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return day_in_words(legal_day(on) if isinstance(on, datetime) else on, language)
