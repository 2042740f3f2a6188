"""How a test begins is done over HTTP once a process, and put back for every test that begins so.

`@beginning` marks a step that many tests take first. What it wrote is remembered under all that it
depends on: who is in the network, the steps before it, what it was given and the hour. It is put
back only where nothing else was written since the step before: the position of PostgreSQL's log
(WAL) tells, which no write of anybody leaves as it was. Otherwise the step is taken, as always.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

import psycopg

from tests.once.emptying import copied, put_back
from tests.people import Network, Stand

Result = TypeVar("Result")


@dataclass
class _Begun:
    network: Network
    result: Any
    at: datetime
    rows: dict[str, bytes]
    case_keys: dict[str, bytes]
    mails: tuple[list[Any], list[str]]


_KNOWN: dict[tuple[Any, ...], _Begun] = {}


def stand(network: Network, key: tuple[Any, ...], rows: dict[str, bytes]) -> None:
    """From here on a step may be put back."""
    network.stand = Stand(key, rows, _position(network.database))


def beginning(step: Callable[..., Result]) -> Callable[..., Result]:
    """A step whose first argument is the network, and whose others say what they are."""

    named = signature(step)

    @wraps(step)
    def begin(*args: Any, **more: Any) -> Result:
        bound = named.bind(*args, **more)
        network, *about = bound.args
        before = network.stand
        if before is None or before.position != _position(network.database):
            network.stand = None
            return step(*args, **more)
        given = (step.__module__, step.__qualname__, repr(about), repr(bound.kwargs))
        key = (*before.key, *given, network.clock.at)
        if key in _KNOWN:
            _put_back(network, before, _KNOWN[key])
        else:
            _KNOWN[key] = _remembered(network, step(*args, **more))
        known = _KNOWN[key]
        stand(network, key, known.rows)
        return deepcopy(known.result, {id(known.network): network})

    return begin


def _position(connection: psycopg.Connection) -> Any:
    return connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone()


def _remembered(network: Network, result: Any) -> _Begun:
    keys = {path.name: path.read_bytes() for path in network.case_keys.glob("*.key")}
    return _Begun(
        network,
        deepcopy(result, {id(network): network}),
        network.clock.at,
        dict(copied(network.database)),
        keys,
        (list(network.postbox.received), list(network.postbox.recipients)),
    )


def _put_back(network: Network, before: Stand, known: _Begun) -> None:
    """Only the tables that the step changed."""
    changed = {
        name
        for name in known.rows.keys() | before.rows.keys()
        if known.rows.get(name) != before.rows.get(name)
        # The folders are this test's own, marked before it began.
    } - {"shared_folders"}
    emptied = [f"DELETE FROM {name}" for name in changed & before.rows.keys()]
    if emptied:
        network.database.execute("; ".join(emptied))
    rows = [(name, lines) for name, lines in known.rows.items() if name in changed]
    put_back(network.database, rows)
    if known.case_keys:
        network.case_keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in known.case_keys.items():
        (network.case_keys / name).write_bytes(content)
    network.postbox.received[:], network.postbox.recipients[:] = known.mails
    network.clock.set(known.at)
