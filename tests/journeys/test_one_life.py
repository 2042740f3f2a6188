"""One data folder through its life: started without Redis, killed with -9, started again, asked by
commands that name the folder, stopped by Ctrl-C, and asked again.
"""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.journeys.test_first_start import (
    START_LIMIT,
    STOP_LIMIT,
    Started,
    alive,
    command,
    environment,
    folder,
    free_port,
    mentioning,
    started,
    until,
)

ARRIVAL_LIMIT = 60.0
Answers = dict[str, subprocess.CompletedProcess[str]]


@dataclass
class Begun:
    """The first start, with a Redis that is dead, until kill -9."""

    states: dict[str, str]
    code: str
    mailbox: str
    processes: list[psutil.Process]


@dataclass
class Lived:
    """What one Maillage said of itself while it ran, and after it was stopped."""

    begun: Begun
    survivors: list[psutil.Process]
    codes: list[str]
    running: Answers
    figures: str
    processes: list[psutil.Process]
    exit_code: int
    stopped: Answers
    left: list[Any]


@pytest.fixture(scope="module")
def lived() -> Lived:
    with folder() as place:
        data = place / "data"
        with started(data, REDIS_URL=dead_redis()) as up:
            begun = begin(up)
            up.stop(signal.SIGKILL)
        since = time.monotonic()
        with started(data) as up:
            sys.stdout.write(f"start after kill -9: {time.monotonic() - since:.1f} s\n")
            survivors = [process for process in begun.processes if alive(process)]
            nora = up.token("nora@uln.example")
            codes = [each["code"] for each in up.get("/api/v1/cases", nora).json()["items"]]
            begin_a_case(up, nora)
            until(lambda: settled(up), ARRIVAL_LIMIT)
            until(lambda: " 0 waiting" in ask(up, "audit", "verify").stdout, STOP_LIMIT)
            running = {
                word: ask(up, "alerts", word) for word in ("status", "retry", "canary-check")
            }
            running["verify"] = ask(up, "audit", "verify")
            figures, processes = up.get("/metrics").text, up.processes()
            exit_code = up.stop()
        stopped = {"status": ask(up, "alerts", "status"), "verify": ask(up, "audit", "verify")}
        left = [process for process in processes if alive(process)] + mentioning(place)
        return Lived(begun, survivors, codes, running, figures, processes, exit_code, stopped, left)


def begin(up: Started) -> Begun:
    states = up.get("/readyz").json()["parts"]
    code = begin_a_case(up, up.token("nora@uln.example"))
    until(lambda: code in up.get("/dev/mailbox").text, ARRIVAL_LIMIT)
    return Begun(states, code, up.get("/dev/mailbox").text, up.processes())


def begin_a_case(up: Started, token: str) -> str:
    """Its code; its hearing is so near that people are told of it at once."""
    case = up.post("/api/v1/cases", token, {"language": "fr"})
    procedures = f"/api/v1/cases/{case['id']}/procedures"
    procedure = up.post(procedures, token, {"canton": "Schaerbeek 1"})
    hearing = {"starts_at": (datetime.now(UTC) + timedelta(days=2)).isoformat()}
    up.post(f"/api/v1/procedures/{procedure['id']}/hearings", token, hearing)
    return str(case["code"])


def dead_redis() -> str:
    """Nobody listens there."""
    return f"redis://127.0.0.1:{free_port()}/0"


def settled(up: Started) -> bool:
    """Every part lives, all is sealed, and the anchors are outside."""
    figures = up.get("/metrics").text
    said = (
        'maillage_parts_alive{part="worker"} 1.0',
        'maillage_parts_alive{part="sweeper"} 2.0',
        "maillage_audit_unsealed 0.0",
    )
    anchors: Path = up.data / "anchors" / "anchors.jsonl"
    return all(line in figures for line in said) and anchors.exists()


def ask(up: Started, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words, "--data", str(up.data)),
        env=environment(up.data, up.port),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_LIMIT,
    )


def test_with_redis_dead_the_api_works_and_an_alert_still_arrives(lived):
    assert lived.begun.states["redis"] == "down"
    assert lived.begun.code in lived.begun.mailbox


def test_after_kill_9_it_starts_again_and_knows_the_same(lived):
    assert len(lived.begun.processes) > 7
    assert lived.survivors == []
    assert lived.begun.code in lived.codes


def test_ctrl_c_leaves_nothing(lived):
    assert len(lived.processes) > 7
    assert lived.exit_code == 0
    assert lived.left == []


def test_how_the_alerts_do_is_asked_by_the_folder_running_and_stopped(lived):
    running = lived.running["status"]
    assert running.returncode in (0, 1), running.stderr
    assert "workers     1 alive" in running.stdout
    assert "sweepers    2 alive" in running.stdout
    assert lived.running["retry"].stdout == "0 to put back: add --apply.\n"
    assert lived.running["canary-check"].returncode == 1
    stopped = lived.stopped["status"]
    assert "sweepers    " in stopped.stdout, stopped.stderr


def test_the_journals_are_anchored_and_checked_running_and_stopped(lived):
    running, stopped = lived.running["verify"], lived.stopped["verify"]
    assert running.returncode == 0
    assert "Intact: " in running.stdout
    assert "1 anchors" in running.stdout
    assert "maillage_audit_unsealed 0.0" in lived.figures
    assert "maillage_audit_anchor_age_seconds" in lived.figures
    assert stopped.returncode == 0, stopped.stderr
    assert stopped.stdout == running.stdout
