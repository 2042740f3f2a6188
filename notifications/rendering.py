"""An alert in words. A message holds a case code, a link, a day and a time; nothing else can
reach a template, so that no mailbox ever learns who the family is.
"""

from collections.abc import Mapping
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

from notifications.dates import LANGUAGES, day_in_words, time_in_words
from services.shared.clock import legal_day

TEMPLATES = Path(__file__).parent / "templates"
ALLOWED = frozenset({"code", "link", "day", "time", "days_left"})
# Every kind of alert, and the facts without which its message would be wrong.
KINDS: Mapping[str, tuple[str, ...]] = {
    "audit.reading_unusual": (),
    "cases.closed": (),
    "cases.closing_expired": (),
    "cases.closing_proposed": (),
    "cases.closing_refused": (),
    "cases.handover_accepted": (),
    "cases.handover_declined": (),
    "cases.handover_expired": (),
    "cases.handover_proposed": (),
    "cases.orphaned": (),
    "cases.participant_invited": (),
    "cases.plan_objected": (),
    "cases.reference_leaving": (),
    "cases.reopened": (),
    "cases.task_due": (),
    "cases.watch_review": ("due_on",),
    "cases.worker_requested": (),
    "consent.ending": (),
    "documents.infected": (),
    "consent.glass_broken": (),
    "consent.glass_often": (),
    "consent.glass_review_due": (),
    "consent.glass_suspended": (),
    "evictions.deadline_approaching": ("due_on",),
    "evictions.deadline_moved": ("due_on",),
    "evictions.deadlines_recomputed": (),
    "evictions.hearing_approaching": ("hearing_at",),
    "evictions.hearing_called_off": ("hearing_at", "uid", "sequence"),
    "evictions.hearing_invited": ("hearing_at", "uid", "sequence"),
    "evictions.hearing_left": ("hearing_at", "uid", "sequence"),
    "evictions.hearing_posted": (),
    "evictions.instalment_missed": ("due_on",),
    "evictions.term_missed": ("due_on",),
    "portal.choice_made": (),
    "portal.request_made": (),
    "retention.erasure_requested": (),
    "retention.purge_approaching": ("due_on",),
}
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
        if any(facts.get(name) is None for name in KINDS[kind]):
            raise Unrenderable(kind)
        known = {"code": code or "", "link": link, **_moments(facts, spoken, today)}
        subject, text, html = (_part(kind, spoken, part, known) for part in PARTS)
    except (LookupError, TypeError, ValueError, TemplateError) as fault:
        raise Unrenderable(kind) from fault
    return Rendered(language=spoken, subject=" ".join(subject.split()), text=text, html=html)


def template_name(kind: str, language: str, part: str) -> str:
    return f"{language}/{kind.replace('.', '/')}.{part}"


def _part(kind: str, language: str, part: str, known: dict[str, Any]) -> str:
    return ENVIRONMENT.get_template(template_name(kind, language, part)).render(known)


def _moments(facts: Mapping[str, Any], language: str, today: date) -> dict[str, Any]:
    if facts.get("hearing_at"):
        moment = datetime.fromisoformat(facts["hearing_at"])
        if moment.tzinfo is None:
            raise ValueError("hearing_at has no zone")
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
