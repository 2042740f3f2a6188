"""Exceptions to the winter moratorium: BRU-12x, BRU-12w, CWHD art. 94."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from services.evictions.counting.calendar import belgium
from services.evictions.counting.rulefile import RULES, RuleFileError
from services.evictions.law.acts import ActKind, Circumstances, DatedAct, Ground, Lifting
from services.evictions.law.rulebook import apply
from services.evictions.law.rulesets import brussels, parse_rule_set, shipped
from tests.evictions.law import second_reading
from tests.families import family
from tests.slices import times

SEED, HOW_MANY = 20261122, times(10_000, 1_500)
JUDGES = (
    Ground.REHOUSED_OR_LEFT,
    Ground.DWELLING_UNFIT,
    Ground.DANGEROUS_BEHAVIOUR,
    Ground.OWN_OCCUPATION,
)
WINTER = date(2027, 3, 16)


def eviction(served, *lifted, rule_set="BXL-2023-09", rule="BRU-10"):
    act = DatedAct(kind=ActKind.SERVICE, acted_on=served)
    known = Circumstances(lifted=lifted)
    return apply(shipped(rule_set).rule(rule), act, belgium(), known)


@family("ground", JUDGES)
def test_a_judges_exception_lifts_the_winter(ground):
    """In the judgment itself, before the service: the month after service is all that is left."""
    found = eviction(date(2026, 11, 5), Lifting(ground, date(2026, 10, 28)))
    # The strict reading is Sunday 6 December, the other one Saturday: nobody is evicted on either.
    assert (found.date, found.earlier_reading) == (date(2026, 12, 7), None)
    step = found.steps[-1]
    assert (step.code, step.date) == ("moratorium_lifted", date(2026, 12, 7))
    assert step.article.startswith("CBL art. 233duodecies, ")
    words = {language: step.say(language) for language in ("en", "fr", "nl")}
    assert "28 October 2026" in words["en"]
    assert "28 octobre 2026" in words["fr"]
    assert "28 oktober 2026" in words["nl"]


def test_without_a_decision_the_winter_stays():
    assert eviction(date(2026, 11, 5)).date == WINTER
    assert eviction(date(2026, 11, 5), Lifting(Ground.GUIDANCE_REFUSED, date(2026, 1, 5))) == (
        eviction(date(2026, 11, 5))
    )


def test_a_later_decision_frees_from_its_own_day():
    found = eviction(date(2026, 11, 5), Lifting(Ground.OWN_OCCUPATION, date(2027, 1, 20)))
    assert (found.date, found.earlier_reading) == (date(2027, 1, 20), None)
    after = eviction(date(2026, 11, 5), Lifting(Ground.OWN_OCCUPATION, date(2027, 4, 1)))
    assert after == eviction(date(2026, 11, 5))


def test_a_waiver_is_another_reading_and_never_the_date():
    found = eviction(date(2026, 11, 5), Lifting(Ground.WAIVED, date(2026, 10, 28)))
    assert (found.date, found.earlier_reading) == (WINTER, date(2026, 12, 7))
    assert [step.code for step in found.steps[-2:]] == ["moratorium", "reading_moratorium_lifted"]
    assert "Not verified" in found.steps[-1].say("en")
    sure = Lifting(Ground.DWELLING_UNFIT, date(2026, 12, 20))
    both = eviction(date(2026, 11, 5), Lifting(Ground.WAIVED, date(2026, 10, 28)), sure)
    assert both.date == date(2026, 12, 21)


def test_social_housing_in_wallonia_knows_the_refused_guidance_alone():
    asked = {"rule_set": "WAL-SOCIAL", "rule": "FED-07"}
    refused = Lifting(Ground.GUIDANCE_REFUSED, date(2026, 11, 20))
    found = eviction(date(2026, 11, 5), refused, **asked)
    assert (found.date, found.steps[-1].article) == (date(2026, 12, 7), "CWHD art. 94")
    brussels_only = eviction(date(2026, 11, 5), Lifting(JUDGES[0], date(2026, 11, 20)), **asked)
    assert brussels_only.date == WINTER


def test_ten_thousand_winters_are_read_alike():
    chance = Random(SEED)
    rule, grounds = brussels().rule("BRU-10"), list(Ground)
    sure = {each.ground: each.certainty.value == "found" for each in _exemptions()}
    lifted = different = 0
    for _ in range(HOW_MANY):
        served = date(2023, 9, 1) + timedelta(days=chance.randrange(6000))
        granted = [
            Lifting(chance.choice(grounds), served + timedelta(days=chance.randint(-60, 200)))
            for _ in range(chance.randint(0, 3))
        ]
        act = DatedAct(kind=ActKind.SERVICE, acted_on=served)
        mine = apply(rule, act, belgium(), Circumstances(lifted=tuple(granted)))
        known = [(sure[each.ground], each.day) for each in granted if each.ground in sure]
        known = [each for each in known if each[1] >= date(2023, 8, 31)]
        free = apply(replace(rule, moratorium=None, execution_day=False), act, belgium())
        other = second_reading.first_eviction(free.date, free.earlier_reading, known)
        lifted += "moratorium_lifted" in {step.code for step in mine.steps}
        different += (mine.date, mine.earlier_reading) != other
    assert different == 0
    assert lifted > HOW_MANY // 20


def _exemptions():
    return [each for season in brussels().moratoria for each in season.exemptions]


def test_an_exception_of_no_moratorium_is_refused_with_its_line():
    source = (RULES / "wal-social.toml").read_text(encoding="utf-8")
    line = source.splitlines().index("[[exception]]") + 1
    broken = source.replace('ground = "guidance_refused"', 'ground = "snow"')
    with pytest.raises(RuleFileError, match=f"line {line + 3}: exception WAL-01x: ground"):
        parse_rule_set(broken, "mine.toml")
    stray = source.replace('moratorium = "WAL-01"', 'moratorium = "WAL-02"')
    with pytest.raises(RuleFileError, match=f"line {line}: exception WAL-01x: moratorium WAL-02"):
        parse_rule_set(stray, "mine.toml")
