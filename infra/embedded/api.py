"""The API's processes: one listening socket, and whoever answers what arrives on it."""

import multiprocessing
import os
import pkgutil
import resource
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import connection

from infra.embedded.connections import STOP_SECONDS, USUAL, Limits, answer
from infra.embedded.process import die_with_parent
from infra.settings import Settings, SettingsError

APPLICATION = "case_api.wsgi:app"
# Connections, their temporary files, the database's pool and what the application opens.
OPEN_FILES = 4096
BACKLOG = 1024
RESPAWN_SECONDS = 0.5
# How long it may take until a signal to leave is seen.
LOOK_SECONDS = 0.25


def serve(settings: Settings, limits: Limits = USUAL) -> None:
    """Serve the application until SIGTERM. It reads its settings from the environment."""
    os.environ.update(settings.to_environment())
    processes = _processes()
    allow_many_files()
    with listen(settings.host, settings.port, limits) as listener:
        if processes == 1:
            _answer(listener, limits)
        else:
            _keep(processes, partial(_answer, listener, limits))


def listen(host: str, port: int, limits: Limits = USUAL) -> socket.socket:
    """A socket that listens there, of IPv6 when the host is written that way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # What it accepts inherits this: the kernel hangs up on whoever reads nothing of an answer.
        limit = limits.idle_seconds * 1000
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limit)
    return listener


def allow_many_files() -> None:
    """Raise the soft limit of open files as far as is useful and the hard limit lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _processes() -> int:
    text = os.environ.get("API_PROCESSES", "") or "1"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise SettingsError(f"API_PROCESSES is {text!r}: set it to a number from 1 to 64.")
    return int(text)


def _answer(listener: socket.socket, limits: Limits) -> None:
    answer(pkgutil.resolve_name(APPLICATION), listener, limits)


def _keep(count: int, run: Callable[[], None]) -> None:
    """That many forks that run it, each replaced when it ends, until SIGTERM."""
    fork = multiprocessing.get_context("fork")
    leave_too = die_with_parent(signal.SIGTERM)
    # A handler that raises may do so where Python ignores it (a lock, a fork): it only notes.
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.append(number))
    try:
        while not asked:
            for _ in range(count - len(fork.active_children())):
                fork.Process(target=_run, args=(leave_too, run)).start()
            ended = [child.sentinel for child in fork.active_children()]
            if connection.wait(ended, timeout=LOOK_SECONDS):
                time.sleep(RESPAWN_SECONDS)
    finally:
        _end(fork.active_children())


def _run(leave_too: Callable[[], None], run: Callable[[], None]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    leave_too()
    run()


def _end(children: list[multiprocessing.process.BaseProcess]) -> None:
    """Ask them to finish what they are doing, and insist after a while."""
    for child in children:
        child.terminate()
    until = time.monotonic() + STOP_SECONDS + 1
    for child in children:
        child.join(max(0.0, until - time.monotonic()))
        child.kill()
