"""One data folder through its life: what a newcomer meets at the first start; asked by commands
that name it; killed with -9; started again without Redis; stopped by Ctrl-C, and asked again.
"""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.journeys import tour
from tests.journeys.lives import (
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


class Life:
    """Of one folder, that did not exist before, named as people name theirs."""

    def __init__(self, place: Path) -> None:
        self.data = place / "l'été = 100 %"
        self._runs = ExitStack()
        self._now: Started | None = None

    def awake(self) -> Started:
        """It runs, whatever came before."""
        return self._now or self.start()

    def start(self, *, warm: bool = False, **more: str) -> Started:
        self._now = self._runs.enter_context(started(self.data, warm=warm, **more))
        return self._now

    def end(self, number: int = signal.SIGINT) -> int:
        code = self.awake().stop(number)
        self.forget()
        return code

    def forget(self) -> None:
        """Whatever runs is ended."""
        self._now = None
        self._runs.close()


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    with folder() as place:
        life = Life(place)
        yield life
        life.forget()


@pytest.fixture
def running(life) -> Started:
    return life.awake()


# --- as a newcomer meets it -------------------------------------------------------------------


def test_it_says_where_who_and_how_to_stop(running):
    assert "Ready in" in running.said
    for words in (running.base, "/dev/mailbox", "nora@uln.example", "liaison", "Ctrl-C"):
        assert words in running.said


def test_every_part_lives_and_none_died(running):
    def states():
        return running.get("/readyz").json()["parts"]

    until(lambda: {*states().values()} == {"up"}, START_LIMIT)
    assert {"workers", "sweepers", "folders", "redis"} <= states().keys()
    died = [line for line in running.get("/metrics").text.splitlines() if "parts_crashed{" in line]
    assert len(died) == 2
    assert all(line.endswith(" 0.0") for line in died)


def test_the_first_page_names_the_demo_people(running):
    page = running.get("/")
    assert page.status_code == 200
    assert "Nora Lemaire" in page.text
    assert "lotte@cpas.example" in page.text


def test_every_place_it_names_answers(running):
    places = ("/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/docs", "/dev/mailbox")
    assert [path for path in places if running.get(path).status_code != 200] == []


def test_a_token_is_for_one_person(running):
    me = running.get("/api/v1/me", running.token("ines@ssm.example")).json()
    assert me["organisation"] == "Service de Santé Mentale Le Canal"
    assert running.get("/api/v1/me").status_code == 401


def test_login_by_the_demo_provider_and_logout(running):
    with requests.Session() as browser:
        choice = browser.get(f"{running.base}/auth/login?next=/api/v1/me", timeout=20)
        proof = re.search(r'name="proof" value="([^"]+)"', choice.text)[1]
        back = browser.post(choice.url, data={"subject": "nora", "proof": proof}, timeout=20)
        assert back.url.startswith(f"{running.base}/auth/callback")
        assert "url=/api/v1/me" in back.text
        me = browser.get(f"{running.base}/api/v1/me", timeout=20).json()
        assert me["name"] == "Nora Lemaire"

        cases = f"{running.base}/api/v1/cases"
        forged = browser.post(cases, json={"language": "fr"}, timeout=20)
        assert forged.status_code == 403
        assert forged.json()["type"].endswith("/csrf")
        own = {"X-CSRF-Token": me["csrf_token"]}
        opened = browser.post(cases, json={"language": "fr"}, headers=own, timeout=20)
        assert opened.status_code == 201

        session = dict(browser.cookies)
        left = browser.post(f"{running.base}/auth/logout", headers=own, timeout=20)
        assert left.url == f"{running.base}/"
        again = requests.get(f"{running.base}/api/v1/me", cookies=session, timeout=20)
        assert again.status_code == 401


def test_every_line_of_the_readmes_tour_does_what_it_says(running, tmp_path):
    env = environment(running.data, running.port)
    done = tour.run(tour.commands(), command(), env, tmp_path)
    mailbox = running.get("/dev/mailbox").text

    assert [each for each in done if each[1] != 0] == []

    def said(fragment: str) -> list[str]:
        return [printed.strip() for line, _, printed in done if fragment in line]

    (code,) = re.findall(r"BX-\w{4}", said("The case is called")[0])
    assert said('"$NORA" "/cases/$CASE/notes" |') == ["Madame sleeps badly since the letter."]
    assert said('"$LOTTE" "/cases/$CASE/notes"') == ["[]"]
    assert "Madame M." in said('get "$LOTTE" "/cases/$CASE" | field')[0]
    assert '"steps"' in said("field deadlines")[-1]
    assert said("/acknowledgement") == ["acknowledged"]
    assert [line.lower() for line in said("^etag")] == ['etag: "v1"']
    assert said("http_code") == ["404", "404"]
    assert "2026-09-15" in said("maillage deadline")[0]
    told = re.findall(rf"{code}.*?<td>(.*?)</td>", mailbox, re.DOTALL)
    assert {"nora@uln.example", "joris@cass.example"} <= set(told)


# --- and through its life ---------------------------------------------------------------------


@dataclass
class Begun:
    """The first start, until kill -9."""

    code: str
    running: Answers
    figures: str
    processes: list[psutil.Process]


@dataclass
class Lived:
    """What one Maillage said of itself while it ran, and after it was stopped."""

    begun: Begun
    survivors: list[psutil.Process]
    codes: list[str]
    states: dict[str, str]
    code: str
    mailbox: str
    verified: subprocess.CompletedProcess[str]
    processes: list[psutil.Process]
    exit_code: int
    stopped: Answers
    left: list[Any]


@pytest.fixture(scope="module")
def lived(life) -> Lived:
    begun = begin(life.awake())
    life.end(signal.SIGKILL)
    since = time.monotonic()
    # Nobody listens there.
    up = life.start(warm=True, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    sys.stdout.write(f"start after kill -9: {time.monotonic() - since:.1f} s\n")
    survivors = [process for process in begun.processes if alive(process)]
    nora = up.token("nora@uln.example")
    codes = [each["code"] for each in up.get("/api/v1/cases", nora).json()["items"]]
    states = up.get("/readyz").json()["parts"]
    code = begin_a_case(up, nora)
    until(lambda: code in up.get("/dev/mailbox").text, ARRIVAL_LIMIT)
    mailbox, verified, processes = up.get("/dev/mailbox").text, settled(up), up.processes()
    exit_code = life.end()
    stopped = {"status": up.ask("alerts", "status"), "verify": up.ask("audit", "verify")}
    left = [process for process in processes if alive(process)] + mentioning(life.data)
    said = (code, mailbox, verified, processes)
    return Lived(begun, survivors, codes, states, *said, exit_code, stopped, left)


def begin(up: Started) -> Begun:
    code = begin_a_case(up, up.token("nora@uln.example"))
    until(lambda: code in up.get("/dev/mailbox").text, ARRIVAL_LIMIT)
    until(lambda: everybody_lives(up), ARRIVAL_LIMIT)
    verified = settled(up)
    running = {word: up.warmly("alerts", word) for word in ("status", "retry", "canary-check")}
    return Begun(code, {**running, "verify": verified}, up.get("/metrics").text, up.processes())


def begin_a_case(up: Started, token: str) -> str:
    """Its code; its hearing is so near that people are told of it at once."""
    case = up.post("/api/v1/cases", token, {"language": "fr"})
    procedures = f"/api/v1/cases/{case['id']}/procedures"
    procedure = up.post(procedures, token, {"canton": "Schaerbeek 1"})
    hearing = {"starts_at": (datetime.now(UTC) + timedelta(days=2)).isoformat()}
    up.post(f"/api/v1/procedures/{procedure['id']}/hearings", token, hearing)
    return str(case["code"])


def everybody_lives(up: Started) -> bool:
    figures = up.get("/metrics").text
    said = (
        'maillage_parts_alive{part="worker"} 1.0',
        'maillage_parts_alive{part="sweeper"} 2.0',
    )
    return all(line in figures for line in said)


def settled(up: Started) -> subprocess.CompletedProcess[str]:
    """What the check of the journals says once all is sealed, and the anchors are outside."""
    anchors = up.data / "anchors" / "anchors.jsonl"

    def is_sealed() -> bool:
        return "maillage_audit_unsealed 0.0" in up.get("/metrics").text and anchors.exists()

    def verification() -> subprocess.CompletedProcess[str] | None:
        said = up.warmly("audit", "verify")
        return said if " 0 waiting" in said.stdout else None

    until(is_sealed, ARRIVAL_LIMIT)
    return until(verification, STOP_LIMIT)


def test_with_redis_dead_it_starts_and_works_and_an_alert_still_arrives(lived):
    assert lived.states["redis"] == "down"
    assert lived.code in lived.mailbox


def test_after_kill_9_it_starts_again_and_knows_the_same(lived):
    assert len(lived.begun.processes) > 7
    assert lived.survivors == []
    assert lived.begun.code in lived.codes


def test_ctrl_c_leaves_nothing(lived):
    assert len(lived.processes) > 7
    assert lived.exit_code == 0
    assert lived.left == []


def test_how_the_alerts_do_is_asked_by_the_folder_running_and_stopped(lived):
    running = lived.begun.running["status"]
    assert running.returncode in (0, 1), running.stderr
    assert "workers     1 alive" in running.stdout
    assert "sweepers    2 alive" in running.stdout
    assert lived.begun.running["retry"].stdout == "0 to put back: add --apply.\n"
    assert lived.begun.running["canary-check"].returncode == 1
    stopped = lived.stopped["status"]
    assert "sweepers    " in stopped.stdout, stopped.stderr


def test_the_journals_are_anchored_and_checked_running_and_stopped(lived):
    for running in (lived.begun.running["verify"], lived.verified):
        assert running.returncode == 0
        assert "Intact: " in running.stdout
        assert re.search(r" [1-9]\d* anchors", running.stdout)
    assert "maillage_audit_unsealed 0.0" in lived.begun.figures
    assert "maillage_audit_anchor_age_seconds" in lived.begun.figures
    stopped = lived.stopped["verify"]
    assert stopped.returncode == 0, stopped.stderr
    assert stopped.stdout == lived.verified.stdout
