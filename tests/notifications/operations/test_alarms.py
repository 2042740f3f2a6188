"""Each alarm of infra/deploy/prometheus, brought about on real parts and read off /metrics."""

import re
import signal
import socket
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from infra.database import Database
from notifications.operations import canary
from notifications.operations.figures import ALARMS, METRICS
from services.audit.commands import seal_entries
from services.evictions.events import HearingPosted
from services.shared.clock import SystemClock
from tests.faults.kit.facts import is_listening
from tests.faults.kit.oracle import received
from tests.faults.kit.parts import NO_REDIS, Parts, settings_for, wait_for
from tests.outside.issuer import free_port
from tests.slices import WHOLE, some
from workers.draining import drain
from workers.heartbeat import note_start

ROOT = Path(__file__).parents[3]
RULES, MACHINES = (
    {
        rule["alert"]: rule
        for group in yaml.safe_load((ROOT / "infra/deploy/prometheus" / name).read_text())["groups"]
        for rule in group["rules"]
    }
    for name in ("alerts.yml", "machines.yml")
)
MANUAL = (ROOT / "docs/operators.md").read_text()
SIMPLE = re.compile(r'(\w+)(?:\{(\w+)="(\w+)"\})? ([<>]) ([\d.]+)')
MAILBOX = "canary@watch.example"
WAKE = "SELECT pg_notify('maillage_due', '')"
PLANNED = "SELECT 1 FROM alerts WHERE kind = 'operations.canary'"
HEARD = "UPDATE heartbeats SET at = at - interval '61 s' WHERE part = %s"


@pytest.fixture
def clock():
    """The figures go by the database's clock: so do the facts of these tests."""
    return SystemClock()


@pytest.fixture
def metrics(applications, settings, clock, database, world):
    """/metrics as Prometheus reads it, of an API with these settings."""

    def read(**changes):
        pool = changes.pop("database", database)
        changed = replace(settings, canary_mailbox=MAILBOX, **changes)
        with applications.lent(changed, clock=clock, database=pool) as lent:
            page = lent.app.test_client().get("/metrics").text
        families = text_string_to_metric_families(page)
        return [sample for family in families for sample in family.samples]

    return read


@pytest.fixture
def rings(metrics):
    def ask(name: str, **changes) -> bool:
        metric, label, value, compare, limit = SIMPLE.fullmatch(RULES[name]["expr"]).groups()
        found = [
            sample.value
            for sample in metrics(**changes)
            if sample.name == metric and (label is None or sample.labels[label] == value)
        ]
        assert found, f"{name}: no such figure"
        return any(each > float(limit) if compare == ">" else each < float(limit) for each in found)

    return ask


@pytest.fixture
def parts(world, cluster, tmp_path):
    url, port = cluster.url("maillage_worker"), free_port()
    settings = settings_for(tmp_path, worker_url=url, redis_url=NO_REDIS, port=port)
    parts = Parts(tmp_path, settings, port)
    yield parts
    parts.stop()


def ago(**time) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


def due(world, **values):
    return world.due_alert(due_at=ago(minutes=3), planned_at=ago(minutes=4), **values)


def test_every_figure_that_a_rule_names_is_ours(metrics):
    ours = {sample.name for sample in metrics()}
    for rule in RULES.values():
        metric = re.search(r"maillage_\w+", rule["expr"])[0]
        assert metric in ours
        assert SIMPLE.fullmatch(rule["expr"]) or rule["expr"] == f"absent({metric})"


def test_every_figure_is_explained(metrics):
    unseen = {"maillage_audit_anchor_age_seconds", "maillage_deliveries"}
    assert {sample.name for sample in metrics()} >= METRICS.keys() - unseen


def test_the_command_and_prometheus_judge_by_the_same():
    ours = {alarm.name: alarm.expression for alarm in ALARMS}
    beyond = {"MaillageDatabaseAway", "MaillageRedisGone", "MaillageSilent"}
    assert {name: rule["expr"] for name, rule in RULES.items() if name not in beyond} == ours


def test_what_we_cannot_know_is_left_to_who_can():
    for rule in MACHINES.values():
        named = re.findall(r"\b(?:maillage|node|probe)_\w+", rule["expr"])
        assert named
        assert all(
            name.startswith(("node_", "probe_", "maillage_backup_completed_")) for name in named
        )


def test_every_alarm_has_its_page_in_the_manual():
    for rule in (RULES | MACHINES).values():
        section = rule["annotations"]["runbook"].partition("#")[2]
        title = next(n for n in [*RULES, *MACHINES] if n.lower() == section)
        _, _, page = MANUAL.partition(f"\n### {title}\n")
        page = page.partition("\n##")[0]
        for word in ("**Means**", "**Look at**", "**Do**"):
            assert word in page, f"{title} lacks {word}"


@pytest.mark.parametrize(
    ("name", "part", "process"),
    some(
        [
            ("MaillageSweepersGone", "sweeper", "sweeper"),
            ("MaillageWorkersGone", "worker", "worker" if WHOLE else "brisk"),
        ],
        0,
        ("MaillageWorkersGone", "worker", "brisk"),
    ),
)
def test_a_part_that_is_gone_or_frozen_is_noticed(name, part, process, world, parts, rings):
    assert rings(name)
    parts.start(process)
    wait_for(lambda: not rings(name), 20, parts.tail)
    parts.signal(process, signal.SIGSTOP)
    world.run(HEARD, part)
    assert rings(name)
    parts.signal(process, signal.SIGCONT)
    # A sweeper is woken: by itself it sweeps, and is heard, every quarter of a minute.
    wait_for(lambda: world.run(WAKE) and not rings(name), 20, parts.tail)
    parts.kill(process)
    assert not rings(name)
    world.run(HEARD, part)
    assert rings(name)


def test_a_part_that_dies_again_and_again_is_noticed_and_not_alive(world, runtime, rings, metrics):
    for number in range(4):
        with subprocess.Popen(["true"]) as process:
            name = f"{socket.gethostname()}:{process.pid}:{number}"
        world.run("INSERT INTO heartbeats (part, instance, at) VALUES ('worker', %s, now())", name)
    # Each of them worked within the minute, and nobody looked yet.
    assert alive(metrics) == 4
    with runtime.transaction() as uow:
        note_start("worker", uow=uow)
    assert rings("MaillagePartsCrashing")
    assert alive(metrics) == 0


def alive(metrics) -> float:
    return sum(sample.value for sample in metrics() if sample.name == "maillage_parts_alive")


def test_an_old_backlog(world, runtime, rings):
    due(world)
    assert rings("MaillageBacklogOld")
    drain(runtime)
    assert not rings("MaillageBacklogOld")


def test_a_dead_letter_until_somebody_is_reached(world, runtime, rings, postbox):
    told = due(world)
    postbox.on_rcpt = lambda _: "550 5.1.1 no such user"
    drain(runtime)
    assert world.delivery(told.alert).state == "rejected"
    assert rings("MaillageAlertsUnreached")
    postbox.on_rcpt = lambda _: None
    ((thing,),) = world.run("SELECT object_id FROM alerts")
    other = world.professional()
    world.assign(told.case, other)
    later = {"due_at": ago(minutes=1), "planned_at": ago(minutes=1)}
    world.alert(case_id=told.case, object_id=thing, rung="next", **later)
    drain(runtime)
    assert postbox.count() == {world.email_of(other): 1}
    assert not rings("MaillageAlertsUnreached")


def test_what_is_set_aside(world, runtime, rings):
    due(world, facts={"hearing_at": "soon"})
    for _ in range(3):
        drain(runtime)
        world.run("UPDATE deliveries SET next_at = now() - interval '1 s' WHERE state = 'pending'")
    assert rings("MaillageSetAside")
    assert not rings("MaillageBacklogOld")


def test_an_outbox_that_nobody_empties(world, runtime, rings):
    event = HearingPosted(case_id=world.case(), procedure_id=uuid4(), posting_id=uuid4())
    row = {"name": event.name, "case_id": event.case_id, "payload": event.payload()}
    world.put("outbox_events", id=uuid4(), occurred_at=ago(minutes=3), **row)
    assert rings("MaillageOutboxStuck")
    drain(runtime)
    assert not rings("MaillageOutboxStuck")


def test_heads_that_do_not_leave(world, runtime, rings):
    world.run("SET session_replication_role = origin")
    world.put("audit_entries", at=ago(minutes=20), action="a", subject_kind="s")
    world.run("SET session_replication_role = replica")
    with runtime.transaction() as uow:
        assert seal_entries(uow=uow) == 1
    assert not rings("MaillageAnchorLate")
    world.run("UPDATE audit_seals SET sealed_at = sealed_at - interval '11 min'")
    assert rings("MaillageAnchorLate")


def test_a_glass_that_nobody_reviews(world, rings):
    row = {"professional_id": world.professional(), "case_id": world.case(), "case_code": "BX-1"}
    opened = ago(hours=71)
    times = {"opened_at": opened, "closes_at": opened + timedelta(hours=1)}
    world.put(
        "break_glass_openings",
        id=uuid4(),
        danger="violence",
        reason="They called at night.",
        **row,
        **times,
    )
    assert not rings("MaillageGlassUnreviewed")
    earlier = "opened_at = opened_at - interval '2 h', closes_at = closes_at - interval '2 h'"
    world.run(f"UPDATE break_glass_openings SET {earlier}")
    assert rings("MaillageGlassUnreviewed")


def test_a_canary_that_does_not_come(world, runtime, rings, postbox):
    assert rings("MaillageCanaryMissing")
    account = world.professional(email=MAILBOX)
    with runtime.transaction() as uow:
        assert canary.send(MAILBOX, uow=uow) == account
        assert canary.send(MAILBOX, uow=uow) == account
    assert rings("MaillageCanaryMissing")
    drain(runtime)
    assert postbox.count() == {MAILBOX: 1}
    assert not rings("MaillageCanaryMissing")
    world.run("UPDATE deliveries SET sent_at = sent_at - interval '11 min'")
    assert rings("MaillageCanaryMissing")


def test_a_database_that_takes_no_changes(world, cluster, rings):
    world.run("ALTER ROLE maillage_api SET default_transaction_read_only = on")
    try:
        pool = Database(cluster.url("maillage_api"), pool_size=1)
        assert rings("MaillageDatabaseReadOnly", database=pool)
        pool.dispose()
    finally:
        world.run("ALTER ROLE maillage_api RESET default_transaction_read_only")
    assert not rings("MaillageDatabaseReadOnly")


def test_a_database_that_is_away(rings):
    gone = Database(f"postgresql+psycopg://maillage_api@127.0.0.1:{free_port()}/maillage")
    assert rings("MaillageDatabaseAway", database=gone)
    gone.dispose()
    assert not rings("MaillageDatabaseAway")


def test_redis_that_is_gone(rings, valkey):
    assert not rings("MaillageRedisGone", redis_url=valkey.url)
    assert rings("MaillageRedisGone", redis_url=NO_REDIS)
    valkey.stop()
    assert rings("MaillageRedisGone", redis_url=valkey.url)


def test_a_real_sweeper_sends_the_canary_by_the_whole_road(world, parts, rings):
    """Row, expansion, delivery, SMTP: the truth is the log of the server that received it."""
    world.professional(email=MAILBOX)
    parts.start("sink")
    parts.start("sweeper", canary_mailbox=MAILBOX)
    if not WHOLE:
        # By itself it looks again when its idle time is over.
        wait_for(lambda: world.run(PLANNED) and is_listening(world), 25, parts.tail)
        world.run(WAKE)
    wait_for(lambda: received(parts.mails), 25, parts.tail)
    assert {line["to"] for line in received(parts.mails)} == {MAILBOX}
    wait_for(lambda: not rings("MaillageCanaryMissing"), 10, parts.tail)
