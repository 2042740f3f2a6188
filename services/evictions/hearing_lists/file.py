"""A file as courts and spreadsheets write it, down to the four things that are looked for. Pure.

Every other column, names first, is passed over here and goes no further.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import PostingKind
from services.shared.clock import brussels
from services.shared.errors import RuleBroken

MAX_ROWS = 10_000
_DELIMITERS = ";,\t|"
# What a spreadsheet would run as a formula; such a cell is refused, never shown.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUOTED = re.compile(r'="(.*)"')
_LENGTHS = {"canton": 100, "roll_number": 50, "room": 50}
_HEADERS = {
    "canton": "canton kanton justicedepaix vredegerecht juridiction rechtbank court"
    " justiceofthepeace",
    "roll_number": "role norole nrole numrole numeroderole numerorole nderole rg nrg norg rolnummer"
    " rolnr rol arnummer roll rollno rollnumber",
    "date": "date dateaudience datedaudience datum zittingsdatum datumzitting hearingdate jour dag"
    " day",
    "time": "heure heureaudience heuredaudience uur uurzitting aanvangsuur tijd time hour",
    "room": "salle salledaudience zaal zittingszaal room courtroom",
    "kind": "type nature aard soort kind",
}
_COLUMN_OF = {word: column for column, words in _HEADERS.items() for word in words.split()}
_KINDS = {
    PostingKind.HEARING_MOVED: "audience introduction plaidoiries remise zitting inleiding"
    " pleidooien uitstel hearing adjournment",
    PostingKind.JUDGMENT_SET: "jugement prononce vonnis uitspraak judgment judgement",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
# A hearing that falls away (Judicial Code art. 730: radiation and omission; 820: désistement).
_ENDINGS = {
    CallOffReason.STRUCK_FROM_ROLL: "radiation radiee raye rayee biffee schrapping geschrapt"
    " doorhaling doorgehaald struck removed",
    CallOffReason.OMITTED_FROM_ROLL: "omission omise weglating weggelaten omitted",
    CallOffReason.WITHDRAWN: "desistement afstand withdrawn withdrawal",
    CallOffReason.ADJOURNED_SINE_DIE: "sinedie remisesinedie renvoiaurole uitstelsinedie"
    " onbepaaldeduur adjournedsinedie",
    CallOffReason.SETTLED: "accord conciliation akkoord minnelijkeschikking settled settlement",
}
_ENDING_OF = {word: ending for ending, words in _ENDINGS.items() for word in words.split()}
_KIND_OF |= dict.fromkeys(_ENDING_OF, PostingKind.HEARING_CANCELLED)
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_HOUR = re.compile(r"(\d{1,2})(?:\s*(?:[:.hHuU]|uur)\s*(\d{2})?(?::\d{2})?)?\s*(?:uur)?")


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """A row of the file; with a `problem`, nothing else of it is known.

    `kind` is None where its word is unknown to us, `starts_at` where there is no hour.
    """

    number: int
    problem: str | None = None
    kind: PostingKind | None = None
    canton: str = ""
    roll_number: str = ""
    day: date | None = None
    starts_at: datetime | None = None
    room: str | None = None
    because: CallOffReason | None = None


def lines(content: bytes) -> list[ListLine]:
    """The rows of a file; RuleBroken if it is no list. An unreadable row names its problem."""
    try:
        return list(_read(_decoded(content)))
    except csv.Error as broken:
        raise RuleBroken("list-unreadable") from broken


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RuleBroken("list-unreadable")


def _read(text: str) -> Iterator[ListLine]:
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):
        text, first = rest, rest.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = _columns(next(rows, []))
    counted = 0
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        counted += 1
        if counted > MAX_ROWS:
            raise RuleBroken("list-too-long")
        yield _line(rows.line_num, cells, columns)


def _columns(header: list[str]) -> dict[str, int]:
    """The first column of each meaning, by its place."""
    found: dict[str, int] = {}
    for position, name in enumerate(header):
        column = _COLUMN_OF.get(plain(name))
        if column:
            found.setdefault(column, position)
    if not {"canton", "roll_number", "date"} <= found.keys():
        raise RuleBroken("list-columns-missing")
    return found


def plain(word: str) -> str:
    """The text without accents, case, spaces and signs."""
    spelled = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in spelled if letter.isalnum())


def _line(number: int, cells: list[str], columns: dict[str, int]) -> ListLine:
    given = {
        column: _unquoted(cells[position]) if position < len(cells) else ""
        for column, position in columns.items()
    }
    problem = _problem(given)
    day, starts_at = None, None
    if problem is None:
        day, clock, problem = _when(given["date"], given.get("time", ""))
        starts_at = brussels(day, clock) if day and clock else None
    if problem is not None:
        return ListLine(number=number, problem=problem)
    word = plain(given.get("kind", ""))
    return ListLine(
        number=number,
        kind=_KIND_OF.get(word) if word else PostingKind.HEARING_MOVED,
        canton=given["canton"],
        roll_number=given["roll_number"],
        day=day,
        starts_at=starts_at,
        room=given.get("room") or None,
        because=_ENDING_OF.get(word),
    )


def _unquoted(cell: str) -> str:
    """The cell without `="…"`, by which spreadsheets are kept from eating a number."""
    quoted = _QUOTED.fullmatch(cell.strip())
    return quoted[1].strip() if quoted else cell.strip(" \u00a0\n")


def _problem(given: dict[str, str]) -> str | None:
    if any(cell.startswith(_FORMULA) for cell in given.values()):
        return "formula"
    if any(len(given.get(name, "")) > most for name, most in _LENGTHS.items()):
        return "too-long"
    if not all(cell.isprintable() for cell in given.values()):
        return "unreadable"
    return next((f"{name}-missing" for name in ("canton", "roll_number") if not given[name]), None)


def _when(given_day: str, given_time: str) -> tuple[date | None, time | None, str | None]:
    """The day and, if there is one, the instant; the hour may stand in the cell of the date."""
    words = given_day.replace("T", " ").split(maxsplit=1)
    day = _day(words[0]) if words else None
    if day is None:
        return None, None, "date-unreadable"
    hour = given_time or (words[1] if len(words) > 1 else "")
    clock = _clock(hour) if hour else None
    return day, clock, "time-unreadable" if hour and clock is None else None


def _day(word: str) -> date | None:
    european, iso = _DAY_FIRST.fullmatch(word), _YEAR_FIRST.fullmatch(word)
    if european:
        day, month, year = map(int, european.groups())
    elif iso:
        year, month, day = map(int, iso.groups())
    else:
        return None
    try:
        return date(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def _clock(word: str) -> time | None:
    found = _HOUR.fullmatch(word.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))
