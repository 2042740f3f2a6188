"""`maillage deadline`: one legal date on the command line, with its reasons.

`maillage deadline explain` does it by a rule of a rule set, and says what the rule rests on.
"""

import argparse
import json
import re
from datetime import date

from infra.cli.parser import OneSentenceParser, complain
from services.evictions.counting.calendar import belgium
from services.evictions.counting.citing import cite
from services.evictions.counting.deadlines import Counting, Deadline, DeadlineError, Unit, compute
from services.evictions.counting.delivery import Delivery
from services.evictions.law.acts import Circumstances, DatedAct, Ground, Lifting
from services.evictions.law.moratorium import Moratorium, season_step
from services.evictions.law.norms import Norm
from services.evictions.law.rulebook import Duty, Rule, RuleSet, apply
from services.evictions.law.rulesets import codes, shipped
from services.shared.words.catalogue import LANGUAGES, say

_QUESTION = ("delay", "unit", "counting")


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
    parser.add_argument(
        "--exception",
        choices=[each.value for each in Ground],
        help="to explain: why the winter moratorium does not hold",
    )
    parser.add_argument("--exception-on", type=_day, metavar="YYYY-MM-DD", help="decided that day")
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
    asked = [each for each in norms(rule_set) if _is_meant(each.id, args.rule or "")]
    if not asked:
        known = ", ".join(each.id for each in norms(rule_set))
        return complain("maillage deadline explain", f"--rule is one of {known}.")
    answers = [(each, _date(each, args)) for each in asked]
    if args.json:
        told = [_as_json(deadline, args.language, norm) for norm, deadline in answers]
        print(told[0] if len(told) == 1 else f"[{', '.join(told)}]")
        return 0
    for norm, deadline in answers:
        _print(norm, deadline, rule_set, args.language)
    return 0


def norms(rule_set: RuleSet) -> list[Norm]:
    """All that can be explained: dates, seasons and their exceptions, duties."""
    exemptions = [each for season in rule_set.moratoria for each in season.exemptions]
    return [*rule_set.rules, *rule_set.moratoria, *exemptions, *rule_set.duties]


def _is_meant(rule_id: str, asked: str) -> bool:
    """A rule is meant by its id or by its family: BRU-12x for BRU-12x-1 to BRU-12x-4."""
    return rule_id == asked or re.fullmatch(f"{re.escape(asked)}-[0-9]", rule_id) is not None


def _date(norm: Norm, args: argparse.Namespace) -> Deadline | None:
    """What follows from the day; None for what the law asks without a date."""
    if isinstance(norm, Moratorium):
        day = norm.first_day_after(args.start)
        return Deadline(day, None, (season_step("moratorium", day, norm),))
    if isinstance(norm, Duty):
        return norm.last_day(args.start)
    if not isinstance(norm, Rule):
        return None
    act = DatedAct(
        kind=norm.triggers[0],
        acted_on=args.start,
        received_on=args.received,
        delivery=Delivery(args.delivery) if args.delivery else None,
    )
    since = args.exception_on or args.start
    lifted = (Lifting(Ground(args.exception), since),) if args.exception else ()
    return apply(norm, act, belgium(), Circumstances(lifted=lifted))


def _print(norm: Norm, deadline: Deadline | None, rule_set: RuleSet, language: str) -> None:
    computes = f" ({norm.computes})" if isinstance(norm, Rule) else ""
    rule = f"{rule_set.code} v{rule_set.version} {norm.id}{computes}"
    certainty = say(f"explain.certainty.{norm.certainty}", language)
    source = "; ".join((cite(norm.article, language), norm.source, certainty))
    print(say("explain.rule", language, rule=rule))
    print(norm.explanation.say(language))
    print(_as_text(deadline, language) if deadline else say("explain.no_advice", language))
    print(say("explain.source", language, source=source))


def _as_json(deadline: Deadline | None, language: str, rule: Norm | None = None) -> str:
    steps = [
        {
            "code": step.code,
            "words": step.say(language),
            "date": _iso(step.date),
            "article": step.article,
        }
        for step in (deadline.steps if deadline else ())
    ]
    answer: dict[str, str | None] = {
        "date": _iso(deadline.date) if deadline else None,
        "earlier_reading": _iso(deadline.earlier_reading) if deadline else None,
    }
    if rule is not None:
        names = ("article", "source", "certainty")
        said = {name: str(getattr(rule, name)) for name in names}
        answer |= {"rule": rule.id, **said, "explanation": rule.explanation.say(language)}
    return json.dumps({**answer, "steps": steps}, indent=2)


def _as_text(deadline: Deadline, language: str) -> str:
    lines = [say("explain.date", language, day=deadline.date)]
    if deadline.earlier_reading:
        lines.append(say("explain.other_reading", language, day=deadline.earlier_reading))
    lines += [f"- {step.say(language)} ({cite(step.article, language)})" for step in deadline.steps]
    return "\n".join([*lines, say("explain.no_advice", language)])


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
