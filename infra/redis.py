"""Two ways to Redis: one that pushes a hint and never waits, one on which a worker waits.

Neither retries by itself: after a lost answer redis-py would push, or pop, a second time.
"""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 1.0


def connect(url: str) -> Redis:
    """A connection for hints: whatever happens to Redis, the caller knows within a second."""
    return Redis.from_url(
        url,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def connect_blocking(url: str) -> Redis:
    """A connection for a worker that waits for hints: RQ sets a time-out beyond its wait."""
    return Redis.from_url(url, socket_connect_timeout=SECONDS, retry=Retry(NoBackoff(), 0))
