"""An alert in words. A message holds a case code, a link, a day and a time; nothing else can
reach a template, so that no mailbox ever learns who the family is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)

from notifications.catalogue import CATALOGUE, DIGEST_KIND
from notifications.dates import LANGUAGES, day_in_words, time_in_words
from services.shared.clock import legal_day

TEMPLATES = Path(__file__).parent / "templates"
ALLOWED = frozenset({"code", "link", "day", "time", "days_left"})
# Of a legal date whose rule is not beyond doubt; None for any other.
ALLOWED |= {"certainty"}
# Of a rung: which kind of alert nobody acknowledged, since when, and as what one is told.
ALLOWED |= {"about", "told_as", "since_day", "since_time"}
# Of a session: which of its series.
ALLOWED |= {"number"}
# Of a ballot that is over: whether it was counted.
ALLOWED |= {"counted"}
# A digest holds the subjects of what it tells, and their links.
ALLOWED_IN_DIGEST = frozenset({"lines", "link"})
DOUBTS = ("disputed", "unverified")
PARTS = ("subject.txt", "txt", "html")
DEFAULT_LANGUAGE = "fr"

ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
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
) -> Rendered:
    """The message in the person's language, or in French if we do not write theirs.

    The days that are left are counted from `today`: a late message never tells a wrong number.
    """
    spoken = language if language in LANGUAGES else DEFAULT_LANGUAGE
    try:
        if any(facts.get(name) is None for name in CATALOGUE[kind].facts):
            raise Unrenderable(kind)
        known = {"code": code or "", "link": link, **_moments(facts, spoken, today)}
        known |= {"number": facts.get("number"), "counted": facts.get("counted")}
        known |= _climb(facts, spoken) | {"certainty": _certainty(facts)}
        subject, text, html = (_part(kind, spoken, part, known) for part in PARTS)
    except (LookupError, TypeError, ValueError, TemplateError) as fault:
        raise Unrenderable(kind) from fault
    return Rendered(language=spoken, subject=" ".join(subject.split()), text=text, html=html)


def render_digest(
    told: Sequence[tuple[str, Mapping[str, Any], str | None, str]],
    *,
    language: str | None,
    link: str,
    today: date,
) -> Rendered:
    """Several alerts in one message: of each (kind, facts, code, link) its subject and its link."""
    lines = [
        {
            "words": render(
                kind, facts, language=language, code=code, link=own, today=today
            ).subject,
            "link": own,
        }
        for kind, facts, code, own in told
    ]
    return _digest(lines, language if language in LANGUAGES else DEFAULT_LANGUAGE, link)


def _digest(lines: list[dict[str, str]], spoken: str, link: str) -> Rendered:
    known = {"lines": lines, "link": link}
    try:
        subject, text, html = (_part(DIGEST_KIND, spoken, part, known) for part in PARTS)
    except TemplateError as fault:
        raise Unrenderable(DIGEST_KIND) from fault
    return Rendered(language=spoken, subject=" ".join(subject.split()), text=text, html=html)


def template_name(kind: str, language: str, part: str) -> str:
    return f"{language}/{kind.replace('.', '/')}.{part}"


def _part(kind: str, language: str, part: str, known: dict[str, Any]) -> str:
    return ENVIRONMENT.get_template(template_name(kind, language, part)).render(known)


def _certainty(facts: Mapping[str, Any]) -> str | None:
    """Known words only: what else a fact holds reaches no message."""
    return facts["certainty"] if facts.get("certainty") in DOUBTS else None


def _climb(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    since = datetime.fromisoformat(facts["since"]) if facts.get("since") else None
    return {
        "about": facts.get("about"),
        "told_as": facts.get("told_as"),
        "since_day": day_in_words(legal_day(since), language) if since else None,
        "since_time": time_in_words(since, language) if since else None,
    }


def _moment_of(facts: Mapping[str, Any]) -> Any:
    """A hearing; the closing of a ballot, before the session that it is of."""
    return facts.get("hearing_at") or facts.get("closes_at") or facts.get("session_at")


def _moments(facts: Mapping[str, Any], language: str, today: date) -> dict[str, Any]:
    if stated := _moment_of(facts):
        moment = datetime.fromisoformat(stated)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        day = legal_day(moment)
        return {
            "day": day_in_words(day, language),
            "time": time_in_words(moment, language),
            "days_left": (day - today).days,
        }
    if facts.get("due_on"):
        due = date.fromisoformat(facts["due_on"])
        return {
            "day": day_in_words(due, language),
            "time": None,
            "days_left": (due - today).days,
        }
    return {"day": None, "time": None, "days_left": None}
