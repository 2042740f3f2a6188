"""A legal date lives until it is kept, missed or moot: what ends it, and what brings it back."""

from datetime import date

from services.evictions.counting.calendar import belgium
from services.evictions.counting.delivery import Delivery
from services.evictions.law.acts import ActKind, Circumstances, DatedAct, Ground, Lifting, around
from services.evictions.law.life import State, called_off, ending, limits, state_on
from services.evictions.law.moratorium import first_lawful
from services.evictions.law.regimes import regimes
from services.evictions.law.rulebook import deadlines_after
from services.evictions.law.rulesets import shipped
from tests.families import family


def _act(kind, day, **more):
    return DatedAct(kind=ActKind(kind), acted_on=date.fromisoformat(day), **more)


def _dates(acts, code="BXL-2023-09"):
    """What computes -> (its date, its state, the place of the act that ended it)."""
    pairs = list(enumerate(acts))
    gone = called_off(pairs)
    found = {}
    for place, act in pairs:
        if place in gone:
            continue
        for rule, made in deadlines_after(act, shipped(code), belgium(), around(act, acts)):
            bounds = limits(rule.bound, made.date, made.earlier_reading, None)
            end = ending(rule, act, bounds, pairs, gone)
            found[rule.computes] = (
                made.date.isoformat(),
                end.state if end else State.RUNNING,
                end.act if end else None,
            )
    return found


REMEDIES = {"appeal_until", "opposition_until", "third_party_opposition_until"}


@family("regime", regimes())
def test_every_regime_offers_every_remedy(regime):
    rule_set = shipped(regimes()[regime].rule_set)
    assert {rule.computes for rule in rule_set.rules} >= {*REMEDIES, "welfare_appeal_until"}
    assert {duty.id for duty in rule_set.duties} >= {"REM-03", "REM-04", "REM-08", "REM-09"}


@family("regime", regimes())
def test_every_date_names_who_must_act_and_what_ends_it(regime):
    for rule in shipped(regimes()[regime].rule_set).rules:
        assert rule.actor is not None, rule.id
        assert rule.completed_by or rule.computes == "welfare_informed_from", rule.id


def test_nothing_that_was_repealed_is_left():
    for regime in regimes().values():
        assert "service_until" not in {rule.computes for rule in shipped(regime.rule_set).rules}


def test_an_appeal_keeps_its_date_and_one_that_is_late_misses_it():
    served = _act("service", "2026-09-01")
    assert _dates([served])["appeal_until"] == ("2026-10-01", State.RUNNING, None)
    kept = _dates([served, _act("appeal", "2026-10-01")])
    assert kept["appeal_until"] == ("2026-10-01", State.KEPT, 1)
    late = _dates([served, _act("appeal", "2026-10-02")])
    assert late["appeal_until"] == ("2026-10-01", State.MISSED, 1)


@family(
    "kind, offered",
    [("judgment", False), ("default_judgment", True), ("deemed_judgment", False), (None, False)],
)
def test_opposition_is_open_after_a_default_judgment_alone(kind, offered):
    judged = [_act(kind, "2026-08-20")] if kind else []
    assert ("opposition_until" in _dates([*judged, _act("service", "2026-09-01")])) is offered


def test_an_order_on_the_petition_of_one_side_is_open_to_third_party_opposition():
    acts = [_act("unilateral_petition", "2026-08-20"), _act("service", "2026-09-01")]
    assert _dates(acts, "SQT-2017")["third_party_opposition_until"][0] == "2026-10-01"
    assert "third_party_opposition_until" not in _dates(acts[1:], "SQT-2017")


@family("delivery", [Delivery.ORDINARY, Delivery.REGISTERED])
def test_a_letter_is_no_service(delivery):
    assert _dates([_act("service", "2026-09-01", delivery=delivery)]) == {}
    assert _dates([_act("letter", "2026-09-01")]) == {}


@family("kind", ["opposition", "stay", "suspension", "settlement"])
def test_what_holds_the_execution_up_leaves_the_first_day_without_a_purpose(kind):
    found = _dates([_act("service", "2026-04-01"), _act(kind, "2026-04-10")])
    assert found["eviction_not_before"][1:] == (State.MOOT, 1)


def test_an_appeal_does_not_hold_the_execution_up():
    found = _dates([_act("service", "2026-04-01"), _act("appeal", "2026-04-10")])
    assert found["eviction_not_before"][1] is State.RUNNING


def test_a_stay_with_an_end_moves_the_first_day_behind_it():
    stay = _act("stay", "2026-04-10", until_on=date(2026, 6, 30))
    found = _dates([_act("service", "2026-04-01"), stay])
    assert found["eviction_not_before"] == ("2026-07-01", State.RUNNING, None)


def test_the_judges_own_delay_counts_instead_of_the_month():
    granted = _act("delay_granted", "2026-03-20", until_on=date(2026, 7, 31))
    found = _dates([granted, _act("service", "2026-04-01")])
    assert found["eviction_not_before"][0] == "2026-08-03"  # 1 August 2026 is a Saturday


def test_a_bailiff_who_announces_too_late_missed_it_and_an_early_one_kept_it():
    acts = [_act("service", "2026-08-20"), _act("eviction", "2026-10-30")]
    late = _dates([*acts, _act("bailiff_notice", "2026-10-20")])
    assert late["bailiff_notice_until"] == ("2026-10-08", State.MISSED, 2)
    early = _dates([*acts, _act("bailiff_notice", "2026-10-01")])
    assert early["bailiff_notice_until"] == ("2026-10-08", State.KEPT, 2)


def test_an_eviction_that_was_put_off_sets_nothing_running_and_the_next_one_needs_a_notice():
    acts = [
        _act("service", "2026-04-01"),
        _act("bailiff_notice", "2026-05-04"),
        _act("eviction", "2026-06-10"),
        _act("eviction_postponed", "2026-06-08"),
    ]
    assert {"bailiff_notice_until", "belongings_until"}.isdisjoint(_dates(acts))
    assert _dates(acts)["eviction_not_before"][1] is State.RUNNING
    again = _dates([*acts, _act("eviction", "2026-09-10")])
    assert again["bailiff_notice_until"][1] is State.RUNNING
    told = _dates([*acts, _act("eviction", "2026-09-10"), _act("bailiff_notice", "2026-06-12")])
    assert told["bailiff_notice_until"][1:] == (State.KEPT, 5)


def test_a_date_that_nobody_ended_is_missed_when_its_last_reading_is_over():
    bounds = limits(shipped("BXL-2023-09").rule("AID-01").bound, date(2026, 12, 22), None, None)
    assert state_on(date(2026, 12, 22), None, bounds) is State.RUNNING
    assert state_on(date(2026, 12, 23), None, bounds) is State.MISSED
    own = limits(bounds.bound, date(2026, 12, 22), date(2026, 12, 21), date(2027, 1, 5))
    assert state_on(date(2027, 1, 5), None, own) is State.RUNNING


def test_the_first_lawful_day_from_today_is_never_in_the_winter_or_on_a_weekend():
    (winter,) = shipped("BXL-2023-09").moratoria
    assert first_lawful(date(2026, 11, 30), winter, (), belgium()) == date(2027, 3, 16)
    assert first_lawful(date(2026, 10, 31), winter, (), belgium()) == date(2027, 3, 16)
    assert first_lawful(date(2026, 10, 31), None, (), belgium()) == date(2026, 11, 2)
    assert first_lawful(date(2027, 3, 20), winter, (), belgium()) == date(2027, 3, 22)


def test_an_exception_frees_from_its_own_day_on():
    (winter,) = shipped("BXL-2023-09").moratoria
    lifted = (Lifting(Ground.DWELLING_UNFIT, date(2026, 12, 23)),)
    assert first_lawful(date(2026, 11, 30), winter, lifted, belgium()) == date(2026, 12, 23)
    assert first_lawful(date(2027, 1, 4), winter, lifted, belgium()) == date(2027, 1, 4)
    waived = (Lifting(Ground.WAIVED, date(2026, 12, 23)),)
    assert first_lawful(date(2026, 11, 30), winter, waived, belgium()) == date(2027, 3, 16)


def test_a_stay_that_ends_between_two_readings_brings_none_forward():
    served = _act("service", "2026-06-30")
    stay = _act("stay", "2026-07-10", until_on=date(2026, 7, 30))
    assert _dates([served])["eviction_not_before"][0] == "2026-08-03"
    assert _dates([served, stay])["eviction_not_before"][0] == "2026-08-03"


def test_circumstances_are_those_of_the_day():
    service = _act("service", "2026-09-01")
    acts = [_act("petition", "2026-06-01"), service, _act("judgment", "2026-09-10")]
    assert around(service, acts) == Circumstances(introduced_by=ActKind.PETITION)
