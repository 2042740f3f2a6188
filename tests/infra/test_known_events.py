"""The parts in processes of their own: in the tests' process every module is imported already."""

import os
import subprocess
import sys

# Before the part may start, a release that forgot a row, and one that names what is no event.
FORGETFUL = """
import sys
from services.shared.events import REGISTRY, Event
from workers import routing
from infra import cli
parts = sys.argv[1:]
routing.ROUTES["cases.imagined"] = ()
assert [cli.main([part]) for part in parts] == [2] * len(parts)
assert REGISTRY.keys() ^ routing.ROUTES.keys() == {"cases.imagined"}
del routing.ROUTES["cases.imagined"]
class Forgotten(Event):
    name = "cases.forgotten"
assert [cli.main([part]) for part in parts] == [2] * len(parts)
assert not {"case_api", "workers.main", "alembic.command"} & sys.modules.keys()
"""
SETTINGS = {
    "DATA": "",
    "DATABASE_URL": "postgresql://maillage_api@127.0.0.1:1/x",
    "WORKER_DATABASE_URL": "postgresql://maillage_worker@127.0.0.1:1/x",
    "OWNER_DATABASE_URL": "postgresql://maillage_owner@127.0.0.1:1/x",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SMTP_URL": "smtp://127.0.0.1:1",
    "MAIL_FROM": "alerts@maillage.example",
    "PUBLIC_URL": "https://maillage.example",
    "OIDC_ISSUER": "https://login.example",
    "OIDC_CLIENT_ID": "c",
    "API_AUDIENCE": "a",
    "SECRET_KEY": "0Yq8v4kZr1bT7xWm3nHs9uDc5eGfLpJa",
    "DOCUMENTS_DIR": "/nonexistent",
}


def run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *words]
    environment = {**os.environ, **SETTINGS}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_no_part_starts_without_knowing_every_event():
    """In one process: each is refused before anything of it is loaded."""
    parts = ("api", "worker", "sweeper", "migrate")
    done = run(FORGETFUL, *parts)
    assert done.returncode == 0, done.stderr
    imagined = "maillage: workers/routing.py names cases.imagined, which is no event."
    forgotten = "maillage: workers/routing.py has no row for the event cases.forgotten."
    assert done.stderr.splitlines() == [imagined] * len(parts) + [forgotten] * len(parts)


def test_a_worker_by_itself_dispatches_what_only_the_api_records():
    code = """
import os
from infra.settings import Settings
from services.shared.events import REGISTRY
from workers import main
main.build(Settings.from_environment(os.environ, needs=("WORKER_DATABASE_URL",)), main.Stop())
assert "evictions.term_missed" in REGISTRY
"""
    done = run(code)
    assert done.returncode == 0, done.stderr
