"""kill -9 on either side of every commit and call of a webhook: none is lost, and the receiver
knows a second copy by its webhook-id. The receiver's own log is the truth.
"""

import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.embedded.secret import seal_keys
from infra.settings import Settings
from notifications.channels.https import Client
from notifications.webhooks import claims
from notifications.webhooks.commands import place_of
from notifications.webhooks.message import new_secret
from services.shared.vault.sealing import Keyring
from tests.faults.kit.facts import cases, due_alerts, still_open
from tests.faults.kit.parts import Parts, wait_for
from tests.faults.test_failpoints import WEBHOOKS, kind_of, step_of
from tests.outside.receiver import NETWORKS, Posted, Receiver, status
from tests.slices import one_of_each, times
from tests.world import NOW, World
from workers.draining import drain
from workers.runtime import Runtime

RUNS = times(20, 1)
ALERTS = 6
ONCE = ("hook-claim", "hook-give-back", "hook-withdraw")
# It was taken and nothing says so yet: exactly one copy comes again, under the same webhook-id.
NEVER_NOTED = ("after-https-post", "before-hook-end")


@pytest.fixture
def receiver(tmp_path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path)
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def posting(parts: Parts, receiver: Receiver, tmp_path) -> Settings:
    """The settings of a part that posts to the receiver."""
    parts.settings = replace(
        parts.settings,
        webhook_networks=NETWORKS,
        webhook_ports=str(receiver.port),
        webhook_ca=receiver.authority,
        seal_keys=seal_keys(tmp_path),
    )
    return parts.settings


@pytest.fixture
def next_one(healer: Runtime, posting: Settings) -> Runtime:
    """Whoever comes next."""
    keyring = Keyring(posting.seal_keys)
    return replace(healer, webhooks=Client(egress=posting.egress), keyring=keyring)


def endpoint(world: World, organisation: UUID, url: str, keyring: Keyring) -> UUID:
    key, secret, key_id = uuid4(), uuid4(), keyring.newest()
    row = {"url": url, "kinds": [], "state": "active", "created_at": NOW}
    world.put("webhook_endpoints", id=key, organisation_id=organisation, **row)
    sealed = keyring.seal(new_secret(bytes(32)), place_of(secret), key_id)
    row = {"endpoint_id": key, "sealed": sealed, "key_id": key_id, "created_at": NOW}
    world.put("webhook_secrets", id=secret, **row)
    return key


def to_a_stranger(world: World, alert: UUID, receiver: Receiver, keyring: Keyring) -> None:
    """Planned for an organisation of which nobody may know any more."""
    other = uuid4()
    world.put("organisations", id=other, name="P", sector="s", kind="generalist")
    row: dict[str, Any] = {"created_at": NOW, "kind": "k", "alert_id": alert}
    row["next_at"] = datetime.now(UTC)
    key = endpoint(world, other, receiver.url("/stranger"), keyring)
    world.put("webhook_deliveries", id=uuid4(), endpoint_id=key, **row)


def heal(world: World, runtime: Runtime) -> None:
    """As if leases, rests and waits were over."""
    world.run("UPDATE deliveries SET lease_until = now() WHERE state = 'sending'")
    world.run("UPDATE webhook_deliveries SET lease_until = now() WHERE state = 'sending'")
    with runtime.transaction() as uow:
        claims.take_back(uow=uow)
    world.run("UPDATE webhook_deliveries SET next_at = now() WHERE state = 'pending'")
    world.run("UPDATE webhook_endpoints SET rests_until = NULL")
    drain(runtime)


def waiting(world: World) -> int:
    open_ones = "SELECT count(*) FROM webhook_deliveries WHERE state IN ('pending', 'sending')"
    return int(world.run(open_ones)[0][0]) + still_open(world)


def standing(world: World) -> str:
    return str(world.run("SELECT state, last_error, attempts FROM webhook_deliveries"))


def unflagged(received: list[Posted]) -> list[str]:
    """Second copies that do not say what they are."""
    seen: Counter[str] = Counter()
    found = []
    for posted in received:
        if seen[posted.id] and "x-possible-duplicate" not in posted.headers:
            found.append(posted.id)
        seen[posted.id] += 1
    return found


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("point", one_of_each(WEBHOOKS, kind_of, *NEVER_NOTED))
def test_a_kill_at_any_point_loses_no_webhook(point, run, world, parts, next_one, receiver):
    step = step_of(point)
    keyring = next_one.keyring
    endpoint(world, world.organisation, receiver.url(), keyring)
    parts.start("sink")
    among = cases(world, 2)
    if step == "hook-withdraw":
        gone = world.alert(case_id=among[0], state="sending", due_at=NOW)
        to_a_stranger(world, gone, receiver, keyring)
    if step == "hook-give-back":
        receiver.answers = [status(500)]
    owed = {str(key) for key in due_alerts(world, ALERTS, among)}
    count = 1 if step in ONCE else 1 + run % ALERTS
    victim = parts.start("sweeper", failpoint=f"{point}:{count}")
    victim.join(30)
    assert victim.exitcode == -signal.SIGKILL, f"{point} was not reached\n{parts.tail()}"
    wait_for(lambda: not waiting(world) or heal(world, next_one), 20, lambda: standing(world))
    received = [posted for posted in receiver.received if posted.event["subject"] in owed]
    assert {posted.event["subject"] for posted in received} == owed
    assert len({posted.id for posted in received}) == ALERTS
    assert {posted.path for posted in receiver.received} == {"/alerts?for=us"}
    assert unflagged(receiver.received) == []
    assert len(received) - ALERTS == (point in NEVER_NOTED or step == "hook-give-back")
