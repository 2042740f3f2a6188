"""`maillage` with parts that do nothing, for a process of its own."""

import json
import signal
from collections.abc import Sequence

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


def maillage(words: Sequence[str]) -> int:
    api.APPLICATION = f"{__name__}:app"
    names = {"worker": "wait_for_ever", "sweeper": "wait_for_ever"}
    names |= {
        "application": "app",
        "migrate": "upgrade",
        "replay": "replay",
        "demo": "seed",
        "events": "know_all",
    }
    entry_points.ENTRY_POINTS.update({part: f"{__name__}:{name}" for part, name in names.items()})
    return cli.main(words)
