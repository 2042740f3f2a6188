"""How long to wait before the next attempt: doubling, spread, never more than five minutes."""

import random
from datetime import timedelta

FIRST_SECONDS = 2.0
CAP_SECONDS = 300.0

_spread = random.SystemRandom()


def delay(attempts: int) -> timedelta:
    """After `attempts` failures: between half of the doubled wait and all of it."""
    full = min(CAP_SECONDS, FIRST_SECONDS * 2 ** min(max(attempts - 1, 0), 16))
    return timedelta(seconds=full * _spread.uniform(0.5, 1.0))
