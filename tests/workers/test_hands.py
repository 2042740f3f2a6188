"""RQ is a hand, never a memory: what it must not be used for does not occur in the program."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"enqueue_at|enqueue_in|\bRetry\([^N]|Repeat\(|Cron|with_scheduler|on_success|on_failure"
    r"|depends_on|unique=True,\s*job_id|\bttl=|pickle|RQScheduler|at_front|Webhook"
)
SOURCES = [*sorted((ROOT / "workers").rglob("*.py")), ROOT / "infra" / "redis.py"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_is_left_to_rq_that_it_loses(path):
    assert FORBIDDEN.findall(path.read_text()) == []


def test_only_one_place_pushes_and_it_pushes_nothing_but_a_name():
    calls = [
        line.strip()
        for path in SOURCES
        for line in path.read_text().splitlines()
        if ".enqueue" in line
    ]
    assert calls == [
        'queue.enqueue(JOB, description="-", result_ttl=0, failure_ttl=3600, job_timeout=30)'
    ]
