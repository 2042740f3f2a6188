"""10,000 random procedures against the second implementation of the life of dates: no difference.

Compared after each thing that is written down, and on every day on which something changes by
itself, its eve and its morrow: which dates exist, their days, how they stand and what ended them,
what each act breaks, the first lawful day from that day on, and the alerts due.
"""

from collections import Counter
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest

from services.evictions.dates.computing import computed
from services.evictions.dates.doubts import doubts
from services.evictions.dates.facts import ActRow, DateRow, Running, dated
from services.evictions.dates.recompute import _standing
from services.evictions.dates.standing import bring_to_life
from services.evictions.dates.warnings import notice_of
from services.evictions.dates.write import Moved
from services.evictions.law import ladder
from services.evictions.law.acts import liftings
from services.evictions.law.in_force import law_of
from tests.evictions.law import second_life
from tests.evictions.law.random_procedures import DAYS, FIRST, begin, days_of, step
from tests.evictions.law.second_life import BRUSSELS
from tests.slices import SEED, times

LAW = law_of(())
# What the second implementation knows; doubts of another kind have tests of their own.
KNOWN = {
    *("before-lawful-date", "after-lawful-date", "no-enforceable-title"),
    *("no-execution-day", "in-moratorium"),
}
ONE = timedelta(days=1)
LAST = FIRST + ONE * (DAYS + 400)


def _id(key):
    return UUID(int=key)


class Ours:
    """The program's reading of a procedure."""

    def __init__(self, one):
        self.one = one
        acts = [
            ActRow(_id(a.key), a.kind, a.on, a.received, a.delivery, a.ground, a.until)
            for a in one.in_force
        ]
        self.lifted = liftings(map(dated, acts))
        self.wanted = computed(acts, one.code, LAW)
        running = Running(_id(1), _id(2), one.code, acts, list(self._rows()))
        self.moved = Moved.of(running, self.wanted)
        standing = tuple(_standing(self.moved))
        self.warned = doubts(acts, standing, one.code, LAW)

    def _rows(self):
        for (key, rule), day in self.one.own.items():
            new = self.wanted.get((_id(key), rule))
            if new:
                yield self._row(new, _id(key), day, None)

    def _row(self, new, act, own, ended):
        return DateRow(
            *(_id(3), 1, act, new.rule.id, new.rule.computes, new.rule.protective),
            *(new.deadline.date, new.deadline.earlier_reading, own),
            *(new.rule.article, new.rule.certainty.value, ended),
        )

    def seen(self):
        found = {}
        for (act, rule), new in self.wanted.items():
            end = self.moved.ends.get((act, rule))
            ended = (str(end.state), end.act.int) if end else None
            found[act.int, rule] = (new.deadline.date, new.deadline.earlier_reading, ended)
        return found

    def warnings(self):
        return {
            (act.int, each["code"], each.get("rule_id", ""), each["breach"])
            for act, said in self.warned.items()
            for each in said
            if each["code"] in KNOWN
        }

    def on(self, key, today):
        """The state of a date on a day and its first lawful day."""
        new, own = self.wanted[_id(key[0]), key[1]], self.one.own.get(key)
        end = self.moved.ends.get((_id(key[0]), key[1]))
        told = {
            "rule_set": new.rule_set.code,
            "rule_version": new.rule_set.version,
            "rule_id": new.rule.id,
            "state": end.state if end else None,
            "date": (own or new.deadline.date).isoformat(),
            "computed_date": new.deadline.date.isoformat(),
            "earlier_reading": new.deadline.earlier_reading
            and new.deadline.earlier_reading.isoformat(),
            "overridden": own is not None,
        }
        bring_to_life(told, self.lifted, LAW, today)
        return str(told["state"]), told["lawful_from"]

    def alerts(self, key, now):
        new, own = self.wanted[_id(key[0]), key[1]], self.one.own.get(key)
        end = self.moved.ends.get((_id(key[0]), key[1]))
        notice = notice_of(self._row(new, _id(key[0]), own, None))
        if not new.rule.protective or end or notice.last < now.astimezone(BRUSSELS).date():
            return {}
        found = ladder.rungs_before(notice.last, now, LAW.calendar)
        return {f"{days}d": due for days, due in found.items()}


def _turns(found, since, until, chance):
    """Every day on which a date changes by itself, with its eve and morrow, and some others."""
    days = {
        since,
        until - ONE,
        *(since + ONE * chance.randrange((until - since).days) for _ in "ab"),
    }
    was = None
    day = since
    while day < until:
        now = second_life.state(found, day), second_life.lawful_from(found, day)
        if now != was:
            days |= {day - ONE, day, day + ONE}
        was, day = now, day + ONE
    return sorted(day for day in days if since <= day < until)


def _compare(one, today, until):
    theirs = second_life.dates(one.in_force, one.code, one.own)
    ours = Ours(one)
    seen = {key: (each.day, each.other, each.ended) for key, each in theirs.items()}
    counted = Counter(dates=len(seen), turns=0, alerts=0)
    if ours.seen() != seen:
        return [("dates", one, ours.seen(), seen)], counted
    said = second_life.warnings(one.in_force, theirs, one.code)
    different = []
    if ours.warnings() != said:
        different.append(("warnings", one, ours.warnings() ^ said))
    counted["warnings"] = len(said)
    now = datetime.combine(today, time(one.chance.randrange(24), 30), BRUSSELS)
    for key, found in theirs.items():
        due = second_life.alerts(found, now)
        counted["alerts"] += len(due)
        if ours.alerts(key, now) != due:
            different.append(("alerts", one, key, now, ours.alerts(key, now), due))
        for day in _turns(found, today, until, one.chance):
            counted["turns"] += 1
            wanted = second_life.state(found, day), second_life.lawful_from(found, day)
            if ours.on(key, day) != wanted:
                different.append(("life", one, key, day, ours.on(key, day), wanted))
                break
    return different, counted


@pytest.mark.parametrize("part", range(times(10, 1)))
def test_ten_thousand_random_procedures_live_alike(part):
    different, counted, number = [], Counter(), times(1_000, 30)
    for seed in range(part * number, (part + 1) * number):
        chance = Random(SEED * 100_000 + seed)
        one, days = begin(chance), days_of(chance)
        for today, until in zip(days, [*days[1:], LAST], strict=True):
            step(one, today)
            found, more = _compare(one, today, max(until, today + ONE))
            counted += more
            if found:
                different.append((seed, today, *found[0]))
                break
    print(f"{number} procedures, {dict(counted)}, {len(different)} differences")
    assert counted["warnings"] > number
    assert counted["alerts"] > number
    assert different[:3] == []
