"""200 random procedures over HTTP, the database and the clock, against the second implementation.

After each thing that is written down: which dates stand, how, ended by what, the first lawful day,
what each act breaks, and which alerts are planned or went out. Nothing is silenced for good: a date
that ended and came back is told again, and so is what broke the law, stopped, and breaks it again.
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest

from services.retention.purging import forget_old_rows
from tests.evictions.law import second_life
from tests.evictions.law.random_procedures import KINDS, begin, days_of, step
from tests.evictions.law.second_life import BRUSSELS
from tests.evictions.law.test_second_life import KNOWN
from tests.journeys.steps import open_shared_case
from tests.slices import SEED, times
from workers.timetable import TIMETABLE

# A hearing is set with its hour, the tenant's objection written down as an opposition.
RECORDED = tuple(kind for kind in KINDS if kind not in ("hearing", "welfare_objection"))
APPROACHING = """SELECT d.act_id, d.rule_id, a.rung, a.due_at
  FROM alerts a JOIN deadlines d ON d.id = a.object_id
  WHERE a.kind = 'evictions.deadline_approaching' AND a.recipient_role = 'reference_worker'
    AND a.state IN ('planned', 'sending') AND d.procedure_id = %s"""
LOST = """SELECT count(*) FROM alerts a LEFT JOIN deadlines d ON d.id = a.object_id
  WHERE a.kind = 'evictions.deadline_approaching' AND a.state IN ('planned', 'sending')
    AND d.id IS NULL"""
ALARMS = """SELECT c.id, count(*), count(*) FILTER (WHERE a.state IN ('planned', 'sending'))
  FROM alerts a JOIN acts c ON c.id = a.object_id
  WHERE a.kind IN ('evictions.act_against_law', 'evictions.unlawful_eviction')
    AND a.recipient_role = 'reference_worker' AND c.procedure_id = %s GROUP BY c.id"""


class Stored:
    """A procedure of the program, told all that happens to the random one."""

    def __init__(self, network, one):
        self.network, self.one, self.ids = network, one, {}
        case = open_shared_case(network)
        self.seen = network["rw1"].post(
            f"/api/v1/cases/{case['id']}/procedures", {"canton": "Uccle", "regime": one.regime}
        )
        self.path = f"/api/v1/procedures/{self.seen['id']}"
        self.told, self.broken, self.alarms = {}, {}, Counter()

    def hear(self, said):
        """Over HTTP, what was said; what cannot be said over HTTP is said as something else."""
        rw1, known = self.network["rw1"], {act["id"] for act in self.seen["acts"]}
        if said.what == "act":
            self.seen = rw1.post(f"{self.path}/acts", _body(said.act))
        elif said.what == "corrected":
            path = f"{self.path}/acts/{self.ids[said.old]}/correction"
            self.seen = rw1.post(path, {**_body(said.act), "reason": "Misread"})
        elif said.what == "struck":
            self._strike(said.old)
        elif said.what == "regime":
            body = {"regime": self.one.regime}
            self.seen = rw1.post(f"{self.path}/regime", body, status=200)
        elif said.what == "own":
            self._own(said)
        if said.act is not None:
            (new,) = {act["id"] for act in self.seen["acts"]} - known
            self.ids[said.act.key] = new

    def _strike(self, old):
        """An act that is struck: here one corrected into a letter, from which nothing follows."""
        path = f"{self.path}/acts/{self.ids[old]}/correction"
        letter = {"kind": "letter", "acted_on": "2026-01-02", "reason": "Another case's"}
        self.seen = self.network["rw1"].post(path, letter)

    def _own(self, said):
        (row,) = (each for each in self.seen["deadlines"] if self._key(each) == said.of)
        path = f"/api/v1/deadlines/{row['id']}/override"
        body, version = {"reason": "Counted again"}, {"If-Match": f'"v{row["version"]}"'}
        if said.day is None:
            self.network["rw1"].post(f"{path}/lifting", body, status=200, **version)
        else:
            body["date"] = said.day.isoformat()
            self.network["rw1"].post(path, body, status=200, **version)
        self.seen = self.network["rw1"].get(self.path)

    def _key(self, row):
        return self._act(row["act_id"]), row["rule_id"]

    def _act(self, known):
        return next((key for key, each in self.ids.items() if each == str(known)), None)

    def look(self, now):
        """What the program shows and what the second implementation says, side by side."""
        found = second_life.dates(self.one.in_force, self.one.code, self.one.own)
        today = now.astimezone(BRUSSELS).date()
        self.seen = self.network["rw1"].get(self.path)
        yield "dates", *self._dates(found, today)
        said = second_life.warnings(self.one.in_force, found, self.one.code)
        yield "warnings", self._warnings(), said
        self._remember(found, said, now)
        yield "alerts", *self._approaching(now)
        yield "alarms", *self._alarms()
        yield "lost", self.network.rows(LOST), [(0,)]

    def _dates(self, found, today):
        seen = {
            self._key(row): (
                *(row["computed_date"], row["earlier_reading"], row["state"], row["lawful_from"]),
                self._act(row["ended_by"]),
            )
            for row in self.seen["deadlines"]
            # One whose rule fell away stands by a person's word alone.
            if not row["overridden"] or self._key(row) in found
        }
        wanted = {
            key: (
                *(_text(each.day), _text(each.other), second_life.state(each, today)),
                *(_text(second_life.lawful_from(each, today)), each.ended and each.ended[1]),
            )
            for key, each in found.items()
        }
        return seen, wanted

    def _warnings(self):
        return {
            (self._act(act["id"]), each["code"], each.get("rule_id", ""), each["breach"])
            for act in self.seen["acts"]
            if not act["replaced_by"] and self._act(act["id"]) in self.one.acts
            for each in act["warnings"]
            if each["code"] in KNOWN
        }

    def _remember(self, found, said, now):
        """What people were told until now: of a date, anew when its day changes or it comes back;
        of what breaks the law, anew whenever that changes."""
        known, self.told = self.told, {}
        for key, each in found.items():
            day = each.readings[0] if each.row.told and not each.ended else None
            was, due = known.get(self._before(key), (None, {}))
            if day != was:
                due = second_life.alerts(each, now)
            self.told[key] = (day, due)
        broken = {}
        for act, code, row, breach in said:
            if breach:
                broken.setdefault(act, set()).add((code, row))
        for act, against in broken.items():
            self.alarms[act] += against != self.broken.get(act)
        self.broken = broken

    def _before(self, key):
        return self.corrected.get(key[0], key[0]), key[1]

    def _approaching(self, now):
        wanted = {
            (*key, rung, due) for key, (_, told) in self.told.items() for rung, due in told.items()
        }
        seen = {
            (self._act(act), rule, rung, due)
            for act, rule, rung, due in self.network.rows(APPROACHING, self.seen["id"])
        }
        own = {key for key in self.one.own if key not in self.told}
        return _nearest({each for each in seen if each[:2] not in own}, now), _nearest(wanted, now)

    def _alarms(self):
        rows = self.network.rows(ALARMS, self.seen["id"])
        seen = {self._act(act): (count, alive) for act, count, alive in rows}
        wanted = {act: (count, int(act in self.broken)) for act, count in self.alarms.items()}
        return seen, wanted


def _nearest(told, now):
    """What is ahead, and of several alerts of a date that became due together the nearest."""
    last = {}
    for act, rule, rung, due in sorted(told, key=lambda each: each[3]):
        if due < now:
            last[act, rule] = (rung, due)
    return {each for each in told if each[3] >= now} | {(*key, *each) for key, each in last.items()}


def _text(day):
    return day and day.isoformat()


def _body(act):
    body = {"kind": act.kind, "acted_on": _text(act.on), "delivery": act.delivery}
    body |= {"ground": act.ground, "received_on": _text(act.received), "until_on": _text(act.until)}
    return {name: value for name, value in body.items() if value is not None}


def _told(network):
    """What is due goes out; nothing is forgotten after a year, so that it can be counted."""
    with network.runtime.transaction() as uow:
        for row in TIMETABLE:
            if row.run is not forget_old_rows:
                row.run(uow=uow)
    network.work()


@pytest.mark.parametrize("seed", range(times(200, 3)))
def test_what_is_stored_and_told_is_what_the_second_implementation_says(network, seed):
    chance = Random(SEED * 1_000 + seed)
    one, days, stored = begin(chance), days_of(chance), None
    for number, day in enumerate(days):
        now = datetime.combine(day, time(10, number), BRUSSELS).astimezone(UTC)
        network.clock.set(now)
        stored = stored or Stored(network, one)
        said = step(one, day, RECORDED)
        stored.corrected = {said.act.key: said.old} if said.what == "corrected" else {}
        stored.hear(said)
        for what, seen, wanted in stored.look(now):
            assert seen == wanted, (seed, number, day, what, said, one.code, one.in_force)
        if chance.random() < 1 / 3:
            network.clock.set(now + timedelta(minutes=5))
            _told(network)
