"""The Brussels rule set: figures of journey 1, moratorium, and faults named by file and rule."""

import re
from datetime import date

import pytest

from services.evictions.counting.calendar import belgium
from services.evictions.counting.delivery import Delivery
from services.evictions.counting.rulefile import RULES, RuleFileError
from services.evictions.law.acts import ActKind, DatedAct
from services.evictions.law.norms import Certainty
from services.evictions.law.rulebook import Bound, Party, apply, deadlines_after
from services.evictions.law.rulesets import brussels, codes, load_rule_set, parse_rule_set, shipped
from tests.families import family

SOURCE = (RULES / "bxl-2023-09.toml").read_text(encoding="utf-8")
SETS = [shipped(code) for code in codes()]
NORMS = [
    (each.code, norm)
    for each in SETS
    for norm in (
        *each.rules,
        *each.moratoria,
        *(exemption for season in each.moratoria for exemption in season.exemptions),
        *each.duties,
    )
]
RULES_OF = [rule for each in SETS for rule in each.rules]


OTHER_SIDE = (Party.LANDLORD, Party.BAILIFF, Party.JUDGE)


def _dates(act_kind, act_date):
    found = deadlines_after(DatedAct(kind=act_kind, acted_on=act_date), brussels(), belgium())
    return {rule.computes: deadline for rule, deadline in found}


def _eviction(served):
    return _dates(ActKind.SERVICE, served)["eviction_not_before"]


def test_j1_no_petition_before_one_month_after_the_formal_notice():
    found = _dates(ActKind.FORMAL_NOTICE, date(2026, 1, 12))
    assert found["petition_not_before"].date == date(2026, 2, 13)
    assert found["petition_not_before"].earlier_reading is None
    assert all(not step.code.startswith("reading") for step in found["petition_not_before"].steps)


def test_j1_no_hearing_before_forty_full_days_after_the_petition():
    found = _dates(ActKind.PETITION, date(2026, 2, 16))
    assert {name: deadline.date for name, deadline in found.items()} == {
        "hearing_not_before": date(2026, 3, 29)
    }


def test_service_opens_the_appeal_and_the_month_before_eviction():
    found = _dates(ActKind.SERVICE, date(2026, 5, 5))
    assert found["appeal_until"].date == date(2026, 6, 5)
    # The strict reading gives Saturday 6 June, on which nobody is evicted (C. jud. art. 1387).
    assert found["eviction_not_before"].date == date(2026, 6, 8)
    assert found["eviction_not_before"].earliest == date(2026, 6, 5)
    assert found["eviction_not_before"].steps[-1].code == "no_execution_day"


def test_bailiff_announces_the_eviction_fifteen_full_working_days_before():
    assert _dates(ActKind.EVICTION, date(2026, 10, 30))["bailiff_notice_until"].date == date(
        2026, 10, 8
    )


@family("act_kind", [ActKind.HEARING, ActKind.JUDGMENT])
def test_acts_without_a_verified_delay_compute_nothing(act_kind):
    assert _dates(act_kind, date(2026, 5, 5)) == {}


def test_no_rule_applies_to_an_act_before_the_ordinance():
    assert "eviction_not_before" not in _dates(ActKind.SERVICE, date(2023, 8, 30))
    assert "eviction_not_before" in _dates(ActKind.SERVICE, date(2023, 8, 31))


@family(
    "day, forbidden",
    [
        ("2025-10-31", False),
        ("2025-11-01", True),
        ("2026-01-01", True),
        ("2026-03-15", True),
        ("2026-03-16", False),
        ("2023-03-01", False),  # before the ordinance
    ],
)
def test_the_moratorium_runs_from_1_november_to_15_march_included(day, forbidden):
    assert brussels().moratoria[0].covers(date.fromisoformat(day)) is forbidden


@family("inside", [date(2027, 11, 1), date(2027, 12, 31), date(2028, 2, 29)])
def test_the_first_day_after_the_moratorium_is_16_march(inside):
    winter = brussels().moratoria[0]
    assert winter.first_day_after(inside) == date(2028, 3, 16)
    assert winter.first_day_after(date(2028, 3, 16)) == date(2028, 3, 16)


def test_an_eviction_date_inside_the_moratorium_moves_to_16_march_with_its_own_step():
    deadline = _eviction(date(2026, 10, 20))
    assert (deadline.date, deadline.earlier_reading) == (date(2027, 3, 16), None)
    assert deadline.steps[-1].code == "moratorium"
    assert deadline.steps[-1].date == date(2027, 3, 16)
    assert deadline.steps[-1].article == "CBL art. 233duodecies"
    assert "1er novembre" in deadline.steps[-1].words.fr


def test_the_risk_stays_in_october_when_only_the_strict_reading_is_in_the_moratorium():
    deadline = _eviction(date(2026, 9, 30))
    assert deadline.date == date(2027, 3, 16)
    assert deadline.earliest == date(2026, 10, 30)


def test_a_reading_on_15_march_joins_the_date_of_16_march():
    deadline = _eviction(date(2026, 2, 15))
    assert (deadline.date, deadline.earlier_reading) == (date(2026, 3, 16), None)
    # 15 March 2026 is a Sunday, too: one of the two reasons is enough.
    assert deadline.steps[-1].code == "no_execution_day"


def test_the_moratorium_leaves_appeals_and_dates_outside_it_alone():
    found = _dates(ActKind.SERVICE, date(2026, 11, 20))
    assert found["appeal_until"].date == date(2026, 12, 21)
    assert all(step.code != "moratorium" for step in _eviction(date(2026, 4, 1)).steps)


def test_the_brussels_set_is_version_1_and_holds_every_step_of_the_law_file():
    assert (brussels().code, brussels().version) == ("BXL-2023-09", 1)
    assert brussels().valid_from == date(2023, 8, 31)
    held = (*brussels().rules, *brussels().moratoria, *brussels().duties)
    expected = "BRU-01 BRU-02 BRU-03 BRU-03b BRU-03c BRU-04 BRU-04b BRU-05 BRU-05b BRU-06 BRU-07"
    expected += " BRU-08 BRU-08b BRU-09 BRU-10 BRU-11 BRU-11b BRU-12 BRU-13 BRU-14 BRU-15 BRU-16"
    expected += " BRU-03d BRU-11r BRU-17 REM-01 REM-02 REM-03 REM-04 REM-07 REM-08 REM-09 AID-01"
    expected += " BRU-03s REM-10"
    assert {norm.id for norm in held} == set(expected.split())


@family("code, norm", NORMS)
def test_every_rule_has_article_source_certainty_and_explanations(code, norm):
    assert norm.article
    assert norm.certainty in Certainty
    assert norm.valid_from.year >= 2017
    assert all(norm.explanation.say(language) for language in ("fr", "nl", "en"))


@family("code, norm", NORMS)
def test_each_norm_names_what_people_can_open_or_is_unverified(code, norm):
    assert norm.sources or norm.certainty is Certainty.UNVERIFIED
    for source in norm.sources:
        assert source.address.startswith("http")
        assert source.read_on
        assert source.read_by
    assert ("http" in norm.source) is bool(norm.sources)
    assert "check" not in norm.article


@family("rule", RULES_OF)
def test_a_rule_that_nobody_read_computes_only_where_it_protects_the_family(rule):
    if rule.certainty is Certainty.UNVERIFIED:
        own = rule.bound is Bound.UNTIL and rule.actor is Party.TENANT
        kept = rule.bound is Bound.NOT_BEFORE and rule.actor in OTHER_SIDE
        assert own or kept or (rule.bound is Bound.UNTIL and rule.actor is Party.BAILIFF)


@family("rule", RULES_OF)
def test_a_date_to_act_before_is_protective_and_a_lawful_date_is_not(rule):
    assert rule.protective is rule.computes.endswith("_until")
    assert apply(rule, DatedAct(kind=rule.triggers[0], acted_on=date(2026, 6, 1)), belgium()).steps


def _of(code, kind, day, **more):
    act = DatedAct(kind=kind, acted_on=day, **more)
    found = deadlines_after(act, shipped(code), belgium())
    return {rule.computes: deadline for rule, deadline in found}


def test_in_wallonia_only_social_housing_has_a_winter_truce():
    served = date(2026, 10, 20)
    private = _of("FED-2018", ActKind.SERVICE, served)["eviction_not_before"]
    social = _of("WAL-SOCIAL", ActKind.SERVICE, served)["eviction_not_before"]
    assert (private.earliest, social.earliest) == (date(2026, 11, 20), date(2027, 3, 16))
    assert _of("VLA-2019", ActKind.SERVICE, served)["eviction_not_before"] == private


def test_a_citation_leaves_eight_full_days():
    found = _of("FED-2018", ActKind.CITATION, date(2025, 3, 3))
    assert found["hearing_not_before"].date == date(2025, 3, 12)


def test_the_objection_runs_from_the_receipt_of_the_summons():
    sent, kind = date(2026, 4, 1), ActKind.SUMMONS
    letter = Delivery.JUDICIAL_LETTER
    received = _of("FED-2018", kind, sent, received_on=date(2026, 4, 8), delivery=letter)
    assert received["welfare_objection_until"].date == date(2026, 4, 10)
    unknown = _of("FED-2018", kind, sent, delivery=letter)
    assert unknown["welfare_objection_until"].date == date(2026, 4, 3)


def test_a_posted_letter_counts_from_the_third_working_day():
    # Posted Thursday 2 April 2026: day 1 is Wednesday 8 April (Easter Monday is no working day).
    found = _of("FED-2018", ActKind.SUMMONS, date(2026, 4, 2), delivery=Delivery.REGISTERED)
    deadline = found["welfare_objection_until"]
    assert deadline.date == date(2026, 4, 9)
    assert (deadline.steps[0].code, deadline.steps[0].date) == (
        "presumed_received",
        date(2026, 4, 8),
    )
    assert deadline.steps[0].article == "C. jud. art. 53bis, 2°"


def test_occupation_without_title_has_short_periods():
    assert _of("SQT-2017", ActKind.PETITION, date(2026, 6, 1))["hearing_until"].date == date(
        2026, 6, 9
    )
    service = _of("SQT-2017", ActKind.SERVICE, date(2026, 6, 1))["eviction_not_before"]
    assert service.date == date(2026, 6, 9)


def _broken(old, new):
    assert old in SOURCE
    return SOURCE.replace(old, new, 1)


@family(
    "text, sentence",
    [
        (_broken("delay = 40", 'delay = "40"'), "rule BRU-04: delay: a whole number"),
        (_broken("delay = 40", "delay = true"), "rule BRU-04: delay: a whole number"),
        (_broken("delay = 40", "delay = 0"), "rule BRU-04: A delay is a whole number from 1"),
        (_broken("delay = 40\n", ""), "rule BRU-04: delay is missing"),
        (_broken("delay = 40", "delay = 40\nurgent = 1"), "rule BRU-04: urgent is not a known"),
        (_broken('unit = "working_day"', 'unit = "month"'), "rule BRU-11: The counting"),
        (_broken('trigger = "petition"', 'trigger = "fax"'), "rule BRU-04: trigger: 'fax'"),
        (_broken('moratorium = "BRU-12"', 'moratorium = "X"'), "rule BRU-10: moratorium X is not"),
        (_broken('first = "11-01"', 'first = "11-31"'), "moratorium BRU-12: first: "),
        (_broken('id = "BRU-11"', 'id = "BRU-16"'), "rule BRU-16 is given twice"),
        (_broken('id = "BRU-04"\n', ""), "rule number 2: id is missing"),
        (_broken('article = "C. jud. art. 707"', 'article = " "'), "rule BRU-03d: article: a text"),
        (_broken("\none_reading = true", "\none_reading = 1"), "rule BRU-02: one_reading: true or"),
        (_broken("[rule.explanation]\nen =", "[rule.explanation]\nde ="), "BRU-02: explanation: "),
        (
            _broken('certainty = "unverified"', 'certainty = "sure"'),
            "rule BRU-02: certainty: 'sure'",
        ),
        (
            _broken("valid_from = 2023-08-31\ncertainty", 'valid_from = "2023"\ncertainty'),
            "moratorium BRU-12: valid_from: a day",
        ),
        (
            _broken("certainty", "valid_until = 2020-01-01\ncertainty"),
            "moratorium BRU-12: valid_until is before valid_from",
        ),
        (_broken('source = ["S36", "S45"]', 'source = ["S36", "S0"]'), "BRU-03d: source: S0 is in"),
        (_broken('source = ["S36", "S45"]', "source = 3"), "BRU-03d: source: a list of ids"),
        (_broken('source = ["S36", "S45"]', "source = []"), "BRU-03d: without a source it is"),
        (
            SOURCE + '\n[[source]]\nid = "S10"\ntitle = "T"\n',
            "rule S10 is given twice",
        ),
        (
            SOURCE + '\n[[source]]\nid = "OURS"\ntitle = "T"\naddress = "www"\n',
            "source OURS: address: an address that begins with",
        ),
        (_broken("version = 1", "version = 1\nrules = 2"), "rules is not a known field"),
        (_broken("version = 1\n", ""), "version is missing"),
        ("rule = 3", "rule is not a list of tables"),
        ("[[rule", "is not TOML"),
    ],
)
def test_a_broken_file_names_the_file_and_the_rule_in_one_sentence(text, sentence):
    with pytest.raises(RuleFileError, match=sentence) as fault:
        parse_rule_set(text, "mine.toml")
    assert str(fault.value).startswith("mine.toml")
    assert "\n" not in str(fault.value)


@family(
    "broken",
    [
        "delay = forty",
        'delay = "40"',
        "delay = 40\nurgent = 1",
        "delay = true",
    ],
)
def test_a_broken_file_names_its_line(broken):
    wrong = _broken("delay = 40", broken)
    line = next(
        at
        for at, text in enumerate(wrong.splitlines(), start=1)
        if text in (broken.splitlines()[-1], "delay = forty")
    )
    with pytest.raises(RuleFileError, match=rf"line {line}\b"):
        parse_rule_set(wrong, "mine.toml")


# A line of the shipped file, what it is replaced with, and which line of that is at fault.
BROKEN_LINES = [
    ('first = "11-01"', 'first = "11-31"', 0),
    ('last = "03-15"', 'last = "15 March"', 0),
    ('computes = "hearing_not_before"', 'computes = ""', 0),
    ('unit = "working_day"', 'unit = "fortnight"', 0),
    ('counting = "before"', 'counting = "somehow"', 0),
    ("\nprotective = true", '\nprotective = "yes"', 1),
    ('moratorium = "BRU-12"', "moratorium = 12", 0),
    ('certainty = "unverified"', 'certainty = "sure"', 0),
    ("version = 1", "version = 1\nauthor = 'me'", 1),
    ("version = 1", 'version = "1"', 0),
    ('trigger = "service"', 'trigger = "fax"', 0),
    ('completed_by = ["hearing"]', 'completed_by = ["heering"]', 0),
    ('actor = "judge"', 'actor = "jury"', 0),
    ('id = "BRU-11"', 'id = "BRU-04"', 0),
    ("delay = 15", "delay = fifteen", 0),
    ("\none_reading = true", "\none_reading = 1 #", 1),
]


@family("old, new, at", BROKEN_LINES)
def test_each_kind_of_fault_names_its_file_and_its_own_line(old, new, at):
    wrong = _broken(old, new)
    line = SOURCE[: SOURCE.index(old)].count("\n") + 1 + at
    with pytest.raises(RuleFileError) as fault:
        parse_rule_set(wrong, "mine.toml")
    assert str(fault.value).startswith("mine.toml")
    assert re.search(rf"\bline {line}\b", str(fault.value)), str(fault.value)


def _in_favour_of_the_other_side(certainty):
    """A judge's last day, by a rule that stands in the source or in none."""
    rule = SOURCE[SOURCE.index('id = "BRU-04"') : SOURCE.index('id = "BRU-10"')]
    other = rule.replace("hearing_not_before", "hearing_until")
    other = other.replace("protective = false", "protective = true")
    other = other.replace('certainty = "disputed"', f'certainty = "{certainty}"')
    return parse_rule_set(SOURCE.replace(rule, other, 1), "x.toml")


@family("certainty, dates", [("disputed", 1), ("unverified", 0)])
def test_one_in_the_other_side_s_favour_computes_only_if_it_was_read(certainty, dates):
    rules = _in_favour_of_the_other_side(certainty)
    assert len(deadlines_after(_petition(date(2026, 2, 16)), rules, belgium())) == dates


def test_a_rule_set_of_a_network_lists_its_own_sources():
    own = SOURCE + (
        '\n[[source]]\nid = "OURS"\ntitle = "A judgment"\naddress = "https://example.org/1"\n'
        'read_on = 2026-11-01\nread_by = "A lawyer"\n'
    )
    rules = parse_rule_set(own.replace('source = ["S36", "S45"]', 'source = ["OURS"]'), "x.toml")
    (source,) = rules.rule("BRU-03d").sources
    assert (source.title, source.read_by) == ("A judgment", "A lawyer")
    assert rules.rule("BRU-03d").source == "A judgment, https://example.org/1"


@family(
    "old, source, certainty",
    [
        ("S36, S45; as people wrote it", "S36, S45; as people wrote it", Certainty.FOUND),
        ("S-none: background", "Text not read", Certainty.UNVERIFIED),
        ("background, to check", "Text not read", Certainty.UNVERIFIED),
    ],
)
def test_a_rule_set_in_the_older_form_still_loads(old, source, certainty):
    rules = parse_rule_set(_broken('source = ["S36", "S45"]', f'source = "{old}"'), "x.toml")
    rule = rules.rule("BRU-03d")
    assert rule.source.startswith(source)
    assert rule.certainty is certainty


def _petition(day):
    return DatedAct(kind=ActKind.PETITION, acted_on=day)


def test_a_rule_ends_with_its_validity():
    rules = parse_rule_set(
        _broken('id = "BRU-04"', 'id = "BRU-04"\nvalid_until = 2026-02-16'), "x.toml"
    )
    last, gone = date(2026, 2, 16), date(2026, 2, 17)
    assert deadlines_after(_petition(last), rules, belgium())
    assert deadlines_after(_petition(gone), rules, belgium()) == ()


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b'code = "\xff"')
    with pytest.raises(RuleFileError, match=r"mine\.toml is not UTF-8"):
        load_rule_set(file)


def test_an_unknown_rule_is_a_key_error():
    with pytest.raises(KeyError):
        brussels().rule("BRU-99")
