"""Where the time of opening a case goes, measured inside one process (no HTTP server)."""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench import ours
from bench.figures import say
from bench.pair import Reader
from bench.stage import Stage, free_port
from case_api import api
from case_api.app import create_app
from case_api.auth.bearer import AccessTokens
from infra import logs
from infra.database import Database

# How the statements of the request begin.
STATEMENTS = {
    "SELECT * FROM find_actor": "find_actor",
    "SELECT set_config": "begin + set_config (twice)",
    "INSERT INTO read_entries": "read log",
}


class _Stopwatch:
    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def around(self, owner: Any, name: str, label: str) -> Callable[[], None]:
        """Time every call of `owner.name`; the answer puts it back."""
        inner = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return inner(*given, **named)
            finally:
                self.spent[label] += time.perf_counter() - started

        setattr(owner, name, timed)
        return lambda: setattr(owner, name, inner)


def print_profile(stage: Stage, issuer: str, readers: list[Reader]) -> None:
    settings = ours.settings(stage.cluster.url("maillage_api"), issuer, free_port())
    database = Database(settings.database_url)
    watch = _Stopwatch()
    undo = [
        watch.around(AccessTokens, "verify", "token"),
        watch.around(api, "respond", "dump"),
        watch.around(database.engine.dialect, "do_commit", "commit (twice)"),
        watch.around(database.engine.dialect, "do_ping", "pool's ping (twice)"),
    ]
    _time_statements(database, watch)
    with open(os.devnull, "w") as nowhere:
        logs.configure(nowhere)
        rounds = _run(create_app(settings, database=database), watch, readers)
    for put_back in undo:
        put_back()
    database.dispose()
    logs.configure()
    total = statistics.median(spent.pop("total") for spent in rounds)
    say(f"opening a case in one process: {total * 1e6:.0f} µs, of which")
    for part in sorted(rounds[0], key=lambda name: -rounds[0][name]):
        share = statistics.median(spent[part] for spent in rounds)
        say(f"  {share / total:4.0%}  {share * 1e6:5.0f} µs  {part}")
    rest = total - sum(statistics.median(spent[part] for spent in rounds) for part in rounds[0])
    say(f"  {rest / total:4.0%}  {rest * 1e6:5.0f} µs  Flask, SQLAlchemy, headers, log line")


def _time_statements(database: Database, watch: _Stopwatch) -> None:
    """Between handing a statement to the driver and its answer."""

    def begin(
        _connection: Any, _cursor: Any, _sql: str, _values: Any, context: Any, _: Any
    ) -> None:
        context.begun = time.perf_counter()

    def end(_connection: Any, _cursor: Any, sql: str, _values: Any, context: Any, _: Any) -> None:
        label = next((v for k, v in STATEMENTS.items() if sql.startswith(k)), "the statement")
        watch.spent[label] += time.perf_counter() - context.begun

    event.listen(database.engine, "before_cursor_execute", begin)
    event.listen(database.engine, "after_cursor_execute", end)


def _run(app: Any, watch: _Stopwatch, readers: list[Reader]) -> list[dict[str, float]]:
    rounds = []
    for reader in readers * 2:
        for case in reader.cases[:10]:
            environ = EnvironBuilder(
                f"/api/v1/cases/{case}", headers=reader.headers, base_url="http://127.0.0.1"
            ).get_environ()
            watch.spent.clear()
            started = time.perf_counter()
            run_wsgi_app(app, environ)
            watch.spent["total"] = time.perf_counter() - started
            rounds.append(dict(watch.spent))
    return rounds[len(rounds) // 2 :]
