"""Running deadlines computed anew after a holiday is added, against one UPDATE and bare dates."""

import json
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

from bench.data import load_cases
from bench.deadlines import bare_date
from bench.figures import Figure, in_turns, ratios, say, timed
from bench.stage import Stage
from infra.database import Database
from services.evictions.counting.calendar import belgium
from services.evictions.dates.computing import told
from services.evictions.law.acts import ActKind, DatedAct
from services.evictions.law.rulebook import deadlines_after
from services.evictions.law.rulesets import brussels
from services.evictions.law_changes.run import advance_recomputation
from workers.clock import DatabaseClock

SQL = (Path(__file__).parent / "recomputation.sql").read_text()
KEYS = """
    CREATE OR REPLACE FUNCTION pg_temp.key(kind text, number bigint) RETURNS uuid LANGUAGE sql
    IMMUTABLE AS $$ SELECT md5(kind || number)::uuid $$
"""
PER_CASE = 5
FIRST, DAYS = date(2026, 1, 5), 360
KINDS = (ActKind.FORMAL_NOTICE, ActKind.PETITION, ActKind.SERVICE, ActKind.EVICTION)
_TEMPLATES = """
    CREATE TEMP TABLE templates AS SELECT * FROM jsonb_to_recordset(%s::jsonb) AS t(
      kind text, acted_on date, rule_id text, rule_version int, computes text, protective boolean,
      falls_on date, earlier_reading date, steps jsonb, article text, source text, certainty text)
"""
_CHANGE = """
    INSERT INTO rule_changes (id, version, kind, state, reason, day, names, made_by, made_at)
    SELECT %s, 1, 'holiday_added', 'draft', 'R', %s, '{"en": "D", "fr": "J", "nl": "D"}',
           id, now() FROM professionals LIMIT 1
"""
_RUN = """
    INSERT INTO recomputations (id, version, change_id, retires, state, procedures_done, changed,
      locked, new, gone, skipped, asked_by, asked_at, applied_by, applied_at)
    SELECT %s, 1, %s, %s, %s, 0, 0, 0, 0, 0, 0, id, now(), id, now() FROM professionals LIMIT 1
"""
_UPDATE = "UPDATE deadlines SET falls_on = falls_on + %s, version = version + 1"


class NothingMoved(Exception):
    """The recomputation did not do what is timed."""


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    deadlines, rounds = 100_000, 10 if full else 3
    say(f"recomputation: {deadlines} running deadlines put in place")
    with stage.superuser() as superuser:
        load(stage, superuser, deadlines // PER_CASE)
        database = Database(stage.cluster.url("maillage_worker"), pool_size=3)
        bench = _Bench(superuser, database, deadlines, date(2026, 6, 17))
        figures = bench.figures(rounds)
        database.dispose()
    return figures


def load(stage: Stage, superuser: psycopg.Connection, cases: int) -> None:
    load_cases(stage, cases, issuer="-")
    superuser.execute(_TEMPLATES, (json.dumps(_templates(), default=str),))
    superuser.execute("ANALYZE templates")
    superuser.execute(KEYS)
    superuser.execute(SQL.replace(":cases", str(cases)).encode())
    superuser.execute("VACUUM ANALYZE")


def _templates() -> list[dict[str, object]]:
    rules = brussels()
    return [
        {
            "kind": kind,
            "acted_on": day,
            "rule_id": rule.id,
            "rule_version": rules.version,
            "computes": rule.computes,
            "protective": rule.protective,
            "falls_on": deadline.date,
            "earlier_reading": deadline.earlier_reading,
            "steps": told(deadline.steps),
            "article": rule.article,
            "source": rule.source,
            "certainty": rule.certainty.value,
        }
        for day in (FIRST + timedelta(days=number) for number in range(DAYS))
        for kind in KINDS
        for rule, deadline in deadlines_after(DatedAct(kind=kind, acted_on=day), rules, belgium())
    ]


class _Bench:
    def __init__(
        self, superuser: psycopg.Connection, database: Database, deadlines: int, day: date
    ) -> None:
        self._superuser, self._database, self._deadlines = superuser, database, deadlines
        self._clock = DatabaseClock(database.engine)
        self._change, self._active, self._moved = uuid4(), False, 0
        superuser.execute(_CHANGE, (self._change, day))

    def figures(self, rounds: int) -> list[Figure]:
        applied, previewed, updated, bare = in_turns(
            rounds, self.applied, self.previewed, self.updated, self.bare
        )
        name = "recompute"
        say(f"{name}: {self._moved} dates moved; {min(applied):.2f} s, UPDATE {min(updated):.2f} s")
        n = f"{rounds} × {self._deadlines}"
        update, dates = "one UPDATE of as many rows", "date arithmetic, cached calendar"
        what = f"running deadlines anew after a holiday; {self._moved} move"
        rows = [
            (name, what, update, ratios(applied, updated)),
            (f"{name}-preview", "the same, compared only", update, ratios(previewed, updated)),
            (f"{name}-dates", what, dates, ratios(applied, bare)),
        ]
        return [
            Figure(name=name, what=what, peer=peer, kind="time", ratios=found, n=n)
            for name, what, peer, found in rows
        ]

    def applied(self) -> float:
        """The holiday is added and taken back in turns: each moves the same dates."""
        retires, self._active = self._active, not self._active
        self._superuser.execute(
            "UPDATE rule_changes SET state = %s WHERE id = %s",
            ("retired" if retires else "active", self._change),
        )
        run = self._run("applying", retires=retires)
        took = timed(self._advance)
        self._moved = self._counted(run, "applied")
        self._rest()
        return took

    def previewed(self) -> float:
        run = self._run("previewing", retires=self._active)
        took = timed(self._advance)
        if self._counted(run, "previewed") == 0:
            raise NothingMoved
        self._rest()
        return took

    def updated(self) -> float:
        """And back, so that the next round finds what the engine computed."""
        took = timed(lambda: self._superuser.execute(_UPDATE, (1,)))
        self._superuser.execute(_UPDATE, (-1,))
        self._rest()
        return took

    def bare(self) -> float:
        calendar = belgium()
        starts = [FIRST + timedelta(days=each % DAYS) for each in range(self._deadlines)]
        return timed(lambda: [bare_date(start, calendar) for start in starts])

    def _run(self, state: str, *, retires: bool) -> object:
        run = uuid4()
        self._superuser.execute(_RUN, (run, self._change, retires, state))
        return run

    def _advance(self) -> None:
        """As a worker does, a transaction a batch, until there is none under way."""
        done = 1
        while done:
            with self._database.transaction(clock=self._clock, actor=None) as uow:
                done = advance_recomputation(uow=uow)

    def _counted(self, run: object, state: str) -> int:
        row = self._superuser.execute(
            "SELECT changed FROM recomputations WHERE id = %s AND state = %s", (run, state)
        ).fetchone()
        if row is None:
            raise NothingMoved
        return int(row[0])

    def _rest(self) -> None:
        self._superuser.execute("VACUUM ANALYZE deadlines, alerts, recomputed_deadlines")
