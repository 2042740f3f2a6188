"""The rule sets that come with the program, and how a rule set is read.

A rule set is one TOML file in `rules/`; it may include another one. Reading validates every field:
a broken file raises RuleFileError, one sentence that names the file, the line and the rule.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

from services.evictions.counting import rulefile
from services.evictions.counting.arithmetic import DeadlineError, require_meaning
from services.evictions.counting.calendar import Season
from services.evictions.counting.deadlines import CountedBy, Counting, Unit
from services.evictions.counting.rulefile import RULES, Fields, Words
from services.evictions.law.acts import ActKind, Ground
from services.evictions.law.moratorium import Exemption, Moratorium
from services.evictions.law.norms import Certainty, Source, cited, own_sources, shipped_sources
from services.evictions.law.rulebook import Duty, Party, Rule, RuleSet

# Code -> file. A set that includes another one stands after it.
_FILES = {
    "REM-2018": "rem-2018.toml",
    "BXL-2023-09": "bxl-2023-09.toml",
    "FED-2018": "fed-2018.toml",
    "WAL-SOCIAL": "wal-social.toml",
    "WAL-SOCIAL-OPEN": "wal-social-open.toml",
    "VLA-2019": "vla-2019.toml",
    "SQT-2017": "sqt-2017.toml",
    "ADMIN-2023": "admin-2023.toml",
}


@lru_cache
def shipped(code: str) -> RuleSet:
    """The newest version of a rule set that comes with the program, read once; KeyError if none."""
    return load_rule_set(RULES / _FILES[code])


@lru_cache
def fingerprint(code: str) -> str:
    """What differs as soon as the shipped text of a rule set, or of what it includes, does."""
    source = rulefile.read_file(RULES / _FILES[code])
    included = rulefile.read_fields(source, _FILES[code]).maybe("includes", _codes) or ()
    return sha256("\n".join([source, *map(fingerprint, included)]).encode()).hexdigest()


def fingerprints() -> list[str]:
    """The fingerprints of all rule sets that ship."""
    return [fingerprint(code) for code in codes()]


def codes() -> tuple[str, ...]:
    """The codes of the rule sets that come with the program."""
    return tuple(_FILES)


def brussels() -> RuleSet:
    """The Brussels rule set "BXL-2023-09"."""
    return shipped("BXL-2023-09")


def load_rule_set(path: Path) -> RuleSet:
    """The rule set in a TOML file; RuleFileError names the file and the faulty rule."""
    return parse_rule_set(rulefile.read_file(path), path.name)


def parse_rule_set(source: str, file: str) -> RuleSet:
    """The rule set in a TOML text; `file` is the name that errors give."""
    top = rulefile.read_fields(source, file)
    sources = own_sources(top, shipped_sources())
    exemptions = _exemptions(top, sources)
    moratoria = tuple(_moratorium(each, exemptions, sources) for each in top.rows("moratorium"))
    known = {each.id: each for each in moratoria}
    included = [shipped(code) for code in top.maybe("includes", _codes) or ()]
    obeys = top.maybe("obeys", _table) or {}
    rules = tuple(_rule(fields, known, sources) for fields in top.rows("rule"))
    rules += tuple(_obeying(rule, obeys, known, top) for each in included for rule in each.rules)
    duties = tuple(_duty(fields, sources) for fields in top.rows("duty"))
    duties += tuple(duty for each in included for duty in each.duties)
    _refuse_doubles(top, [each.id for each in (*moratoria, *rules, *duties)])
    _refuse_doubles(top, [each.id for season in moratoria for each in season.exemptions])
    rule_set = RuleSet(
        code=top.take("code", rulefile.text),
        version=top.take("version", rulefile.whole),
        valid_from=top.take("valid_from", rulefile.day),
        valid_until=top.maybe("valid_until", rulefile.day),
        rules=rules,
        moratoria=moratoria,
        duties=duties,
    )
    top.finish()
    return rule_set


def _refuse_doubles(top: Fields, ids: list[str]) -> None:
    for each in ids:
        if ids.count(each) > 1:
            raise top.twice(each)


class NormFields(TypedDict):
    id: str
    article: str
    sources: tuple[Source, ...]
    valid_from: date
    valid_until: date | None
    certainty: Certainty
    explanation: Words


def norm_fields(fields: Fields, known: Mapping[str, Source] | None = None) -> NormFields:
    """What every norm of a file carries; RuleFileError if something is missing or wrong.

    `known`: the sources it may cite, those that come with the program without it.
    """
    source = fields.take("source", partial(cited, known=known or shipped_sources()))
    norm = NormFields(
        id=fields.take("id", rulefile.text),
        article=fields.take("article", rulefile.text),
        sources=source or (),
        valid_from=fields.take("valid_from", rulefile.day),
        valid_until=fields.maybe("valid_until", rulefile.day),
        certainty=fields.take("certainty", Certainty),
        explanation=fields.take("explanation", rulefile.words),
    )
    if norm["valid_until"] and norm["valid_until"] < norm["valid_from"]:
        raise fields.fault("valid_until is before valid_from")
    if source is None:
        norm["certainty"] = Certainty.UNVERIFIED
    elif not source and norm["certainty"] is not Certainty.UNVERIFIED:
        raise fields.fault("without a source it is unverified", field="certainty")
    return norm


def _exemptions(top: Fields, sources: Mapping[str, Source]) -> dict[str, list[Exemption]]:
    """The exemptions of a file by the id of the moratorium that they are taken from."""
    known = {table.get("id") for table in top.tables("moratorium")}
    found: dict[str, list[Exemption]] = {}
    for fields in top.rows("exception"):
        of = fields.take("moratorium", rulefile.text)
        if of not in known:
            raise fields.fault(f"moratorium {of} is not in this file")
        exemption = Exemption(**norm_fields(fields, sources), ground=fields.take("ground", Ground))
        fields.finish()
        found.setdefault(of, []).append(exemption)
    return found


def _moratorium(
    fields: Fields, exemptions: Mapping[str, list[Exemption]], sources: Mapping[str, Source]
) -> Moratorium:
    first, last = (fields.take(end, rulefile.month_day) for end in ("first", "last"))
    moratorium = Moratorium(**norm_fields(fields, sources), season=Season(first, last))
    fields.finish()
    return replace(moratorium, exemptions=tuple(exemptions.get(moratorium.id, ())))


def _rule(
    fields: Fields, moratoria: Mapping[str, Moratorium], sources: Mapping[str, Source]
) -> Rule:
    rule = Rule(
        **norm_fields(fields, sources),
        triggers=fields.take("trigger", _acts),
        computes=fields.take("computes", rulefile.text),
        delay=fields.take("delay", rulefile.whole),
        unit=fields.take("unit", Unit),
        counting=fields.take("counting", Counting),
        protective=fields.take("protective", rulefile.flag),
        one_reading=fields.maybe("one_reading", rulefile.flag) or False,
        on_receipt=fields.maybe("on_receipt", rulefile.flag) or False,
        execution_day=fields.maybe("execution_day", rulefile.flag) or False,
        from_posting=fields.maybe("from_posting", rulefile.flag) or False,
        after=fields.maybe("after", rulefile.text),
        law=fields.maybe("law", CountedBy),
        moratorium=_obeyed(fields, moratoria),
        actor=fields.maybe("actor", Party),
        completed_by=fields.maybe("completed_by", _acts) or (),
        moot_by=fields.maybe("moot_by", _acts) or (),
        judgment=fields.maybe("judgment", _acts) or (),
        introduced_by=fields.maybe("introduced_by", _acts) or (),
        label=fields.maybe("label", rulefile.words),
    )
    fields.finish()
    rule = replace(rule, law=rule.law or _usual_law(rule))
    try:
        require_meaning(rule.delay, rule.unit, rule.counting)
    except DeadlineError as fault:
        raise fields.fault(str(fault)) from fault
    return rule


def _usual_law(rule: Rule) -> CountedBy | None:
    """The law that counts a delay which names none: by its article, its act and its counting."""
    if rule.article.startswith(("AR 23 August 1948", "CE ")):
        return CountedBy.COUNCIL
    if ActKind.FORMAL_NOTICE in rule.triggers:
        return CountedBy.CIVIL
    procedural = rule.counting in (Counting.PERIOD, Counting.REMEDY, Counting.WAITING)
    return CountedBy.JUDICIAL if procedural else None


def _duty(fields: Fields, sources: Mapping[str, Source]) -> Duty:
    duty = Duty(
        **norm_fields(fields, sources),
        triggers=fields.take("trigger", _acts),
        tells_welfare_centre=fields.maybe("tells_welfare_centre", rulefile.flag) or False,
        window=_window(fields),
    )
    fields.finish()
    return duty


def _window(fields: Fields) -> Season | None:
    """The window of a duty: from the day on which it opens until its last day, every year."""
    opens = fields.maybe("opens", rulefile.month_day)
    until = fields.maybe("until", rulefile.month_day)
    if (opens is None) != (until is None):
        raise fields.fault("opens and until go together")
    return Season(opens, until) if opens and until else None


def _acts(value: object) -> tuple[ActKind, ...]:
    """One kind of act, or a list of them."""
    kinds: list[object] = value if isinstance(value, list) else [value]
    return tuple(ActKind(rulefile.text(each)) for each in kinds)


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or any(each not in _FILES for each in value):
        raise ValueError("a list of codes of shipped rule sets is expected")
    return tuple(value)


def _table(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError("a table of rule = moratorium is expected")
    return {str(rule): rulefile.text(moratorium) for rule, moratorium in value.items()}


def _obeying(
    rule: Rule, obeys: Mapping[str, str], known: Mapping[str, Moratorium], top: Fields
) -> Rule:
    """An included rule, which may obey a moratorium of the file that includes it."""
    if rule.id not in obeys:
        return rule
    if obeys[rule.id] not in known:
        raise top.fault(f"moratorium {obeys[rule.id]} is not in this file", field="obeys")
    return replace(rule, moratorium=known[obeys[rule.id]])


def _obeyed(fields: Fields, moratoria: Mapping[str, Moratorium]) -> Moratorium | None:
    name = fields.maybe("moratorium", rulefile.text)
    if name is not None and name not in moratoria:
        raise fields.fault(f"moratorium {name} is not in this file")
    return moratoria[name] if name else None
