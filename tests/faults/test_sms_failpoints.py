"""kill -9 on either side of every commit and call of an SMS: none is lost, and the gateway knows a
second copy by its key. The gateway's own log is the truth.
"""

import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from infra.embedded.secret import seal_keys
from infra.settings import Settings
from notifications.delivery import letters
from notifications.mobile.model import place_of
from services.shared.vault.sealing import Keyring
from tests.faults.kit.facts import due_alerts, standing, still_open
from tests.faults.kit.parts import Parts, wait_for
from tests.faults.test_failpoints import SMS, kind_of, step_of
from tests.outside.gateway import Gateway, Text
from tests.outside.receiver import status
from tests.slices import one_of_each, times
from tests.world import NOW, World
from workers.draining import drain
from workers.main import gateway_of
from workers.runtime import Runtime

RUNS = times(20, 1)
ALERTS = 6
POSTING = ["before-https-post", "after-https-post"]
EACH_ONE = ("sms-commit-to", "sms-end", "https-post")
# It was taken and nothing says so yet: exactly one copy comes again, under the same key.
NEVER_NOTED = ("after-https-post", "before-sms-end")


@pytest.fixture
def gateway(tmp_path) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path)
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture
def texting(parts: Parts, gateway: Gateway, tmp_path) -> Settings:
    """The settings of a part that sends by the gateway."""
    parts.settings = replace(gateway.used_by(parts.settings), seal_keys=seal_keys(tmp_path))
    return parts.settings


@pytest.fixture
def next_one(healer: Runtime, texting: Settings) -> Runtime:
    """Whoever comes next."""
    keyring = Keyring(texting.seal_keys)
    return replace(healer, sms=gateway_of(texting), keyring=keyring)


def number_of(world: World, who: UUID, keyring: Keyring, number: str, code: str = "") -> None:
    key, key_id = uuid4(), keyring.newest()
    row = {"key_id": key_id, "given_at": NOW, "sealed": keyring.seal(number, place_of(key), key_id)}
    if code:
        now = datetime.now(UTC)
        row["code_sealed"] = keyring.seal(code, place_of(key, "code_sealed"), key_id)
        row |= {"code_due_at": now, "code_valid_until": now + timedelta(minutes=15)}
    else:
        row["verified_at"] = NOW
    world.put("mobile_numbers", id=key, professional_id=who, **row)


def wants_sms(world: World, keyring: Keyring) -> UUID:
    """A case whose reference worker hears legal alerts by SMS too."""
    who = world.professional()
    number_of(world, who, keyring, "+32470123456")
    row = {"choices": {"legal": {"sms": "at_once"}}, "zone": "UTC", "changed_at": NOW}
    row |= {"digest_rhythm": "daily", "digest_at": time(8, 0), "digest_weekday": 1}
    world.put("notification_preferences", professional_id=who, **row)
    return world.case(who)


def to_a_stranger(world: World, alert: UUID, keyring: Keyring) -> None:
    """Planned for somebody who may not know any more."""
    who = world.professional()
    number_of(world, who, keyring, "+32470999999")
    row = {"alert_id": alert, "professional_id": who, "channel": "sms", "message_id": "<f@x>"}
    world.put("deliveries", id=uuid4(), next_at=datetime.now(UTC), **row)


def heal(world: World, runtime: Runtime) -> None:
    """As if leases and waits were over."""
    world.run("UPDATE deliveries SET lease_until = now() WHERE state = 'sending'")
    with runtime.transaction() as uow:
        letters.take_back(uow=uow)
    world.run("UPDATE deliveries SET next_at = now() WHERE state = 'pending'")
    world.run("UPDATE mobile_numbers SET code_due_at = now() WHERE code_due_at IS NOT NULL")
    drain(runtime)


def waiting(world: World) -> int:
    codes = "SELECT count(*) FROM mobile_numbers WHERE code_due_at IS NOT NULL"
    return int(world.run(codes)[0][0]) + still_open(world)


def unflagged(texts: list[Text]) -> list[str]:
    """Second copies that do not say what they are."""
    seen: Counter[str] = Counter()
    found = []
    for text in texts:
        if seen[text.key] and not text.flagged:
            found.append(text.key)
        seen[text.key] += 1
    return found


def alert_in(text: Text) -> str:
    return text.text.rpartition("/")[2]


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("point", one_of_each([*SMS, *POSTING], kind_of, *NEVER_NOTED))
def test_a_kill_at_any_point_loses_no_sms(point, run, world, parts, next_one, gateway):
    step = step_of(point)
    keyring = next_one.keyring
    parts.start("sink")
    case = wants_sms(world, keyring)
    if step.startswith("sms-code"):
        number_of(world, world.professional(), keyring, "+32470888888", code="123456")
    if step == "sms-withdraw":
        to_a_stranger(world, world.alert(case_id=case, state="sending", due_at=NOW), keyring)
    if step == "sms-give-back":
        gateway.answers = [status(503)]
    owed = {str(key) for key in due_alerts(world, ALERTS, [case])}
    count = 1 + run % ALERTS if step in EACH_ONE else 1
    victim = parts.start("sweeper", failpoint=f"{point}:{count}")
    victim.join(30)
    assert victim.exitcode == -signal.SIGKILL, f"{point} was not reached\n{parts.tail()}"
    wait_for(lambda: not waiting(world) or heal(world, next_one), 20, lambda: standing(world))
    taken = gateway.texts[1:] if step == "sms-give-back" else gateway.texts
    texts = [text for text in taken if text.to == "+32470123456"]
    assert {alert_in(text) for text in texts} == owed
    assert len({text.key for text in texts}) == ALERTS
    assert unflagged(taken) == []
    codes = [text for text in taken if text.to == "+32470888888"]
    assert bool(codes) is step.startswith("sms-code")
    assert {text.to for text in taken} <= {"+32470123456", "+32470888888"}
    assert len(texts) - ALERTS == (point in NEVER_NOTED)
