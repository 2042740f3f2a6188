"""`python -m bench.queues.jobs SYSTEM (enqueue COUNT | work)`: one mail a job.

Runs in an environment of its own (bench/queues/requirements.lock) and imports nothing of ours. To
each queue's advantage its worker keeps one SMTP connection for all its jobs.
"""

import os
import signal
import smtplib
import sys
from functools import cache
from typing import Any, Protocol

import celery
import dramatiq
import huey
import rq
from dramatiq.brokers.redis import RedisBroker
from redis import ConnectionPool, Redis, UnixDomainSocketConnection

BROKER = os.environ["BENCH_BROKER"]
SENDER = "alerts@maillage.example"


class Queue(Protocol):
    def enqueue(self, number: int) -> object: ...
    def work(self) -> None: ...


@cache
def _smtp() -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", int(os.environ["BENCH_MAIL_PORT"]))


@cache
def _mail() -> bytes:
    with open(os.environ["BENCH_MAIL"], "rb") as mail:
        return mail.read()


def send(number: int) -> None:
    _smtp().sendmail(SENDER, f"p{number}@example.org", _mail())


class Rq:
    """Its quick worker: the one that forks for every job is six times slower."""

    def __init__(self) -> None:
        self._connection = Redis(unix_socket_path=BROKER)
        self._queue = rq.Queue("bench", connection=self._connection)
        self._worker = rq.SimpleWorker

    def enqueue(self, number: int) -> object:
        return self._queue.enqueue("bench.queues.jobs.send", number)

    def work(self) -> None:
        self._worker([self._queue], connection=self._connection).work(logging_level="ERROR")


class Celery:
    def __init__(self) -> None:
        self._app = celery.Celery(broker=f"redis+socket://{BROKER}", set_as_current=True)
        self._app.conf.update(
            task_ignore_result=True, task_acks_late=True, worker_hijack_root_logger=False
        )
        self._send = self._app.task(name="send")(send)

    def enqueue(self, number: int) -> object:
        return self._send.delay(number)

    def work(self) -> None:
        self._app.worker_main(["worker", "--concurrency=1", "--loglevel=ERROR", "--without-gossip"])


class Dramatiq:
    """One worker thread: one SMTP connection is one conversation."""

    def __init__(self) -> None:
        broker: Any = RedisBroker(client=Redis(unix_socket_path=BROKER))
        dramatiq.set_broker(broker)
        self._send = dramatiq.actor(send)
        self._worker = dramatiq.Worker(broker, worker_threads=1)

    def enqueue(self, number: int) -> object:
        return self._send.send(number)

    def work(self) -> None:
        self._worker.start()
        # Until it is killed; `join` would end it once the queue was empty.
        signal.pause()


class Huey:
    def __init__(self) -> None:
        pool = ConnectionPool(connection_class=UnixDomainSocketConnection, path=BROKER)
        self._huey = huey.RedisHuey("bench", connection_pool=pool, results=False)
        self._send = self._huey.task(name="send")(send)

    def enqueue(self, number: int) -> object:
        return self._send(number)

    def work(self) -> None:
        self._huey.create_consumer(workers=1, initial_delay=0.01, max_delay=0.05).run()


SYSTEMS: dict[str, type[Queue]] = {"rq": Rq, "celery": Celery, "dramatiq": Dramatiq, "huey": Huey}


def main() -> None:
    system, what, *count = sys.argv[1:]
    queue = SYSTEMS[system]()
    if what == "work":
        queue.work()
        return
    for number in range(int(count[0])):
        queue.enqueue(number)


if __name__ == "__main__":
    main()
