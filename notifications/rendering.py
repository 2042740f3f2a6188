"""An alert in words: a subject and paragraphs of the catalogue, in one layout. A message holds a
case code, a link, a day and a time; nothing else can reach a text, so that no mailbox ever learns
who the family is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.catalogue import ACTING_NAMED, CATALOGUE, DIGEST_KIND
from services.shared.alerts import RecipientRole
from services.shared.clock import legal_day
from services.shared.words.catalogue import (
    day_in_words,
    has_text,
    say,
    spoken,
    time_in_words,
)

ALLOWED = frozenset({"code", "day", "time", "count", "in_days"})
# Of a legal date whose rule is not beyond doubt; empty for any other.
ALLOWED |= {"to_confirm", "doubt"}
# Of a date among several: what the day is for, in the words of a list of dates.
ALLOWED |= {"what"}
# Of a rung: which kind of alert nobody acknowledged, of when, since when, and as what one is told.
ALLOWED |= {"about", "of", "told_as", "since_day", "since_time", "to_end"}
# Of a session: which of its series.
ALLOWED |= {"number"}
# A digest holds the subjects of what it tells, and their links.
ALLOWED_IN_DIGEST = frozenset({"count"})
DOUBTS = ("disputed", "unverified")
# When a text is said in other words: `mail.<kind>.body.<variant>`, where the catalogue has it.
DAYS = ("over", "today", "tomorrow", "ahead", "undated")
VARIANTS = (*DAYS, "unassigned", "uncounted")

_LAYOUTS = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(enabled_extensions=("html",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    # Compiled once a process: they change with a release, not under a running worker.
    auto_reload=False,
)


class Unrenderable(Exception):
    """This release has no words for the alert. A later one may; the alert waits for it."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    language: str
    subject: str
    text: str
    html: str


def render(
    kind: str,
    facts: Mapping[str, Any],
    *,
    language: str | None,
    code: str | None,
    link: str,
    today: date,
    confirmed: bool = True,
) -> Rendered:
    """The message in the person's language, or in French if we do not write theirs.

    The days that are left are counted from `today`: a late message never tells a wrong number.
    A doubt about a date also says so if its rules are not `confirmed` by a lawyer of the network.
    """
    reader = spoken(language)
    try:
        if any(facts.get(name) is None for name in CATALOGUE[kind].facts):
            raise Unrenderable(kind)
        known = {"code": code or "", **_values(kind, facts, reader, today)}
        if known["doubt"] and not confirmed:
            known["doubt"] += " " + say("mail.doubt.not_confirmed", reader)
        variants = _variants(facts, known["count"])
        subject, body = (_said(kind, part, variants, reader, known) for part in ("subject", "body"))
    except (LookupError, TypeError, ValueError) as fault:
        raise Unrenderable(kind) from fault
    return _laid_out(subject, body, reader, link)


def render_digest(
    told: Sequence[tuple[str, Mapping[str, Any], str | None, str]],
    *,
    language: str | None,
    link: str,
    today: date,
) -> Rendered:
    """Several alerts in one message: of each (kind, facts, code, link) its subject and its link."""
    lines = [
        (
            render(kind, facts, language=language, code=code, link=own, today=today).subject,
            own,
        )
        for kind, facts, code, own in told
    ]
    reader = spoken(language)
    subject = say(f"mail.{DIGEST_KIND}.subject", reader, count=len(lines))
    return _laid_out(subject, say(f"mail.{DIGEST_KIND}.body", reader), reader, link, lines)


def _laid_out(
    subject: str,
    body: str,
    language: str,
    link: str,
    lines: Sequence[tuple[str, str]] = (),
) -> Rendered:
    """Every message looks the same; a paragraph of which nothing is left is not there."""
    parts = {
        **{name: say(f"mail.{name}", language) for name in ("greeting", "open", "footer")},
        "paragraphs": [each for each in body.split("\n\n") if each],
        "lines": lines,
        "link": link,
        "language": language,
    }
    text, html = (_LAYOUTS.get_template(f"layout.{form}").render(parts) for form in ("txt", "html"))
    return Rendered(language=language, subject=" ".join(subject.split()), text=text, html=html)


def _said(
    kind: str, part: str, variants: Sequence[str], language: str, known: Mapping[str, Any]
) -> str:
    key = f"mail.{kind}.{part}"
    varied = (f"{key}.{variant}" for variant in variants)
    return say(next(filter(has_text, varied), key), language, **known)


def _variants(facts: Mapping[str, Any], days_left: int | None) -> list[str]:
    applying = [_when(days_left)]
    if not facts.get("since"):
        applying.append("unassigned")
    if not facts.get("counted"):
        applying.append("uncounted")
    return applying


def _when(days_left: int | None) -> str:
    if days_left is None:
        return "undated"
    return "over" if days_left < 0 else {0: "today", 1: "tomorrow"}.get(days_left, "ahead")


def _values(kind: str, facts: Mapping[str, Any], language: str, today: date) -> dict[str, Any]:
    """Known words only: what else a fact holds reaches no message."""
    known = _moments(facts, language, today) | _climb(kind, facts, language)
    in_days = f"mail.in_days.{_when(known['count'])}"
    known["in_days"] = say(in_days, language, **known) if has_text(in_days) else ""
    known["number"] = facts.get("number")
    known["what"] = _what(facts.get("what"), language)
    doubt = facts.get("certainty") if facts.get("certainty") in DOUBTS else None
    known["to_confirm"] = say("mail.to_confirm", language) if doubt else ""
    known["doubt"] = say(f"mail.doubt.{doubt}", language) if doubt else ""
    of = [known["day"], known["time"], say("mail.by_a_lawyer", language) if doubt else None]
    known["of"] = f" ({', '.join(filter(None, of))})" if known["day"] else ""
    return known


def _what(computes: str | None, language: str) -> str:
    """In brackets; nothing for a date without a name, such as one of a network's own rule."""
    key = f"date.{computes}"
    if not computes or not has_text(key):
        return ""
    words = say(key, language)
    return f" ({words[:1].lower()}{words[1:]})"


def _climb(kind: str, facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    since = datetime.fromisoformat(facts["since"]) if facts.get("since") else None
    said = [name for name in ("about", "told_as") if name in CATALOGUE[kind].facts]
    named: dict[str, str] = {name: facts[name] for name in said}
    if "told_as" in named:
        # Whoever said that its reader acts may not read the case themselves.
        reads = kind == ACTING_NAMED or facts["told_as"] == RecipientRole.SUBSTITUTE
        named["to_end"] = "reads" if reads else "says_who"
    return {
        **{name: say(f"mail.{name}.{value}", language) for name, value in named.items()},
        "since_day": day_in_words(legal_day(since), language) if since else None,
        "since_time": time_in_words(since, language) if since else None,
    }


def _moment_of(facts: Mapping[str, Any]) -> Any:
    """A hearing; the closing of a ballot, before the session that it is of."""
    return facts.get("hearing_at") or facts.get("closes_at") or facts.get("session_at")


def _moments(facts: Mapping[str, Any], language: str, today: date) -> dict[str, Any]:
    """`day` and `time` in words, and `count`: how many days are left."""
    day, time = None, None
    if stated := _moment_of(facts):
        moment = datetime.fromisoformat(stated)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        day, time = legal_day(moment), time_in_words(moment, language)
    elif facts.get("due_on"):
        day = date.fromisoformat(facts["due_on"])
    if day is None:
        return {"day": None, "time": None, "count": None}
    return {"day": day_in_words(day, language), "time": time, "count": (day - today).days}
