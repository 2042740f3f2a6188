"""The secret address of a calendar: not guessed, not logged, and worth nothing once revoked."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import requests

from case_api.calendars.pages import GUESSES, READS
from tests.journeys.steps import open_shared_case, set_hearing
from tests.once.beginnings import beginning

PASSING = {"Date", "X-Request-Id"}


@pytest.fixture
@beginning
def feed(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    set_hearing(network, case, "2026-05-12T09:00:00+02:00")
    opened = network["rw1"].post("/api/v1/me/calendar-feeds")
    return opened | {"path": urlsplit(opened["url"]).path, "code": case["code"]}


def told(network, path):
    answer = requests.get(network["rw1"].base + path, timeout=20)
    kept = {name: value for name, value in answer.headers.items() if name not in PASSING}
    body = answer.json() if "json" in answer.headers["Content-Type"] else answer.text
    if isinstance(body, dict):
        body["error_id"] = ""
    return answer.status_code, body, kept


def test_wrong_malformed_and_revoked_are_one_answer(network, feed):
    wrong = told(network, "/calendar/" + "A" * 43 + ".ics")
    assert wrong[0] == 404
    for path in ("A", "A" * 500, "%C3%A9", feed["path"][10:-5]):
        assert told(network, f"/calendar/{path}.ics") == wrong
    revoke = f"/api/v1/me/calendar-feeds/{feed['id']}/revocation"
    network["rw1"].call("POST", revoke, status=204)
    assert told(network, feed["path"]) == wrong


def test_a_closed_account_has_no_calendar(network, feed):
    network.database.execute(
        "UPDATE professionals SET active = false WHERE id = %s", [network["rw1"].id]
    )
    assert told(network, feed["path"])[0] == 404


def test_guessing_is_stopped_and_locks_nobody_out(network, feed):
    """Four guesses by HTTP; the others are copies of the first one."""
    assert told(network, "/calendar/0.ics")[0] == 404
    network.database.execute(
        "INSERT INTO attempts (id, actor_id, what, at) SELECT gen_random_uuid(), actor_id, what, at"
        " FROM attempts, generate_series(1, %s)",
        [GUESSES.times - 2],
    )
    answers = [told(network, f"/calendar/{n}.ics")[0] for n in range(1, 4)]
    assert answers == [404, 429, 429]
    assert told(network, feed["path"])[0] == 200


def test_a_program_that_asks_all_the_time_is_told_to_wait(network, feed):
    network.database.execute(
        "INSERT INTO attempts (id, actor_id, what, at) SELECT gen_random_uuid(), %s,"
        " 'read_calendar', %s FROM generate_series(1, %s)",
        [network["rw1"].id, network.clock.now(), READS.times - 1],
    )
    assert [told(network, feed["path"])[0] for _ in range(2)] == [200, 429]


def test_the_token_is_kept_nowhere(network, feed, capsys, caplog):
    told(network, feed["path"])
    told(network, feed["path"] + "x")
    token = feed["path"].split("/")[-1].removesuffix(".ics")
    assert token not in caplog.text + "".join(capsys.readouterr())
    for (table,) in network.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        rows = network.rows(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        assert token not in (rows[0][0] or ""), table


def test_a_token_opens_the_feed_and_nothing_else(network, feed):
    token = feed["path"].split("/")[-1].removesuffix(".ics")
    answer = requests.get(
        network["rw1"].base + "/api/v1/me",
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    assert answer.status_code == 401
    assert requests.post(network["rw1"].base + feed["path"], timeout=20).status_code == 405


def test_an_old_login_opens_no_feed(network):
    rw1 = network["rw1"]
    rw1.claims = {"auth_time": int(network.clock.now().timestamp()) - 100_000}
    answer = rw1.call("POST", "/api/v1/me/calendar-feeds")
    rw1.claims = {}
    assert answer.status_code == 401
