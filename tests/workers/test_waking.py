"""Sweepers wake when somebody must be told, and no sooner: counted, not timed."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event, make_url

from infra.redis import connect
from notifications.delivery import letters
from notifications.planning.expansion import expand_due
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.clock import SystemClock
from tests.journeys.steps import note, open_shared_case, propose
from tests.slices import WHOLE, times
from tests.workers.test_processes import wait_for
from workers import sweeper as sweeper_module
from workers.clock import DatabaseClock
from workers.listening import Listener
from workers.presence import Presence
from workers.queues import hints
from workers.sweeper import GATHER_SECONDS, IDLE_SECONDS, Sweeper

NOBODY = "unix:///nonexistent/valkey.sock"
NOTES = 40


class Counted(Sweeper):
    """Counts what it asks of the database, and how often it sweeps."""

    def __init__(self, runtime, queue, listener) -> None:
        super().__init__(runtime, queue, listener)
        self.statements = self.sweeps = 0
        for engine in (runtime.database.engine, runtime.database.repeating):
            for each in ("before_cursor_execute", "begin", "commit", "rollback"):
                event.listen(engine, each, self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    def sweep(self) -> None:
        self.sweeps += 1
        super().sweep()


@pytest.fixture
def start(cluster, make_runtime, world) -> Iterator[Callable[[], Counted]]:
    """Each call is another sweeper, in a thread of its own, by the database's clock."""
    running = []

    def begin() -> Counted:
        runtime = make_runtime()
        object.__setattr__(runtime, "clock", DatabaseClock(runtime.database.engine))
        url = cluster.url("maillage_worker")
        sweeper = Counted(runtime, hints(connect(NOBODY)), Listener(url, runtime.stop))
        thread = threading.Thread(target=sweeper.run, daemon=True)
        running.append((runtime, thread))
        thread.start()
        wait_for(lambda: sweeper.sweeps == 1)
        return sweeper

    try:
        yield begin
    finally:
        for runtime, thread in running:
            runtime.stop.request()
            thread.join(30)


def listening(world) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE starts_with(query, 'LISTEN')"
    return world.run(query)[0][0]


@pytest.fixture
def two(start, world) -> tuple[Counted, Counted]:
    """The first one listens, the second does not; both have nothing to do."""
    first = start()
    wait_for(lambda: listening(world) == 1)
    second = start()
    return first, second


@pytest.fixture
def looks_often(monkeypatch) -> None:
    """Then the same bound is harder to keep, and sooner seen to be kept."""
    monkeypatch.setattr(sweeper_module, "IDLE_SECONDS", IDLE_SECONDS if WHOLE else 0.5)


@pytest.mark.usefixtures("looks_often")
def test_a_note_costs_the_sweepers_next_to_nothing(two, world):
    before = sum(each.statements for each in two)
    for _ in range(NOTES):
        world.put("audit_entries", at=datetime.now(UTC), action="write_note", subject_kind="notes")
    # Until each has looked again: nothing was put off to later.
    looked = [each.statements for each in two]
    wait_for(lambda: all(each.statements > n for each, n in zip(two, looked, strict=True)))
    assert (sum(each.statements for each in two) - before) / NOTES < 5


def test_a_note_through_the_api_notifies_nobody(network, cluster):
    case = open_shared_case(network)
    url = make_url(cluster.url("postgres")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as ear:
        ear.execute("LISTEN maillage_due")
        note(network, case, "rw1", "Un mot.")
        assert list(ear.notifies(timeout=0.2)) == []
        propose(network, case)
        assert len(list(ear.notifies(timeout=5, stop_after=1))) == 1


def test_somebody_to_tell_wakes_one_of_two(two, world, postbox):
    first, second = two
    swept = second.sweeps
    told = [world.due_alert(due_at="now", planned_at="now") for _ in range(3)]
    world.run("SELECT pg_notify('maillage_due', '')")
    wait_for(lambda: postbox.count() == {one.email: 1 for one in told})
    assert first.sweeps > 1
    assert second.sweeps == swept


def test_notices_that_come_together_are_few_sweeps(start, world):
    sweeper = start()
    wait_for(lambda: listening(world) == 1)
    started = time.monotonic()
    for _ in range(100):
        world.run("SELECT pg_notify('maillage_due', '')")
    passed = time.monotonic() - started
    # One ahead of them, one for each while, one after them; those of its own looks.
    assert sweeper.sweeps <= 3 + 2 * passed / GATHER_SECONDS


def test_what_becomes_due_is_told_when_it_does(two, world, worker_database, postbox):
    worker = world.professional()
    case = world.case(worker)
    due_at = SystemClock().now() + timedelta(seconds=times(2, 1))
    told = NewAlert(
        kind="evictions.hearing_approaching",
        case_id=case,
        object_id=uuid4(),
        due_at=due_at,
        recipient_role=RecipientRole.REFERENCE_WORKER,
        facts={"hearing_at": "2031-03-08T08:30:00+00:00", "days_left": 7},
    )
    swept = sum(each.sweeps for each in two)
    with worker_database.transaction(clock=SystemClock(), actor=None) as uow:
        alerts.plan([told], uow=uow)
    sent = "SELECT sent_at FROM deliveries WHERE channel = 'email' AND state = 'sent'"
    wait_for(lambda: world.run(sent))
    assert postbox.count() == {world.email_of(worker): 1}
    assert world.run(sent)[0][0] >= due_at
    # For the notice, at its moment, and while it is seen to leave; not once a second.
    assert sum(each.sweeps for each in two) - swept <= 8


def test_a_dead_senders_claims_are_free_at_once(world, runtime, cluster):
    """Its lease would have lasted ten minutes; a sender that lives keeps what it holds."""
    for _ in range(3):
        world.due_alert()
    expand_due(runtime)
    lives, dies = (Presence(cluster.url("maillage_worker")) for _ in range(2))
    for presence, limit in ((lives, 1), (dies, 2)):
        held = {"lease": timedelta(minutes=10), "held_by": presence.number()}
        with runtime.transaction() as uow:
            assert len(letters.claim(limit=limit, uow=uow, **held)) == limit
    dies.close()
    wait_for(lambda: len(world.run("SELECT 1 FROM pg_locks WHERE classid = 7410")) == 1)
    with runtime.transaction() as uow:
        assert letters.take_back(uow=uow) == 2
        assert letters.take_back(uow=uow) == 0
    assert world.run("SELECT DISTINCT last_error FROM deliveries WHERE state = 'pending'") == [
        ("holder-gone",)
    ]
    lives.close()
