"""Straight to the tables, as one of our roles and as one person, undone at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import make_url

from infra.migrations.models import metadata

CONTEXT = "SELECT set_config('app.professional', %s, true), set_config('app.now', %s, true)"
# Answers kept for whoever asked: guarded by who it is, not by the case.
OWN_ANSWERS = "idempotency_keys"
# Every table with a `case_id`, and the case itself: what must be invisible to a stranger.
CASE_TABLES = {
    table.name: "case_id" if "case_id" in table.columns else "id"
    for table in metadata.sorted_tables
    if ("case_id" in table.columns or table.name == "cases") and table.name != OWN_ANSWERS
}
ALL_TABLES = [table.name for table in metadata.sorted_tables]


class Gate:
    """One connection of a role; `as_person` opens a transaction that is always rolled back."""

    def __init__(self, cluster: Any, role: str) -> None:
        url = make_url(cluster.url(role)).set(drivername="postgresql")
        self.connection = psycopg.connect(
            url.render_as_string(), row_factory=dict_row, prepare_threshold=0
        )
        self.connection.prepared_max = None

    @contextmanager
    def as_person(self, who: UUID | None, at: datetime) -> Iterator[psycopg.Cursor[Any]]:
        with self.connection.cursor() as cursor:
            cursor.execute(CONTEXT, (str(who) if who else "", at.isoformat()))
            try:
                yield cursor
            finally:
                # Past psycopg, which would forget every plan (as `KeepsPlans`).
                self.connection.pgconn.exec_(b"ROLLBACK")

    def outcome(self, who: UUID | None, at: datetime, *statements: Any) -> str:
        """`refused`, or how many rows the last of the statements touched or showed.

        A statement is a text or a pair (text, values). Deferred checks speak before the end.
        """
        with self.as_person(who, at) as cursor:
            try:
                for each in statements:
                    query, values = each if isinstance(each, tuple) else (each, None)
                    cursor.execute(query, values)
                count = cursor.rowcount
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except psycopg.Error as refusal:
                return f"refused {refusal.sqlstate}"
        return str(max(count, 0))

    def usable(self) -> bool:
        return self.connection.info.transaction_status == TransactionStatus.IDLE


# Of these a column is given by a function only, to those who may read it.
PARTLY = {
    "households": "id, version, case_id, language",
    "participations": "id, version, case_id, professional_id, role, state, invited_by, invited_at,"
    " accepted_at, ends_at, ended_at, confidential_to",
}


def seen(gate: Gate, town: Any, who: str | None, table: str) -> list[dict[str, Any]]:
    """The rows of the case in a table that this person is shown; none if it is closed to all."""
    key = town.people[who].id if who else None
    with gate.as_person(key, town.story.now) as cursor:
        granted = cursor.execute(
            "SELECT has_table_privilege(%s, 'SELECT') AS may", (table,)
        ).fetchone()
        if table not in PARTLY and not (granted and granted["may"]):
            return []
        columns = PARTLY.get(table, "*")
        rows = f"SELECT {columns} FROM {table} WHERE {CASE_TABLES[table]} = %s"
        query = f"SELECT to_jsonb(t) AS row FROM ({rows}) t"
        return [each["row"] for each in cursor.execute(query, (town.case,)).fetchall()]


def copies(town: Any, table: str, who: str) -> tuple[str, list[Any]]:
    """An INSERT of a row of the case once more, under a new key and in the name of `who`."""
    row = town.superuser.execute(
        f"SELECT to_jsonb(t) FROM {table} t WHERE {CASE_TABLES[table]} = %s"
        # Always of the same category: a row of health is some people's to write.
        " ORDER BY to_jsonb(t) ->> 'category' LIMIT 1",
        (town.case,),
    ).fetchone()
    values = dict(row[0]) if row else {}
    values.pop("seq", None)
    for name in AUTHORS & values.keys():
        values[name] = str(town.people[who].id)
    if "id" in values and table != "cases":
        values["id"] = str(uuid4())
    columns = ", ".join(values)
    query = f"INSERT INTO {table} ({columns}) SELECT {columns}"
    return f"{query} FROM jsonb_populate_record(NULL::{table}, %s)", [Jsonb(values)]


AUTHORS = {
    *("author_id", "created_by", "recorded_by", "posted_by", "collected_by", "opened_by"),
    *("principal_id", "professional_id", "to_id", "invited_by", "from_id"),
    *("set_by", "uploaded_by", "proposed_by", "written_by", "issued_by", "requested_by"),
    *("ticked_by", "frozen_by", "downloaded_by", "asked_by", "flagged_by"),
}
