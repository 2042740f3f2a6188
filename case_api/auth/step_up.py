"""A fresh login for what is dangerous (RFC 9470): a stolen session or token is not enough."""

from datetime import timedelta

from case_api.auth.callers import CHALLENGE, Caller, require_caller
from case_api.context import maillage, transaction
from case_api.problems import Problem
from services.network import sessions

MAX_AGE = timedelta(minutes=5)
_CHALLENGE = (
    f'{CHALLENGE}, error="insufficient_user_authentication",'
    ' error_description="A more recent login is required",'
    f' max_age="{int(MAX_AGE.total_seconds())}"'
)


def require_fresh_login() -> None:
    """401 unless the caller logged in at most five minutes ago."""
    if _age(require_caller()) > MAX_AGE:
        raise Problem(401, "step-up-required", headers={"WWW-Authenticate": _CHALLENGE})


def _age(caller: Caller) -> timedelta:
    """A token says it in auth_time, or at worst when it was issued; a session began with a login,
    because /auth/login asks the provider for one every time (`prompt=login`)."""
    if caller.authenticated_at is not None:
        return maillage().tokens.age(caller.authenticated_at)
    assert caller.session_id is not None
    with transaction(caller.actor) as uow:
        return uow.now() - sessions.opened_at(caller.session_id, actor=caller.actor, uow=uow)
