"""Who may try codes how often: wrong ones count, of each client and each code; right ones never."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from case_api.app import create_app, furnish
from services.portal.door import WRONG_OF_CLIENT, WRONG_OF_CODE
from tests.household import API, Adult, code_for
from tests.journeys.steps import open_shared_case

PROXY = "10.0.0.1"


@pytest.fixture
def codes(network):
    """A fresh code of one adult, each time it is called."""
    case = open_shared_case(network)
    member = case["household"]["members"][0]["id"]
    return lambda: code_for(network, case, member)["code"]


@pytest.fixture(scope="module")
def behind() -> dict[int, Flask]:
    """By how many proxies an application trusts, which it is built with."""
    return {}


@pytest.fixture
def knock(settings, clock, database, network, behind):
    """Try a code from an address, with what came in as X-Forwarded-For, behind so many proxies."""

    def knock(code, *, peer=PROXY, forwarded=None, hops=0):
        trusting = replace(settings, trusted_hops=hops)
        if hops not in behind:
            behind[hops] = create_app(trusting)
        furnish(behind[hops], trusting, clock=clock, database=database)
        client = behind[hops].test_client()
        return client.post(
            f"{API}/session",
            json={"code": code},
            headers={} if forwarded is None else {"X-Forwarded-For": forwarded},
            environ_overrides={"REMOTE_ADDR": peer},
        )

    return knock


def wrong(number):
    return f"0000-0000-{number:04}"


def use_up(network, knock, **client):
    """Wrong codes of one client to the limit: two by HTTP, the rest as copies of the first one."""
    assert knock(wrong(0), **client).status_code == 403
    network.database.execute(
        "INSERT INTO attempts (id, actor_id, what, at)"
        " SELECT gen_random_uuid(), entry.actor_id, 'enter_household', entry.at"
        " FROM (SELECT actor_id, at FROM audit_entries WHERE action = 'enter_household.attempted'"
        "       ORDER BY seq DESC LIMIT 1 OFFSET 1) entry, generate_series(1, %s)",
        [WRONG_OF_CLIENT.times - 2],
    )
    assert knock(wrong(1), **client).status_code == 403


def test_right_codes_never_count(network, codes):
    somebody = [Adult(network["rw1"].base) for _ in range(11)]
    for each in somebody:
        each.enter(codes())


def test_guessing_is_slowed_and_told(network, knock, codes):
    use_up(network, knock)
    code = codes()
    answer = knock(code)
    assert (answer.status_code, answer.json["code"]) == (429, "too-many-requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    network.clock.advance(hours=1, seconds=1)
    assert knock(code).status_code == 201


def test_one_code_is_not_tried_for_ever_from_wherever(knock, codes):
    def tried(number):
        typed = "oooo oooo oool" if number % 2 else "0000-0000-0001"
        return knock(typed, peer=f"198.51.100.{number}").status_code

    answers = [tried(number) for number in range(WRONG_OF_CODE.times + 2)]
    assert answers == [403] * WRONG_OF_CODE.times + [429] * 2
    assert knock(codes()).status_code == 201


def test_tries_at_the_same_moment_are_all_counted(network):
    def tried(_):
        return Adult(network["rw1"].base).enter(wrong(1), status=None).status_code

    times = WRONG_OF_CODE.times
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(tried, range(times + 5)))
    assert sorted(answers) == [403] * times + [429] * 5


def test_one_client_behind_the_proxy_stops_nobody_else(network, knock, codes):
    use_up(network, knock, forwarded="203.0.113.9", hops=1)
    code = codes()
    assert knock(code, forwarded="203.0.113.9", hops=1).status_code == 429
    assert knock(code, forwarded="203.0.113.10", hops=1).status_code == 201


# How many proxies are trusted, and what came in as X-Forwarded-For: first, and then.
SAME_CLIENT = (
    # What the client wrote stands before what the proxies added.
    (1, "203.0.113.9", "198.51.100.1, 203.0.113.9"),
    (2, "203.0.113.9, 10.0.0.2", "198.51.100.1, 203.0.113.9, 10.0.0.2"),
    # Nobody vouches for it.
    (0, "203.0.113.9", "203.0.113.10"),
    # Fewer proxies than there should be: somebody came past the first.
    (2, "203.0.113.9", "203.0.113.10"),
    # One subscriber has a whole /64.
    (1, "2001:db8:1:2::9", "2001:db8:1:2:ffff::10"),
    (1, "::ffff:203.0.113.9", "203.0.113.9"),
    # A quotation mark that the client left open, so that the proxy's part is swallowed.
    (1, '"one, 203.0.113.9', '"two, 203.0.113.9'),
)


def test_nobody_becomes_somebody_else_by_a_header(network, knock, codes):
    for hops, first, second in SAME_CLIENT:
        network.database.execute("DELETE FROM attempts")
        use_up(network, knock, forwarded=first, hops=hops)
        assert knock(codes(), forwarded=second, hops=hops).status_code == 429, (hops, second)


def test_neighbours_in_ipv6_are_two(network, knock, codes):
    use_up(network, knock, forwarded="2001:db8:1:2::9", hops=1)
    assert knock(codes(), forwarded="2001:db8:1:3::9", hops=1).status_code == 201


def test_neither_address_nor_code_can_be_read_from_what_is_counted(network, knock):
    knock(wrong(7), peer="203.0.113.9")
    counted = network.rows("SELECT actor_id FROM attempts")
    assert len(counted) == 2
    plain = [b"203.0.113.9", wrong(7).encode(), wrong(7).replace("-", "").encode()]
    guessed = {UUID(bytes=hashlib.sha256(each).digest()[:16], version=4) for each in plain}
    assert not guessed & {actor for (actor,) in counted}
    journal = str(network.rows("SELECT * FROM audit_entries"))
    assert "203.0.113.9" not in journal
    assert wrong(7) not in journal
