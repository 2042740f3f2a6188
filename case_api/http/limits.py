"""Limits on how often one person may try something: counted in PostgreSQL, over all processes."""

from case_api.context import transaction
from services.shared.actor import Acting
from services.shared.attempts import Limit, attempt


def require_within_limit(what: str, limit: Limit, actor: Acting) -> None:
    """Counts this attempt in a commit of its own; TooMuch if it is one too many."""
    with transaction(actor) as uow:
        refused = attempt(what, limit, actor=actor, uow=uow)
    if refused is not None:
        raise refused
