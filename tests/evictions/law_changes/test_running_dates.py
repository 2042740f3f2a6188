"""Only what a changed day can reach is read, and whatever it moves is among that."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy.orm.exc import StaleDataError

from services.evictions.counting.arithmetic import _MEANINGFUL
from services.evictions.counting.calendar import Calendar, belgium
from services.evictions.counting.delivery import Delivery
from services.evictions.counting.rulefile import Words
from services.evictions.dates.computing import Computed, told
from services.evictions.dates.facts import dated
from services.evictions.dates.write import Moved
from services.evictions.law import rulesets
from services.evictions.law.acts import DatedAct
from services.evictions.law.in_force import Change, _holiday
from services.evictions.law.model import ChangeKind
from services.evictions.law.rulebook import apply
from services.evictions.law_changes.read import places, reached_by, watching
from services.evictions.law_changes.write import write
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.slices import times

FIRST, SPAN, HOW_MANY, SEED = date(2026, 1, 1), 200, times(900, 300), 4
INSERT = """
    WITH given AS (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS g(act uuid, id uuid, kind text,
        acted_on date, received_on date, delivery text, falls_on date, earlier_reading date,
        steps jsonb)),
    one AS (SELECT id, case_id, opened_by FROM procedures),
    acted AS (INSERT INTO acts (id, case_id, procedure_id, kind, acted_on, received_on, delivery,
                                warnings, recorded_by, recorded_at)
      SELECT act, case_id, one.id, kind, acted_on, received_on, delivery, '[]', opened_by, now()
      FROM given, one)
    INSERT INTO deadlines (id, version, case_id, procedure_id, act_id, rule_id, rule_set,
      rule_version, computes, protective, falls_on, earlier_reading, steps, article, source,
      certainty)
    SELECT given.id, 1, case_id, one.id, act, 'R', 'BXL-2023-09', 1, 'c', false, falls_on,
      earlier_reading, steps, 'a', 's', 'found' FROM given, one RETURNING id
"""

APPLYING = """
    UPDATE recomputations SET state = 'applying', applied_by = asked_by, applied_at = now()
    RETURNING id
"""


def rules():
    """Every counting in every unit, on receipt or not, with and without the moratorium."""
    (season,) = rulesets.brussels().moratoria
    first = rulesets.brussels().rules[0]
    for counting, units in _MEANINGFUL.items():
        for unit in sorted(units):
            for moratorium in (None, season):
                plain = replace(first, counting=counting, unit=unit, moratorium=moratorium)
                yield replace(plain, on_receipt=True)
                yield replace(plain, execution_day=True)
                yield plain


def random_acts(chance: Random):
    every = list(rules())
    longest = {"day": 60, "working_day": 40, "month": 4, "year": 1}
    for _ in range(HOW_MANY):
        rule = chance.choice(every)
        rule = replace(rule, delay=chance.randint(1, longest[rule.unit]))
        day = FIRST + timedelta(days=chance.randrange(SPAN))
        received = chance.choice([None, None, day + timedelta(days=chance.randint(-3, 9))])
        delivery = chance.choice([None, *Delivery])
        yield (
            rule,
            DatedAct(kind=rule.triggers[0], acted_on=day, received_on=received, delivery=delivery),
        )


def with_changed(day: date) -> Calendar:
    """A holiday where there was none, or none where there was one."""
    if belgium().holiday(day):
        return Calendar(belgium().holidays, frozenset({day}))
    added = Change(kind=ChangeKind.HOLIDAY_ADDED, day=day, names=Words("D", "J", "D"))
    return Calendar((*belgium().holidays, _holiday(added)))


def answer(rule, act, calendar):
    found = apply(rule, act, calendar)
    return found.date, found.earlier_reading, told(found.steps)


@pytest.fixture
@beginning
def opened(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    body = {"day": "2026-06-02", "names": {"en": "D", "fr": "J", "nl": "D"}, "reason": "R"}
    change = network["coordinator"].post("/api/v1/holidays", body)
    network["coordinator"].post(f"/api/v1/rule-changes/{change['id']}/previews", {})
    return procedure


def test_no_date_that_a_day_moves_is_missed(network, opened):
    acts = {uuid4(): each for each in random_acts(Random(SEED))}
    before = {key: answer(*each, belgium()) for key, each in acts.items()}
    given = [
        vars_of(act)
        | {"id": key, "act": uuid4(), "falls_on": before[key][0]}
        | {"earlier_reading": before[key][1], "steps": before[key][2]}
        for key, (_, act) in acts.items()
    ]
    assert len(network.rows(INSERT, json.dumps(given, default=str))) == HOW_MANY
    moved = read = 0
    for day in (FIRST + timedelta(days=each) for each in range(-20, SPAN + 150, times(5, 25))):
        changed = with_changed(day)
        wanted = {key for key, each in acts.items() if answer(*each, changed) != before[key]}
        with network.runtime.transaction() as uow:
            found = reached_by(day, places(None, 10, uow=uow), uow=uow)
        reached = {row.id for each in found for row in each.rows}
        assert wanted <= reached, day
        moved, read = moved + len(wanted), read + len(reached)
    assert times(300, 20) < moved < read < HOW_MANY * 60


def test_a_computation_that_did_not_ask_about_a_day_does_not_change_with_it():
    chance = Random(SEED)
    for rule, act in random_acts(chance):
        day = act.acted_on + timedelta(days=chance.randint(-60, 90))
        changed = with_changed(day)
        watched = watching(changed, day)
        said = answer(rule, act, watched)
        assert said == answer(rule, act, changed)
        if not watched.was_asked():
            assert said == answer(rule, act, belgium())


def test_a_date_that_was_changed_meanwhile_is_not_written_over(network, opened):
    path = f"/api/v1/procedures/{opened['id']}/acts"
    network["rw1"].post(path, {"kind": "petition", "acted_on": "2026-03-02"})
    network.rows(APPLYING)

    def read() -> Moved:
        with network.runtime.transaction() as uow:
            (running,) = reached_by(date(2026, 3, 20), places(None, 10, uow=uow), uow=uow)
        rule_set = rulesets.brussels()
        (act,), (row,) = running.acts, running.rows
        rule = rule_set.rule(row.rule_id)
        later = apply(replace(rule, delay=50), dated(act), belgium())
        return Moved.of(running, {(act.id, rule.id): Computed(rule_set, rule, later)})

    def shown() -> tuple[str, str]:
        (kept,) = network["rw1"].get(f"/api/v1/procedures/{opened['id']}")["deadlines"]
        return kept["date"], kept["computed_date"]

    moved = read()
    assert [each.kind for each in moved.differences] == ["changed"]
    path = f"/api/v1/deadlines/{moved.rows[0].id}/override"
    override = {"date": "2026-04-30", "reason": "The registry said so."}
    network["rw1"].post(path, override, status=200, If_Match='"v1"')
    with pytest.raises(StaleDataError), network.runtime.transaction() as uow:
        write([moved], belgium(), uow=uow)
    assert shown() == ("2026-04-30", "2026-04-12")
    with network.runtime.transaction() as uow:
        write([read()], belgium(), uow=uow)
    assert shown() == ("2026-04-30", "2026-04-22")


def test_a_date_that_was_overridden_meanwhile_is_not_dropped(network, opened):
    path = f"/api/v1/procedures/{opened['id']}/acts"
    network["rw1"].post(path, {"kind": "petition", "acted_on": "2026-03-02"})
    network.rows(APPLYING)
    with network.runtime.transaction() as uow:
        (running,) = reached_by(date(2026, 3, 20), places(None, 10, uow=uow), uow=uow)
    moved = Moved.of(running, {})
    assert [each.kind for each in moved.differences] == ["gone"]
    path = f"/api/v1/deadlines/{running.rows[0].id}/override"
    override = {"date": "2026-04-30", "reason": "The registry said so."}
    network["rw1"].post(path, override, status=200, If_Match='"v1"')
    planned = network.rows("SELECT count(*) FROM alerts WHERE state = 'planned'")
    with pytest.raises(StaleDataError), network.runtime.transaction() as uow:
        write([moved], belgium(), uow=uow)
    assert network.rows("SELECT count(*) FROM alerts WHERE state = 'planned'") == planned


def vars_of(act: DatedAct):
    names = ("kind", "acted_on", "received_on", "delivery")
    return {name: getattr(act, name) for name in names}
