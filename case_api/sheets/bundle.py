"""What stands in a defence bundle: letter, inventory, timeline, and the images themselves."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from case_api.sheets.render import Heading, Items, Part, Picture, Sheet, Table, Words
from notifications.dates import day_in_words, time_in_words
from services.evictions.bundles.content import BundleContent, Measured, Piece
from services.shared.clock import legal_day

Say = Callable[..., str]


def bundle_sheet(
    content: BundleContent, measured: Mapping[int, Measured], pictures: Mapping[int, Picture]
) -> Sheet:
    """`measured` and `pictures` by the position of the piece."""
    say = _say_in(content.letter.language)
    return Sheet(
        title=say("title", code=content.procedure.case_code),
        language=content.letter.language,
        running=content.procedure.case_code,
        made_at=content.frozen_at,
        parts=[
            *_letter(content, say),
            *_inventory(content.pieces, measured, say),
            *_timeline(content, say),
            *_images(content.pieces, pictures, say),
            Words(say("missing")),
        ],
    )


def letter_lines(content: BundleContent) -> list[str]:
    """The letter as it would be printed, a paragraph or an item a line."""
    said: list[str] = []
    for part in _letter(content, _say_in(content.letter.language)):
        if isinstance(part, Items):
            said.extend(part.texts)
        elif isinstance(part, Heading | Words):
            said.extend(part.text.splitlines())
    return said


def _letter(content: BundleContent, say: Say) -> list[Part]:
    letter, procedure = content.letter, content.procedure
    subject = [say("court", canton=procedure.canton)]
    if procedure.roll_number:
        subject.append(say("roll", number=procedure.roll_number))
    subject.append(_hearing(content, say))
    if letter.names:
        subject.append(say("household", names=", ".join(letter.names)))
    pieces = [f"{each.position}. {each.item_name}: {each.title}" for each in content.pieces]
    return [
        Heading(say("letter")),
        Words(say("made", day=_day(content.frozen_at, say))),
        Items(subject),
        Words(say("greeting")),
        Words(letter.words),
        Words(say("enclosed") if pieces else say("no_piece")),
        *([Items(pieces)] if pieces else []),
        Words(say("closing")),
        Words(f"{letter.author}\n{letter.organisation}"),
    ]


def _hearing(content: BundleContent, say: Say) -> str:
    found = next((each for each in content.procedure.hearings if each["state"] == "set"), None)
    if found is None:
        return say("no_hearing")
    at = datetime.fromisoformat(found["starts_at"])
    said = say("hearing", day=_day(at, say), time=time_in_words(at, say("language")))
    return f"{said} {say('room', room=found['room'])}" if found["room"] else said


def _inventory(pieces: list[Piece], measured: Mapping[int, Measured], say: Say) -> list[Part]:
    rows = [
        [
            str(each.position),
            f"{each.item_name}: {each.title}",
            _day(each.dated_on, say) if each.dated_on else "",
            say("inside") if measured[each.position].embedded else each.original_name,
            measured[each.position].sha256.hex(),
        ]
        for each in pieces
    ]
    header = [say(each) for each in ("number", "piece", "dated", "where", "fingerprint")]
    told: list[Part] = [Heading(say("inventory")), Words(say("inventory_words"))]
    return (
        [*told, Table(header, rows, [1, 5, 3, 3, 5])] if rows else [*told, Words(say("no_piece"))]
    )


def _timeline(content: BundleContent, say: Say) -> list[Part]:
    parts: list[Part] = [Heading(say("timeline"))]
    acts = [
        [_day(each["acted_on"], say), say(f"act_{each['kind']}"), _received(each, say)]
        for each in content.procedure.acts
        if each["replaced_by"] is None
    ]
    if acts:
        parts += [
            Heading(say("acts"), level=2),
            Table([say("day"), say("act"), say("received")], acts, [3, 4, 3]),
        ]
    dates = [
        [_day(each["date"], say), _meaning(each, say), _source(each, say)]
        for each in content.procedure.deadlines
    ]
    if dates:
        parts += [
            Heading(say("deadlines"), level=2),
            Words(say("no_advice")),
            Table([say("day"), say("meaning"), say("source")], dates, [3, 5, 4]),
        ]
    return parts if len(parts) > 1 else [*parts, Words(say("nothing"))]


def _received(act: Mapping[str, Any], say: Say) -> str:
    return _day(act["received_on"], say) if act["received_on"] else ""


def _meaning(deadline: Mapping[str, Any], say: Say) -> str:
    """The meaning of a date in plain words, or only its article if its rule fell away."""
    explained = deadline["explanation"]
    said = explained[say("language")] if explained else ""
    return f"{said} {say('overridden')}".strip() if deadline["overridden"] else said


def _source(deadline: Mapping[str, Any], say: Say) -> str:
    certainty = say(f"certainty_{deadline['certainty']}")
    return f"{deadline['article']} ({deadline['source']}). {certainty}"


def _images(pieces: list[Piece], pictures: Mapping[int, Picture], say: Say) -> list[Part]:
    parts: list[Part] = []
    for each in pieces:
        if each.position in pictures:
            title = say("piece_title", number=each.position, title=each.title)
            parts += [Heading(title), pictures[each.position]]
    return parts


def _day(day: str | date | datetime, say: Say) -> str:
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return day_in_words(legal_day(on) if isinstance(on, datetime) else on, say("language"))


def _say_in(language: str) -> Say:
    """The words of this language, filled in by name; `language` says which it is."""

    def say(name: str, /, **filled: Any) -> str:
        return language if name == "language" else _words()[name][language].format(**filled)

    return say


@cache
def _words() -> dict[str, dict[str, str]]:
    told = (Path(__file__).parent / "bundle_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(told)
