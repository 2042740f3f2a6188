"""`maillage` with parts that do nothing: run as a script. It loads no more than they need."""

import json
import signal
import sys
from pathlib import Path

from infra import cli
from infra.cli import entry_points
from infra.embedded import api


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def wait_for_ever(settings):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pause()


def seed(settings):
    person = {"subject": "s1", "name": "Ana", "email": "ana@demo.example", "role": "coordinator"}
    (settings.data_dir / "openid" / "people.json").write_text(json.dumps([person]))


def upgrade(owner_url):
    return True


def replay(settings):
    return


def know_all():
    """Its own table is asked in tests/infra/test_known_events.py."""


def maillage(*words: str) -> int:
    here = Path(__file__).stem
    api.APPLICATION = f"{here}:app"
    names = {"worker": "wait_for_ever", "sweeper": "wait_for_ever"}
    names |= {
        "application": "app",
        "migrate": "upgrade",
        "replay": "replay",
        "demo": "seed",
        "events": "know_all",
    }
    entry_points.ENTRY_POINTS.update({part: f"{here}:{name}" for part, name in names.items()})
    return cli.main(words)


if __name__ == "__main__":
    sys.exit(maillage(*sys.argv[1:]))
