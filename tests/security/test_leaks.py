"""The watch over every test (guards/watching.py) notices what leaves the process; nothing is worth
less than an alarm that cannot ring.
"""

from pathlib import Path

from tests.guards.leaks import LEAVING

ROOT = Path(__file__).parents[2]
PLANTED = """
import logging
import smtplib
import sys

import pytest
import structlog
from flask import Flask, redirect

from infra.embedded.redis import Valkey
from tests.guards.leaks import LEAVING, note_everything_in
from tests.outside.postbox import MailServer, Postbox

MARK = "Kn4" + "2fateq"

def answer(path, view):
    app = Flask("planted")
    app.add_url_rule(path, view_func=view, endpoint="v")
    app.test_client().get(path)

def test_log():
    structlog.get_logger().info("case.opened", member=MARK)

def test_library():
    logging.getLogger("lib").warning("cannot write %s", MARK)

def test_stderr():
    sys.stderr.write(f"trace of {MARK}")

def test_mail():
    server = MailServer(Postbox())
    server.start()
    with smtplib.SMTP(server.host, server.port) as smtp:
        smtp.sendmail("a@b.example", ["c@d.example"], f"Subject: {MARK}\\r\\n\\r\\nText")
    server.stop()

def test_refusal():
    answer("/x", lambda: (f"not found: {MARK}", 404))

def test_address():
    answer("/x", lambda: redirect(f"/search?name={MARK}"))

def test_metrics():
    answer("/metrics", lambda: f'requests{{who="{MARK}"}} 1')

@pytest.mark.parametrize("key, value", [(MARK, "x"), ("k", MARK)])
def test_valkey(tmp_path, key, value):
    server = Valkey(tmp_path)
    try:
        server.start()
        server.wait_ready()
        with server.client() as client:
            client.set(key, value)
            note_everything_in(client)
    finally:
        server.stop()

def test_what_stood_in_the_database():
    LEAVING.secrets.add("Avenue des Invisibles 12")
    structlog.get_logger().info("sent to Avenue des Invisibles 12")

def test_an_answer_to_somebody_entitled_is_none():
    answer("/x", lambda: MARK)
"""


def test_every_planted_leak_is_found(pytester):
    pytester.makepyfile(PLANTED)
    options = ("-p", "tests.guards.watching", "-p", "no:cacheprovider", "-p", "no:xdist", "-q")
    pytester.makepyprojecttoml(f"[tool.pytest.ini_options]\npythonpath = ['{ROOT}']\n")
    # In this process: another would load the whole program once more.
    run = pytester.runpytest_inprocess(*options)
    LEAVING.on_purpose = True
    run.assert_outcomes(passed=11, errors=10)
    places = ("Captured stdout", "Captured stderr", "Captured log", "mail", "refusal", "address")
    for place in (*places, "metrics", "Valkey"):
        assert any(place in line and "Kn42fateq" in line for line in run.outlines), place


pytest_plugins = ["pytester"]
