"""`python -m bench.bare PORT`: the peer. Flask and psycopg, one statement, no rule, no log."""

import json
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask, Response, request
from psycopg.rows import dict_row

from bench.sink import LOOPBACK
from infra.embedded.api import listen
from infra.embedded.connections import answer

CATEGORIES = ("identity", "tenancy", "procedure", "income", "family", "work", "health")
CATEGORIES += ("violence", "detention", "residence")
OPEN = (Path(__file__).parent / "bare.sql").read_text()
BY_ID = """
    SELECT c.id, c.code, c.state, c.opened_at, true AS leads,
           (SELECT min(coalesce(d.overridden_date, d.falls_on)) FROM deadlines d
            WHERE d.case_id = c.id AND coalesce(d.overridden_date, d.falls_on) >= current_date)
             AS next_deadline
    FROM cases c WHERE c.id = ANY(%s) ORDER BY c.code
"""
app = Flask("bare", static_folder=None)
_own = threading.local()


def connection() -> psycopg.Connection[dict[str, Any]]:
    """One a thread, in autocommit."""
    if not hasattr(_own, "connection"):
        url = os.environ["BARE_DATABASE_URL"]
        _own.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
    own: psycopg.Connection[dict[str, Any]] = _own.connection
    return own


@app.get("/cases/<uuid:case_id>")
def open_case(case_id: UUID) -> Response:
    row = connection().execute(OPEN, (case_id,), prepare=True).fetchone()
    assert row is not None
    row["categories"] = CATEGORIES
    for note in row["notes"]:
        note["category"] = CATEGORIES[note["category"].bit_length() - 1]
    return _answer(row)


@app.get("/cases")
def by_id() -> Response:
    keys = [UUID(key) for key in request.args["ids"].split(",")]
    return _answer({"items": connection().execute(BY_ID, (keys,), prepare=True).fetchall()})


def _answer(value: Any) -> Response:
    text = json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return Response(text.replace("+00:00", "Z"), mimetype="application/json")


def _plain(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def serve(port: int) -> None:
    """As `infra.embedded.api` serves ours."""
    answer(app, listen(LOOPBACK, port))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
