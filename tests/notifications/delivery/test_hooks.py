"""Webhooks under a lease: one hand at each endpoint, a fence, and whose fault disables nobody."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.embedded.secret import seal_keys
from notifications.channels.egress import Egress
from notifications.channels.https import Client
from notifications.delivery import hooks
from notifications.planning import expansion
from notifications.webhooks import claims
from notifications.webhooks.claims import Answer
from notifications.webhooks.commands import place_of
from notifications.webhooks.failing import DISABLE_AFTER
from notifications.webhooks.message import TEST_KIND, new_secret
from services.shared.vault.sealing import Keyring
from tests.world import NOW, World

LEASE = timedelta(seconds=60)


@pytest.fixture
def keyring(tmp_path) -> Keyring:
    return Keyring(seal_keys(tmp_path))


@pytest.fixture
def endpoint(world: World, keyring: Keyring) -> UUID:
    return put_endpoint(world, keyring)


def put_endpoint(world: World, keyring: Keyring) -> UUID:
    key, secret = uuid4(), uuid4()
    row = {"url": "https://hooks.example/", "kinds": [], "state": "active", "created_at": NOW}
    world.put("webhook_endpoints", id=key, organisation_id=world.organisation, **row)
    key_id = keyring.newest()
    sealed = keyring.seal(new_secret(bytes(32)), place_of(secret), key_id)
    row = {"endpoint_id": key, "sealed": sealed, "key_id": key_id, "created_at": NOW}
    world.put("webhook_secrets", id=secret, **row)
    return key


def trial(world: World, endpoint: UUID) -> UUID:
    key = uuid4()
    row: dict[str, Any] = {"kind": TEST_KIND, "created_at": NOW, "next_at": NOW}
    world.put("webhook_deliveries", id=key, endpoint_id=endpoint, **row)
    return key


def claim(runtime: Any, limit: int = 1) -> list[Any]:
    with runtime.transaction() as uow:
        return claims.claim(limit=limit, lease=LEASE, uow=uow)


def stands(world: World, key: UUID) -> Any:
    query = "SELECT state, attempts, fence, last_error FROM webhook_deliveries WHERE id = %s"
    ((state, attempts, fence, error),) = world.run(query, key)
    return SimpleNamespace(state=state, attempts=attempts, fence=fence, error=error)


def test_one_hand_at_an_endpoint_and_another_at_the_next(world, make_runtime, keyring, endpoint):
    other = put_endpoint(world, keyring)
    for _ in range(2):
        trial(world, endpoint)
    trial(world, other)
    first, second = make_runtime(), make_runtime()
    taken = [hook.endpoint_id for each in (first, second, first) for hook in claim(each)]
    assert sorted(taken) == sorted([endpoint, other])


def test_a_claim_waits_for_no_other(world, make_runtime, endpoint):
    """While somebody claims, whoever comes meanwhile finds nothing, at once."""
    trial(world, endpoint)
    first, second = make_runtime(), make_runtime()
    with first.transaction() as uow:
        assert claims.claim(limit=1, lease=LEASE, uow=uow)
        assert claim(second) == []


def test_a_holder_whose_lease_is_over_writes_nothing(world, runtime, endpoint):
    key = trial(world, endpoint)
    (zombie,) = claim(runtime)
    world.run("UPDATE webhook_deliveries SET lease_until = now() - interval '1 second'")
    with runtime.transaction() as uow:
        assert claims.take_back(uow=uow) == 1
    (heir,) = claim(runtime)
    with runtime.transaction() as uow:
        assert not claims.commit_to(zombie, uow=uow)
        assert claims.end(zombie, Answer(), uow=uow) == "fenced"
    with runtime.transaction() as uow:
        assert claims.commit_to(heir, uow=uow)
        assert claims.end(heir, Answer(), uow=uow) == "sent"
    assert stands(world, key).fence == 2


def test_nothing_is_marked_for_an_endpoint_that_was_disabled_meanwhile(world, runtime, endpoint):
    trial(world, endpoint)
    (hook,) = claim(runtime)
    world.run("UPDATE webhook_endpoints SET state = 'disabled', disabled_why = 'administrator'")
    with runtime.transaction() as uow:
        assert not claims.commit_to(hook, uow=uow)
    assert claim(runtime) == []


def test_a_key_that_is_missing_is_our_fault_and_disables_nobody(
    world, make_runtime, clock, endpoint
):
    runtime = replace(make_runtime(), webhooks=Client(egress=Egress()), keyring=Keyring(None))
    key = trial(world, endpoint)
    for _ in range(2):
        assert hooks.post_next(runtime) == 1
        clock.at += DISABLE_AFTER + timedelta(hours=1)
    assert stands(world, key).error == "seal-keys-missing"
    assert world.run("SELECT state, failing_since FROM webhook_endpoints") == [("active", None)]


def test_neither_a_digest_nor_a_canary_is_posted(world, runtime, endpoint):
    """The alerts of a digest were posted when they were due; its own link leads nowhere."""
    told = world.due_alert()
    for kind in ("notifications.digest", "operations.canary"):
        world.alert(kind=kind, recipient_role="person", recipient_id=told.worker)
    expansion.expand_due(runtime)
    posted = world.run("SELECT kind FROM webhook_deliveries")
    assert posted == [("evictions.hearing_approaching",)]
