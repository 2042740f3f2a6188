"""The one queue. It carries hints, which may be lost, doubled or flushed without harm."""

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from notifications.failpoints import Crossing

NAME = "hints"
JOB = "workers.jobs.drain"
MAX_WAITING = 2
_LOOK, _PUSH = Crossing("hint-look"), Crossing("hint-push")


def hints(connection: Redis) -> Queue:
    return Queue(NAME, connection=connection, serializer=JSONSerializer)


def wake(queue: Queue) -> int:
    """Say that there is work, unless two hints wait already; how many were pushed."""
    with _LOOK:
        missing = max(0, MAX_WAITING - queue.count)
    for _ in range(missing):
        with _PUSH:
            queue.enqueue(JOB, description="-", result_ttl=0, failure_ttl=3600, job_timeout=30)
    return missing
