"""Redis only wakes: whatever becomes of it, the sweepers deliver what PostgreSQL remembers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import text

from infra.redis import connect, connect_blocking
from workers import jobs
from workers import sweeper as sweeper_module
from workers.draining import drain
from workers.listening import Listener
from workers.queues import hints, wake
from workers.sweeper import Sweeper
from workers.timetable import Row

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
NOBODY = "unix:///nonexistent/valkey.sock"


@pytest.fixture
def sweeper_of(cluster):
    listeners = []

    def make(runtime, redis_url: str) -> Sweeper:
        listener = Listener(cluster.url("maillage_worker"), runtime.stop)
        listeners.append(listener)
        return Sweeper(runtime, hints(connect(redis_url)), listener)

    yield make
    for listener in listeners:
        listener.close()


def follow(redis_url: str) -> None:
    """An RQ worker for the hints that wait now."""
    connection = connect_blocking(redis_url)
    queue = hints(connection)
    SimpleWorker([queue], connection=connection, serializer=JSONSerializer).work(
        burst=True, logging_level="ERROR"
    )


def test_a_sweeper_hints_and_a_worker_sends(world, runtime, postbox, valkey, sweeper_of):
    told = world.due_alert()
    sweeper_of(runtime, valkey.url).sweep()
    assert postbox.received == []
    jobs.use(runtime)
    follow(valkey.url)
    assert postbox.count() == {told.email: 1}
    assert connect(valkey.url).keys("rq:job:*") == []


def test_what_the_database_says_of_a_row_is_not_left_in_redis(world, runtime, valkey, sweeper_of):
    """RQ keeps the words of an exception, packed, where no search of the keys would find them."""
    world.due_alert()
    sweeper_of(runtime, valkey.url).sweep()
    jobs.use(runtime)
    world.run("ALTER TABLE alerts ADD CONSTRAINT planted CHECK (state = '') NOT VALID")
    try:
        follow(valkey.url)
    finally:
        world.run("ALTER TABLE alerts DROP CONSTRAINT planted")
    connection = connect(valkey.url)
    failed = hints(connection).failed_job_registry
    kept = [
        hints(connection).fetch_job(key).latest_result().exc_string for key in failed.get_job_ids()
    ]
    assert kept
    for words in kept:
        assert "workers.jobs.Failed: IntegrityError" in words
        assert "Failing row" not in words


def test_at_most_two_hints_wait_and_they_say_nothing(world, runtime, valkey, sweeper_of):
    world.due_alert()
    sweeper = sweeper_of(runtime, valkey.url)
    for _ in range(3):
        sweeper.sweep()
    queue = hints(connect(valkey.url))
    assert queue.count == 2
    assert {(job.func_name, *job.args, job.description) for job in queue.jobs} == {
        ("workers.jobs.drain", "-")
    }
    assert wake(queue) == 0


def test_nothing_due_means_no_hint(world, runtime, valkey, sweeper_of):
    world.due_alert(due_at=NOW + timedelta(seconds=1))
    sweeper_of(runtime, valkey.url).sweep()
    assert hints(connect(valkey.url)).count == 0


def test_a_flushed_hint_is_given_again(world, runtime, postbox, valkey, sweeper_of):
    told = world.due_alert()
    sweeper = sweeper_of(runtime, valkey.url)
    sweeper.sweep()
    connect(valkey.url).flushall()
    sweeper.sweep()
    jobs.use(runtime)
    follow(valkey.url)
    assert postbox.count() == {told.email: 1}


def test_without_redis_the_sweeper_sends(world, runtime, postbox, sweeper_of):
    told = world.due_alert()
    sweeper_of(runtime, NOBODY).sweep()
    assert postbox.count() == {told.email: 1}


def test_without_workers_the_sweeper_sends_after_ten_seconds(
    world, runtime, postbox, valkey, sweeper_of
):
    clock = runtime.clock
    told = world.due_alert()
    sweeper = sweeper_of(runtime, valkey.url)
    clock.advance(seconds=10)
    sweeper.sweep()
    assert postbox.received == []
    clock.advance(seconds=1)
    sweeper.sweep()
    assert postbox.count() == {told.email: 1}


def test_two_sweepers_and_a_worker_send_each_mail_once(world, make_runtime, postbox, sweeper_of):
    told = [world.due_alert() for _ in range(24)]
    work = [sweeper_of(make_runtime(), NOBODY).sweep for _ in range(2)]
    helper = make_runtime()
    work.append(lambda: drain(helper))
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert postbox.count() == {one.email: 1 for one in told}


def test_a_sweep_takes_back_expired_leases_and_shows_life(world, runtime, postbox, sweeper_of):
    told = world.due_alert()
    drain(runtime)
    world.run(
        "UPDATE deliveries SET state = 'sending', lease_until = '1970-01-01'"
        " WHERE alert_id = %s AND channel = 'email'",
        told.alert,
    )
    sweeper_of(runtime, NOBODY).sweep()
    mails = [mail["X-Possible-Duplicate"] for mail in postbox.received]
    assert mails == [None, "yes"]
    assert world.run("SELECT part FROM heartbeats WHERE at > now() - interval '1 minute'") == [
        ("sweeper",)
    ]


def test_a_notice_is_heard_also_after_the_connection_broke(world, cluster, runtime):
    listener = Listener(cluster.url("maillage_worker"), runtime.stop)
    assert not listener.wait(0.01)
    world.run("SELECT pg_notify('maillage_due', '')")
    assert listener.wait(5)
    world.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'maillage_worker' AND starts_with(query, 'LISTEN')"
    )
    assert not listener.wait(0.01)
    assert not listener.wait(0.01)
    world.run("SELECT pg_notify('maillage_due', '')")
    assert listener.wait(5)
    listener.close()


def test_a_chore_that_fails_holds_up_no_alert(world, runtime, postbox, sweeper_of, monkeypatch):
    def broken(*, uow) -> None:
        uow.session.execute(text("SELECT 1 / 0"))

    done = []
    rows = (Row(timedelta(0), broken), Row(timedelta(0), lambda *, uow: done.append(uow.now())))
    monkeypatch.setattr(sweeper_module, "TIMETABLE", rows)
    told = world.due_alert()
    sweeper_of(runtime, NOBODY).sweep()
    assert postbox.count() == {told.email: 1}
    assert done == [NOW]
