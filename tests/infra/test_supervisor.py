"""Real processes: a small supervisor, and `maillage` with parts that do nothing."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from infra import cli
from infra.embedded.lock import AlreadyRunning, DataLock
from infra.embedded.ports import read_ports
from infra.embedded.process import Record
from tests.faults.kit import commands
from tests.infra import tiny
from tests.infra.idle import maillage

# Only tells what hangs from a busy machine.
LIMIT = 60.0


def until(condition, limit=LIMIT):
    """Bounded: what is not true by then is a failure."""
    deadline = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
    return found


@pytest.fixture
def start(tmp_path):
    """Begins `maillage` with idle parts, and leaves nothing of it behind."""
    begun = []

    def begin(*words, env):
        out = tmp_path / f"{len(begun)}.out"
        begun.append(commands.begun(maillage, [*map(str, words)], {**os.environ, **env}, out))
        return begun[-1]

    yield begin
    for process in begun:
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT)


@pytest.fixture
def begin(tmp_path):
    """Begins a program of tests/infra/tiny.py; its words are in the log of its name."""
    begun = []

    def start(program):
        begun.append(tiny.begun(program, tmp_path, tmp_path / f"{program.__name__}.out"))
        return begun[-1]

    yield start
    for process in begun:
        process.terminate()
        process.join(LIMIT)
        assert process.exitcode is not None


@pytest.fixture
def tiny_stack(begin, tmp_path):
    process = begin(tiny.tiny)
    until((tmp_path / "started").exists)
    until((tmp_path / "grandchild").exists)
    return process


def pid_of(data, name):
    record = Record.read(data / "run" / "parts" / f"{name}.json")
    return record.pid if record else 0


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_part_that_leaves_is_started_again_with_growing_delays(tiny_stack, tmp_path):
    def times():
        return [float(line) for line in (tmp_path / "brief").read_text().split()]

    until(lambda: (tmp_path / "brief").exists() and len(times()) >= 5)
    delays = [0.05, 0.1, 0.2, 0.2]
    # A busy machine makes each longer, and none shorter.
    took = [b - a for a, b in zip(times(), times()[1:5], strict=False)]
    assert all(real >= least for real, least in zip(took, delays, strict=True)), took
    words = re.findall(r"brief .* again in (\S+) s", (tmp_path / "tiny.out").read_text())
    assert [float(word) for word in words[:4]] == delays


def test_a_killed_part_takes_its_children_with_it_and_comes_back(tiny_stack, tmp_path):
    old, grandchild = pid_of(tmp_path, "steady"), int((tmp_path / "grandchild").read_text())
    os.kill(old, signal.SIGKILL)
    until(lambda: pid_of(tmp_path, "steady") not in (0, old))
    until(lambda: not alive(grandchild))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_ends_everything_within_the_grace(tiny_stack, tmp_path, number):
    grandchild = int((tmp_path / "grandchild").read_text())
    pids = [pid_of(tmp_path, "steady"), pid_of(tmp_path, "stubborn"), grandchild]
    os.kill(tiny_stack.pid, number)
    tiny_stack.join(LIMIT)
    assert tiny_stack.exitcode == 0
    # Killed with its group, the grandchild is nobody's to wait for.
    until(lambda: not any(alive(pid) for pid in pids))
    assert not list((tmp_path / "run" / "parts").iterdir())


def test_after_kill_9_the_parts_leave_by_themselves(tiny_stack, tmp_path):
    steady_pid, grandchild = pid_of(tmp_path, "steady"), int((tmp_path / "grandchild").read_text())
    stubborn_pid = pid_of(tmp_path, "stubborn")
    tiny_stack.kill()
    until(lambda: not alive(steady_pid))
    until(lambda: not alive(stubborn_pid))
    assert alive(grandchild)  # it watches nothing; the next start finds it by its group
    os.kill(grandchild, signal.SIGKILL)


def test_the_next_start_ends_what_kill_9_left(tiny_stack, begin, tmp_path):
    stubborn_pid, grandchild = (
        pid_of(tmp_path, "stubborn"),
        int((tmp_path / "grandchild").read_text()),
    )
    (tmp_path / "started").unlink()
    tiny_stack.kill()
    begin(tiny.tiny)
    until((tmp_path / "started").exists)
    assert not alive(stubborn_pid)
    assert not alive(grandchild)


def test_a_recycled_pid_is_not_ours():
    with subprocess.Popen(["sleep", "60"], process_group=0) as stranger:
        record = Record.of(stranger.pid, signal.SIGTERM)
        assert [process.pid for process in record.survivors()] == [stranger.pid]
        earlier = Record(stranger.pid, record.started - 60, record.command, signal.SIGTERM)
        assert earlier.survivors() == []
        stranger.kill()


def test_what_a_dead_leader_left_is_found_before_anybody_takes_the_leader_away():
    code = "import os, signal\nif child := os.fork(): print(child, flush=True)\nsignal.pause()"
    words = [sys.executable, "-c", code]
    leader = subprocess.Popen(words, process_group=0, stdout=subprocess.PIPE, text=True)
    member = int(leader.stdout.readline())
    try:
        record = Record.of(leader.pid, signal.SIGTERM)
        leader.kill()
        until(lambda: not alive(leader.pid))
        assert [process.pid for process in record.survivors()] == [member]
    finally:
        os.killpg(leader.pid, signal.SIGKILL)
        leader.communicate()


def test_a_step_that_may_not_run_here_says_why(begin, tmp_path):
    process = begin(tiny.unfit)
    process.join(LIMIT)
    assert process.exitcode == 0
    assert (tmp_path / "unfit.out").read_text() == (
        "migrate: the database is older than this program: start with an empty folder.\n"
    )


def test_one_data_folder_runs_once(tiny_stack, tmp_path):
    with pytest.raises(AlreadyRunning, match=r"already runs on .* at http://127\.0\.0\.1:1\."):
        DataLock(tmp_path, "http://127.0.0.1:2")


@pytest.fixture
def place():
    """Where PostgreSQL's user gets to even when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="maillage-test-") as folder:
        os.chmod(folder, 0o711)
        yield Path(folder)


def test_up_serves_survives_kill_9_and_runs_side_by_side(place, start):
    one, two = free_port(), free_port()
    first = start("up", "--data", place / "one", env=clean(one))
    # A folder as people name them: nothing that we start may split its path.
    second = start("up", "--data", place / 'l\'été = "2", 100 %', env=clean(two))
    assert ready(first)
    assert ready(second)
    assert read_ports(place / "one").keys() == {"mail", "openid"}

    again = start("up", "--data", place / "one", env=clean(free_port()))
    taken = start("up", "--data", place / "three", env=clean(two))
    assert (again.wait(LIMIT), again.said.count("\n")) == (2, 1)
    assert f"already runs on {place / 'one'} at http://127.0.0.1:{one}." in again.said

    assert (taken.wait(LIMIT), taken.said.count("\n")) == (2, 1)
    assert f"Port {two} of 127.0.0.1 is taken" in taken.said

    pids = [pid_of(place / "one", name) for name in ("postgres", "valkey", "api", "openid")]
    assert all(alive(pid) for pid in pids)
    first.kill()
    first = start("up", "--data", place / "one", env=clean(one))
    assert ready(first)
    assert not any(alive(pid) for pid in pids)
    first.send_signal(signal.SIGINT)
    assert first.wait(LIMIT) == 0
    assert not mentions(place / "one")


def test_a_token_is_for_demo_people_only(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("OIDC_ISSUER", raising=False)
    assert cli.main(["token", "ana@demo.example", "--data", str(tmp_path)]) == 2
    assert "no demo provider was ever started" in capsys.readouterr().err
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "ports.json").write_text('{"openid": 9999}')
    assert cli.main(["token", "ana@demo.example", "--data", str(tmp_path)]) == 2
    assert "no demo person" in capsys.readouterr().err
    monkeypatch.setenv("OIDC_ISSUER", "https://login.example")
    assert cli.main(["token", "ana@demo.example", "--data", str(tmp_path)]) == 2
    assert "external provider" in capsys.readouterr().err


def ready(process):
    """Once it says so, or has ended without a word of it."""
    until(lambda: "\nReady in" in process.said or process.poll() is not None)
    return "\nReady in" in process.said


def mentions(path):
    found = psutil.process_iter(["cmdline"])
    return [p for p in found if any(str(path) in word for word in p.info["cmdline"] or [])]


def clean(port):
    names = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "OIDC_ISSUER", "DATA", "HOST")
    return {**dict.fromkeys(names, ""), "PORT": str(port)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
