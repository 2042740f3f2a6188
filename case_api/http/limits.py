"""Limits on how often one person may try something: counted in PostgreSQL, over all processes."""

import math

from case_api.context import transaction
from case_api.problems import Problem
from services.shared.actor import Acting
from services.shared.attempts import Limit, attempt


def require_within_limit(what: str, limit: Limit, actor: Acting) -> None:
    """Counts this attempt in a commit of its own; 429 with Retry-After (RFC 9110 §10.2.3)."""
    with transaction(actor) as uow:
        wait = attempt(what, limit, actor=actor, uow=uow)
    if wait is not None:
        seconds = str(math.ceil(wait.total_seconds()))
        raise Problem(429, "too-many-requests", headers={"Retry-After": seconds})
