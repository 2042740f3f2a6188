"""`maillage deadline`: one legal date on the command line, with its reasons."""

import argparse
import json
from datetime import date

from infra.cli.parser import OneSentenceParser, complain
from services.evictions.calendar import belgium
from services.evictions.deadlines import Counting, Deadline, DeadlineError, Unit, compute
from services.evictions.rulefile import LANGUAGES

_LABELS = {
    "en": ("Date", "Other reading", "Not legal advice: have a lawyer confirm this date."),
    "fr": ("Date", "Autre lecture", "Pas un conseil juridique : à confirmer par un avocat."),
    "nl": ("Datum", "Andere lezing", "Geen juridisch advies: laat een advocaat dit bevestigen."),
}


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    """Add the subcommand; `subparsers` comes from a OneSentenceParser."""
    parser = subparsers.add_parser("deadline", help="compute a legal date and explain it")
    parser.add_argument("--from", dest="start", type=_day, required=True, metavar="YYYY-MM-DD")
    parser.add_argument("--delay", type=_whole, required=True, metavar="N")
    parser.add_argument("--unit", choices=[each.value for each in Unit], required=True)
    parser.add_argument("--counting", choices=[each.value for each in Counting], required=True)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the date: 0, or 2 with one sentence on stderr for a question without a meaning."""
    unit, counting = Unit(args.unit), Counting(args.counting)
    try:
        deadline = compute(args.start, args.delay, unit, counting, calendar=belgium())
    except DeadlineError as refusal:
        return complain("maillage deadline", str(refusal))
    print(_as_json(deadline, args.language) if args.json else _as_text(deadline, args.language))
    return 0


def _as_json(deadline: Deadline, language: str) -> str:
    steps = [
        {
            "code": step.code,
            "words": step.words.say(language),
            "date": _iso(step.date),
            "article": step.article,
        }
        for step in deadline.steps
    ]
    answer = {"date": _iso(deadline.date), "earlier_reading": _iso(deadline.earlier_reading)}
    return json.dumps({**answer, "steps": steps}, indent=2)


def _as_text(deadline: Deadline, language: str) -> str:
    label, other, caution = _LABELS[language]
    lines = [f"{label}: {deadline.date}"]
    if deadline.earlier_reading:
        lines.append(f"{other}: {deadline.earlier_reading}")
    lines += [f"- {step.words.say(language)} ({step.article})" for step in deadline.steps]
    return "\n".join([*lines, caution])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day written YYYY-MM-DD")
    return day


def _whole(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 9):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
