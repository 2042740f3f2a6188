"""One person and every table of a case, in SQL as the API's role: read, add, change, delete."""

from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy.exc import DBAPIError

from services.shared.categories import NAMES
from tests.security.database.sql import AUTHORS, CASE_TABLES
from tests.security.matrix.policy import TEAM, Policy
from tests.security.matrix.stage import Stage

# insufficient_privilege: no grant, or no policy lets the row through.
REFUSED = "refused 42501"
UNDEFINED = "refused 42703"
# Categories in which a row is added: one that is opened to the team and one that never is.
TRIED = ("tenancy", "health")


@dataclass
class AskingSql:
    stage: Stage
    policy: Policy
    asked: int = 0
    # table and category -> the row that is copied; table -> how many rows the case had.
    rows: dict[tuple[str, str | None], dict[str, Any]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def ask(self, actor: str, consent: str) -> None:
        """Inside what the household said about the actor (`Stage.said`)."""
        standing = self.policy.standing(actor, consent)
        for table, rule in self.policy.tables.items():
            if actor in self.stage.adults:
                self._at_home(actor, table, rule)
                continue
            self._reads(actor, consent, standing, table, rule)
            if actor != "anonymous":
                self._adds(actor, consent, standing, table, rule)
                self._changes(actor, consent, standing, table, rule)
                self._deletes(actor, consent, standing, table, rule)

    def _reads(self, actor: str, consent: str, standing: str, table: str, rule: Any) -> None:
        shape = f"SELECT {rule.get('columns', '*')} FROM {table} WHERE {CASE_TABLES[table]} = %s"
        query = f"SELECT to_jsonb(t) AS row FROM ({shape}) t"
        shown = self._run(actor, query, [self._case])
        rows = [row for (row,) in shown] if isinstance(shown, list) else []
        self.asked += 1
        fault = self._fault(actor, consent, standing, rule, rows, self._count(table))
        if fault:
            self._note(actor, consent, f"reads {table}", fault)

    def _at_home(self, adult: str, table: str, rule: Any) -> None:
        """Exactly the rows that are theirs to have, of this case and of every other."""
        columns, key = rule.get("columns", "*"), "id" if rule.get("home") else CASE_TABLES[table]
        shown = self._run(adult, f"SELECT to_jsonb(t) FROM (SELECT {columns} FROM {table}) t", [])
        values = {"case": self._case, "me": self.stage.adults[adult].member}
        wanted = self.stage.superuser.execute(
            f"SELECT to_jsonb(t) FROM {table} t WHERE {rule.get('home', 'false')}", values
        ).fetchall()
        self.asked += 4
        rows = shown if isinstance(shown, list) else []
        found, lawful = ({str(row.get(key)) for (row,) in each} for each in (rows, wanted))
        if found != lawful:
            fault = f"{len(found - lawful)} too many, {len(lawful - found)} too few"
            self._note(adult, "none", f"reads {table}", fault)
        for what in ("UPDATE", "DELETE FROM"):
            change = f" SET {rule.get('set', 'version = version')}" if what == "UPDATE" else ""
            outcome = self._run(adult, f"{what} {table}{change}", [])
            if outcome not in (0, REFUSED, UNDEFINED) and what not in rule.get("home_may", []):
                self._note(adult, "none", f"{what} {table}", str(outcome))
        # In the name of whoever wrote it, and of the adult themselves.
        outcome = self._run(adult, *self._copy(adult, table, None))
        if outcome != REFUSED and "INSERT" not in rule.get("home_may", []):
            self._note(adult, "none", f"adds to {table}", str(outcome))

    def _fault(
        self, actor: str, consent: str, standing: str, rule: Any, rows: list[Any], total: int
    ) -> str | None:
        """What is wrong with these rows, `total` of which the case had at the beginning."""
        if standing in _spelled_out(rule.get("partly", [])) or actor in rule.get("told", []):
            return None
        category = rule.get("category")
        if standing in _spelled_out(rule.get("reads", [])):
            if category == "row":
                shown = {row["category"] for row in rows}
                wanted = {int(NAMES[each]) for each in self.policy.categories(standing)}
                return None if shown == wanted else f"categories {shown}, not {wanted}"
            if category is None or category in self.policy.texts(standing):
                return None if len(rows) >= total else f"{len(rows)} of {total} rows"
        if standing in rule.get("when_named", []):
            is_named = consent != "none"
            return None if bool(rows) == is_named else f"{len(rows)} rows"
        if actor in rule.get("own", []) or "everybody" in rule.get("own", []):
            rows = [row for row in rows if str(self.stage.who(actor)) not in map(str, row.values())]
        return f"{len(rows)} rows that are not theirs" if rows else None

    def _adds(self, actor: str, consent: str, standing: str, table: str, rule: Any) -> None:
        categories = TRIED if rule.get("category") == "row" else (rule.get("category"),)
        for category in categories:
            given = rule.get("adds", [])
            may = "everybody" in given or self._may(standing, given, category, rule)
            outcome = self._run(
                actor,
                *self._copy(actor, table, category if rule.get("category") == "row" else None),
            )
            self.asked += 1
            # Let through to the constraints of the table is let through.
            if (outcome != REFUSED) != may:
                what = f"adds to {table}" + (f" ({category})" if category else "")
                self._note(actor, consent, what, f"{outcome}, expected {may}")

    def _may(self, standing: str, given: list[str], category: str | None, rule: Any) -> bool:
        if standing not in _spelled_out(given):
            return False
        if standing not in (*TEAM, "court") or category is None or rule.get("adds_in_any"):
            return True
        return category in self.policy.texts(standing)

    def _changes(self, actor: str, consent: str, standing: str, table: str, rule: Any) -> None:
        change = rule.get("set", "version = version")
        if "changes" not in rule and "set" not in rule:
            change = f"{CASE_TABLES[table]} = {CASE_TABLES[table]}"
        category = rule.get("category")
        may = self._may(
            standing, rule.get("changes", []), None if category == "row" else category, {}
        ) or actor in rule.get("reviewers", [])
        where = f"{CASE_TABLES[table]} = %s AND {rule.get('only', 'true')}"
        outcome = self._run(
            actor,
            f"UPDATE {table} SET {change} WHERE {where}",
            [self._case],
        )
        self.asked += 1
        is_partly = standing in _spelled_out(rule.get("partly", []))
        if is_partly or actor in set(rule.get("told", [])) - set(rule.get("reviewers", [])):
            return
        if (outcome not in (0, REFUSED)) != may:
            self._note(actor, consent, f"changes {table}", f"{outcome}, expected {may}")

    def _deletes(self, actor: str, consent: str, standing: str, table: str, rule: Any) -> None:
        may = self._may(standing, rule.get("deletes", []), rule.get("category"), rule)
        outcome = self._run(actor, f"DELETE FROM {table}", [])
        self.asked += 1
        if (outcome not in (0, REFUSED)) != may:
            self._note(actor, consent, f"deletes from {table}", str(outcome))

    def _run(self, actor: str, query: str, values: list[Any]) -> Any:
        """The rows shown, or how many were touched, or `refused` and why."""
        connection = self.stage.database.held
        assert connection is not None
        adult = self.stage.adults.get(actor)
        who = str(self.stage.who(actor)) if actor in self.stage.cast.actors else ""
        with self.stage.undone():
            connection.exec_driver_sql(
                "SELECT set_config('app.professional', %s, true), set_config('app.now', %s, true),"
                " set_config('app.portal_session', %s, true)",
                (who, self.stage.now.isoformat(), str(adult.session) if adult else ""),
            )
            try:
                result = connection.exec_driver_sql(query, tuple(values))
                return result.fetchall() if result.returns_rows else result.rowcount
            except DBAPIError as refusal:
                return f"refused {refusal.orig.sqlstate}"  # type: ignore[union-attr]

    def _count(self, table: str) -> int:
        if table not in self.counts:
            query = f"SELECT count(*) FROM {table} WHERE {CASE_TABLES[table]} = %s"
            (count,) = self.stage.superuser.execute(query, [self._case]).fetchone() or (0,)
            self.counts[table] = count
        return self.counts[table]

    def _copy(self, actor: str, table: str, category: str | None) -> tuple[str, list[Any]]:
        """An INSERT of a row of the case once more, under a new key and in the actor's name."""
        values = dict(self._row(table, category))
        values.pop("seq", None)
        adult = self.stage.adults.get(actor)
        me = str(adult.member if adult else self.stage.who(actor))
        for name in (AUTHORS | {"actor_id", "ticked_by"}) & values.keys():
            values[name] = me
        values |= self.policy.tables[table].get("new", {})
        columns = ", ".join(values)
        query = f"INSERT INTO {table} ({columns}) SELECT {columns}"
        return f"{query} FROM jsonb_populate_record(NULL::{table}, %s)", [Jsonb(values)]

    def _row(self, table: str, category: str | None) -> dict[str, Any]:
        """One that was there at the beginning."""
        if (table, category) not in self.rows:
            where = f"{CASE_TABLES[table]} = %s"
            where += f" AND category = {int(NAMES[category])}" if category else ""
            found = self.stage.superuser.execute(
                f"SELECT to_jsonb(t) FROM {table} t WHERE {where} LIMIT 1", [self._case]
            ).fetchone()
            self.rows[table, category] = found[0] if found else {CASE_TABLES[table]: self._case}
        return self.rows[table, category]

    @property
    def _case(self) -> Any:
        return self.stage.ids["this_case"]["case_id"]

    def _note(self, actor: str, consent: str, what: str, fault: str) -> None:
        self.wrong.append(f"{actor}, {consent}: {what}: {fault}")


def _spelled_out(standings: list[str]) -> set[str]:
    return {*standings, *(TEAM if "team" in standings else ())}
