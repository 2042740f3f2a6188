"""Idempotency-Key: one effect and one answer, also when two copies arrive at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest

from services.shared.idempotency import KEPT

ECHO = "/api/v1/probe/echo"


def post(client, headers, body, key="k1"):
    return client.post(ECHO, json=body, headers={**headers, "Idempotency-Key": key})


def test_the_same_request_has_one_effect_and_one_answer(client, bearer, network):
    first = post(client, bearer, {"line": "é"})
    second = post(client, bearer, {"line": "é"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data == first.data
    for name in ("ETag", "Location", "Content-Type", "Cache-Control"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert network.effects() == 1


def test_another_request_with_the_same_key_is_refused(client, bearer, network):
    post(client, bearer, {"line": "a"})
    answer = post(client, bearer, {"line": "b"})
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency-key-reused")
    elsewhere = client.post(
        "/api/v1/probe/wait", json={}, headers={**bearer, "Idempotency-Key": "k1"}
    )
    assert elsewhere.status_code == 422
    assert network.effects() == 1


def test_without_a_key_each_request_counts(client, bearer, network):
    for _ in range(2):
        assert client.post(ECHO, json={}, headers=bearer).status_code == 201
    assert network.effects() == 2


def test_two_people_may_use_the_same_key(client, bearer, network, issuer):
    network.person("s2")
    other = {"Authorization": f"Bearer {issuer.token(sub='s2')}"}
    assert post(client, bearer, {"line": "a"}).json == {"line": "a"}
    answer = post(client, other, {"line": "b"})
    assert (answer.json, answer.headers.get("Idempotency-Replayed")) == ({"line": "b"}, None)


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201, "a\tb"])
def test_a_key_that_is_none_is_400(client, bearer, network, key):
    answer = post(client, bearer, {}, key=key)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-malformed")
    assert network.effects() == 0


def test_the_longest_key_is_accepted(client, bearer):
    assert post(client, bearer, {}, key="x" * 200).status_code == 201


def test_a_refusal_is_not_kept(client, bearer, network):
    assert post(client, bearer, {"line": ""}).status_code == 422
    assert post(client, bearer, {"line": "a"}).status_code == 201
    assert network.effects() == 1


def test_a_lost_commit_sends_nothing_and_keeps_nothing(app, client, bearer, network, superuser):
    app.config["KILL"] = lambda pid: superuser.execute(
        "SELECT pg_terminate_backend(%s, 5000)", (pid,)
    )
    answer = client.post("/api/v1/probe/kill", json={}, headers={**bearer, "Idempotency-Key": "k"})
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert network.effects() == 0
    count = superuser.execute("SELECT count(*) FROM idempotency_keys").fetchone()
    assert count == (0,)


def test_ten_copies_at_once_have_one_effect(app, bearer, network):
    start = Barrier(10)

    def send(_number):
        start.wait()
        with app.test_client() as client:
            return post(client, bearer, {"line": "a"})

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert [answer.status_code for answer in answers] == [201] * 10
    assert len({answer.data for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
    assert sorted(map(str, replayed)) == ["None"] + ["true"] * 9
    assert network.effects() == 1


def test_the_second_copy_waits_for_the_first(app, bearer, network):
    begun, go_on = Event(), Event()

    def wait():
        begun.set()
        assert go_on.wait(10)

    app.config["WAIT"] = wait
    headers = {**bearer, "Idempotency-Key": "slow"}

    def send():
        with app.test_client() as client:
            return client.post("/api/v1/probe/wait", json={}, headers=headers)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(send)
        assert begun.wait(10)
        second = pool.submit(send)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        go_on.set()
        assert first.result(10).status_code == second.result(10).status_code == 200
    assert second.result().headers["Idempotency-Replayed"] == "true"
    assert network.effects() == 1


def test_after_its_keeping_time_a_key_is_free(client, bearer, network, clock):
    post(client, bearer, {"line": "a"})
    clock.at += KEPT - timedelta(seconds=1)
    assert post(client, bearer, {"line": "a"}).headers["Idempotency-Replayed"] == "true"
    clock.advance(seconds=1)
    assert post(client, bearer, {"line": "b"}).status_code == 201
    assert network.effects() == 2


def test_stored_answers_are_their_owners_only(client, bearer, network, database, clock, issuer):
    post(client, bearer, {"line": "a"})
    other = network.person("s2")
    with database.transaction(clock=clock, actor=other) as uow:
        assert (
            uow.session.connection()
            .exec_driver_sql("SELECT count(*) FROM idempotency_keys")
            .scalar()
            == 0
        )


def test_the_body_is_kept_as_it_was_sent(client, bearer, superuser):
    post(client, bearer, {"line": "é"})
    (body,) = superuser.execute("SELECT body FROM idempotency_keys").fetchone()
    assert json.loads(body) == {"line": "é"}
