"""What `maillage up` does by itself is asked by commands that name its folder, running or not."""

import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.test_first_start import (
    START_LIMIT,
    STOP_LIMIT,
    Started,
    command,
    environment,
    folder,
    mentioning,
    started,
    until,
)


def verified(up: Started) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("audit", "verify", "--data", str(up.data)),
        env=environment(up.data, up.port),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_LIMIT,
    )


def alerts(up: Started, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("alerts", *words, "--data", str(up.data)),
        env=environment(up.data, up.port),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_LIMIT,
    )


@dataclass
class Lived:
    """What one Maillage said of itself while it ran, and after it was stopped."""

    running: dict[str, subprocess.CompletedProcess[str]]
    figures: str
    stopped: dict[str, subprocess.CompletedProcess[str]]
    left: list[Any]


@pytest.fixture(scope="module")
def lived() -> Lived:
    with folder() as place:
        with started(place / "data") as up:
            up.post("/api/v1/cases", up.token("nora@uln.example"), {"language": "fr"})
            until((up.data / "anchors" / "anchors.jsonl").exists, STOP_LIMIT)
            until(lambda: "maillage_audit_unsealed 0.0" in up.get("/metrics").text, STOP_LIMIT)
            until(lambda: "1 alive" in alerts(up, "status").stdout, STOP_LIMIT)
            until(lambda: " 0 waiting" in verified(up).stdout, STOP_LIMIT)
            asked = ("status", "retry", "canary-check")
            running = {word: alerts(up, word) for word in asked} | {"verify": verified(up)}
            figures = up.get("/metrics").text
            assert up.stop() == 0
        stopped = {"status": alerts(up, "status"), "verify": verified(up)}
        return Lived(running, figures, stopped, mentioning(place))


def test_how_the_alerts_do_is_asked_by_the_folder_running_and_stopped(lived):
    running = lived.running["status"]
    assert running.returncode in (0, 1), running.stderr
    assert "sweepers    2 alive" in running.stdout
    assert lived.running["retry"].stdout == "0 to put back: add --apply.\n"
    assert lived.running["canary-check"].returncode == 1
    stopped = lived.stopped["status"]
    assert "sweepers    " in stopped.stdout, stopped.stderr
    assert lived.left == []


def test_the_journals_are_anchored_and_checked_running_and_stopped(lived):
    running, stopped = lived.running["verify"], lived.stopped["verify"]
    assert running.returncode == 0
    assert "Intact: " in running.stdout
    assert "1 anchors" in running.stdout
    assert "maillage_audit_unsealed 0.0" in lived.figures
    assert "maillage_audit_anchor_age_seconds" in lived.figures
    assert stopped.returncode == 0, stopped.stderr
    assert stopped.stdout == running.stdout
