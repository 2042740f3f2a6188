"""`maillage up`: everything in one command, from an empty folder to a page that answers."""

import argparse
import gc
import http.client
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from infra.cli.entry_points import entry_point
from infra.cli.parser import OneSentenceParser, complain
from infra.embedded.lock import AlreadyRunning, DataLock
from infra.embedded.openid.people import PeopleUnreadable, read_people
from infra.embedded.places import UnsafePlace, data_directory
from infra.embedded.ports import PortTaken, require_free
from infra.embedded.process import StartFailed
from infra.embedded.stack import Stack, address, build, embedded_servers, foundations
from infra.embedded.supervisor import StopRequested, Supervisor
from infra.settings import Settings, listening_port

PROG = "maillage up"
READY_LIMIT = 60.0
PROBE_LIMIT = 5.0
# Imported once, before the forks; a part that cannot be imported says so in its own log.
PRELOADED = ("api", "application", "migrate", "demo", "worker")


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("up", help="start everything here, until Ctrl-C")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DATA") or ".data"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    started = time.monotonic()
    embedded_servers(os.environ)
    host, port = os.environ.get("HOST") or "127.0.0.1", listening_port(os.environ)
    try:
        data_dir = data_directory(args.data)
        lock = DataLock(data_dir, address(host, port))
        supervisor = Supervisor(data_dir, say=_say, ours=[lock.descriptor])
        supervisor.clear_leftovers()
        require_free(host, port)
        stack = build(os.environ, data_dir, host, port)
    except (AlreadyRunning, PortTaken, UnsafePlace) as error:
        return complain(PROG, str(error))
    _say(f"Maillage starts, its data in {data_dir}")
    return _supervise(stack, supervisor, started)


def _supervise(stack: Stack, supervisor: Supervisor, started: float) -> int:
    code = 0
    try:
        _start(stack, supervisor)
        _say(f"Ready in {time.monotonic() - started:.1f} s.\n\n{_welcome(stack)}")
        supervisor.run()
    except StopRequested:
        pass
    except (StartFailed, PeopleUnreadable) as error:
        if not supervisor.stopping:
            complain(PROG, str(error))
            code = 1
    finally:
        _say("Stopping…")
        supervisor.stop()
    _say("Stopped.")
    return code


def _start(stack: Stack, supervisor: Supervisor) -> None:
    settings = stack.settings
    servers = {part.name: part for part in foundations(stack, supervisor)}
    with _timed("servers started"):
        for name in [name for name in ("postgres", "valkey") if name in servers]:
            supervisor.add(servers.pop(name))
    with _timed("program loaded"):
        _preload()
        entry_point("events")()
    for part in servers.values():
        supervisor.add(part)
    with _timed("servers ready"):
        _wait_for_servers(stack, supervisor)
    with _timed("database up to date"):
        supervisor.step("migrate", partial(_resolved, "migrate", settings.owner_database_url))
    # After a restore, before anybody is served: what was erased stays erased.
    supervisor.step("replay", partial(_resolved, "replay", settings))
    # Demo people only in a database of our own: a real one is filled by `maillage administrator`.
    if {"openid", "postgres"} <= stack.embedded:
        with _timed("demo network present"):
            supervisor.step("demo", partial(_resolved, "demo", settings))
    with _timed("API ready"):
        _add_programs(replace(settings, owner_database_url=""), supervisor)
        if not supervisor.wait_until(partial(_answers, settings), READY_LIMIT):
            log = supervisor.log("api")
            raise StartFailed(f"the API was not ready in {READY_LIMIT:g} s: see {log}.")


def _add_programs(settings: Settings, supervisor: Supervisor) -> None:
    supervisor.add(supervisor.forked("api", partial(_resolved, "api", settings)))
    supervisor.add(supervisor.forked("worker", partial(_resolved, "worker", settings)))
    for name in ("sweeper-1", "sweeper-2"):
        supervisor.add(supervisor.forked(name, partial(_resolved, "sweeper", settings)))


def _resolved(name: str, *arguments: object) -> None:
    """Looked up in the child: a part that cannot even be imported is its own failure."""
    entry_point(name)(*arguments)


def _preload() -> None:
    """Without looking for garbage meanwhile: what is imported stays, in every part."""
    gc.disable()
    for part in PRELOADED:
        try:
            entry_point(part)
        except ImportError:
            continue
    gc.enable()


def _wait_for_servers(stack: Stack, supervisor: Supervisor) -> None:
    """A server that dies meanwhile is started again; the limit covers a crash recovery."""
    for server in (stack.cluster, stack.valkey):
        if server and not supervisor.wait_until(server.answers, READY_LIMIT):
            raise StartFailed(f"a server was not ready in {READY_LIMIT:g} s: see {server.log}.")
    if stack.cluster:
        stack.cluster.wait_ready()


def _answers(settings: Settings) -> bool:
    """Whether /readyz says 200, asked by the name the API trusts."""
    host = urlsplit(settings.public_url).netloc
    reached = urlsplit(address(settings.host, settings.port)).hostname or ""
    connection = http.client.HTTPConnection(reached, settings.port, timeout=PROBE_LIMIT)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome(stack: Stack) -> str:
    home = stack.settings.public_url
    lines = [f"  Maillage       {home}", f"  API            {home}/api/docs"]
    lines += [f"  Mailbox        {home}/dev/mailbox"] if stack.settings.mailbox else []
    lines += [f"  Metrics        {home}/metrics"]
    if "openid" in stack.embedded and stack.settings.data_dir:
        people = read_people(stack.settings.data_dir)
        width = max((len(person.name) for person in people), default=0)
        lines += ["", "  Log in without a password as"] if people else []
        lines += [f"    {p.name:<{width}}  {p.email}  {p.role}".rstrip() for p in people]
        lines += (
            ["", f"  A token        {shlex.quote(sys.argv[0])} token {people[0].email}"]
            if people
            else []
        )
    return "\n".join([*lines, "  To stop        Ctrl-C"])


@contextmanager
def _timed(what: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    _say(f"  {what:<24}{time.monotonic() - start:6.2f} s")


def _say(text: str) -> None:
    """Print, though the reader may be gone: that must not keep the parts from being stopped."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the end
