"""`maillage deadline`: one legal date on the command line, with its reasons.

`maillage deadline explain` does it by a rule of a rule set, and says what the rule rests on.
"""

import argparse
import json
from datetime import date

from infra.cli.parser import OneSentenceParser, complain
from services.evictions.calendar import belgium
from services.evictions.deadlines import Counting, Deadline, DeadlineError, Unit, compute
from services.evictions.delivery import Delivery
from services.evictions.rulebook import DatedAct, Rule, apply
from services.evictions.rulefile import LANGUAGES
from services.evictions.rulesets import codes, shipped

_QUESTION = ("delay", "unit", "counting")
_RULE_LABELS = {"en": ("Rule", "Source"), "fr": ("Règle", "Source"), "nl": ("Regel", "Bron")}
_LABELS = {
    "en": ("Date", "Other reading", "Not legal advice: have a lawyer confirm this date."),
    "fr": ("Date", "Autre lecture", "Pas un conseil juridique : à confirmer par un avocat."),
    "nl": ("Datum", "Andere lezing", "Geen juridisch advies: laat een advocaat dit bevestigen."),
}


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    """Add the subcommand; `subparsers` comes from a OneSentenceParser."""
    parser = subparsers.add_parser("deadline", help="compute a legal date and explain it")
    parser.add_argument("action", nargs="?", choices=["explain"], help="by a rule, with its source")
    parser.add_argument("--from", dest="start", type=_day, required=True, metavar="YYYY-MM-DD")
    parser.add_argument("--delay", type=_whole, metavar="N")
    parser.add_argument("--unit", choices=[each.value for each in Unit])
    parser.add_argument("--counting", choices=[each.value for each in Counting])
    parser.add_argument("--rule", help="to explain: its id, for example BRU-10")
    parser.add_argument("--rule-set", choices=codes(), default="BXL-2023-09")
    parser.add_argument("--received", type=_day, metavar="YYYY-MM-DD")
    parser.add_argument("--delivery", choices=[each.value for each in Delivery])
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the date: 0, or 2 with one sentence on stderr for a question without a meaning."""
    try:
        if args.action == "explain":
            return _explain(args)
        missing = [name for name in _QUESTION if getattr(args, name) is None]
        if missing:
            names = ", ".join(f"--{name}" for name in missing)
            return complain("maillage deadline", f"the following are required: {names}.")
        unit, counting = Unit(args.unit), Counting(args.counting)
        deadline = compute(args.start, args.delay, unit, counting, calendar=belgium())
    except DeadlineError as refusal:
        return complain("maillage deadline", str(refusal))
    print(_as_json(deadline, args.language) if args.json else _as_text(deadline, args.language))
    return 0


def _explain(args: argparse.Namespace) -> int:
    rule_set = shipped(args.rule_set)
    found = next((rule for rule in rule_set.rules if rule.id == args.rule), None)
    if found is None:
        known = ", ".join(rule.id for rule in rule_set.rules)
        return complain("maillage deadline explain", f"--rule is one of {known}.")
    act = DatedAct(
        kind=found.trigger,
        acted_on=args.start,
        received_on=args.received,
        delivery=Delivery(args.delivery) if args.delivery else None,
    )
    deadline = apply(found, act, belgium())
    if args.json:
        print(_as_json(deadline, args.language, found))
        return 0
    rule, source = _RULE_LABELS[args.language]
    print(f"{rule}: {rule_set.code} v{rule_set.version} {found.id} ({found.computes})")
    print(found.explanation.say(args.language))
    print(_as_text(deadline, args.language))
    print(f"{source}: {found.article}; {found.source}; {found.certainty.value}")
    return 0


def _as_json(deadline: Deadline, language: str, rule: Rule | None = None) -> str:
    steps = [
        {
            "code": step.code,
            "words": step.say(language),
            "date": _iso(step.date),
            "article": step.article,
        }
        for step in deadline.steps
    ]
    answer: dict[str, str | None] = {
        "date": _iso(deadline.date),
        "earlier_reading": _iso(deadline.earlier_reading),
    }
    if rule is not None:
        names = ("article", "source", "certainty")
        said = {name: str(getattr(rule, name)) for name in names}
        answer |= {"rule": rule.id, **said, "explanation": rule.explanation.say(language)}
    return json.dumps({**answer, "steps": steps}, indent=2)


def _as_text(deadline: Deadline, language: str) -> str:
    label, other, caution = _LABELS[language]
    lines = [f"{label}: {deadline.date}"]
    if deadline.earlier_reading:
        lines.append(f"{other}: {deadline.earlier_reading}")
    lines += [f"- {step.say(language)} ({step.article})" for step in deadline.steps]
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
