"""Who this request comes from: a bearer token, else the session cookie, else nobody."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from flask import g, request

from case_api.auth.bearer import InvalidToken
from case_api.auth.keys import ProviderUnavailable
from case_api.context import maillage, transaction
from case_api.problems import Problem
from services.network import sessions
from services.shared.actor import Actor

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CHALLENGE = 'Bearer realm="maillage"'
RETRY_AFTER = {"Retry-After": "5"}


@dataclass(frozen=True)
class Caller:
    """`session_id` and `csrf_token` only if the request came with a session cookie;
    `authenticated_at` only if it came with a token."""

    actor: Actor
    authenticated_at: datetime | None = None
    session_id: UUID | None = None
    csrf_token: str | None = None


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https (RFC 6265bis §4.1.3.2)."""
    return "__Host-sid" if is_https() else "sid"


def is_https() -> bool:
    return urlsplit(maillage().settings.public_url).scheme == "https"


def current_caller() -> Caller | None:
    """Found once per request. A request with both a token and a cookie is judged by its token."""
    if "caller" not in g:
        g.caller = _from_bearer() if "Authorization" in request.headers else _from_cookie()
    caller: Caller | None = g.caller
    return caller


def require_caller() -> Caller:
    """401 for nobody (RFC 9110 §11.6.1); 403 for a forged request from another site."""
    caller = current_caller()
    if caller is None:
        raise Problem(401, "not-signed-in", headers={"WWW-Authenticate": CHALLENGE})
    if caller.session_id is not None and request.method not in SAFE:
        _require_own_page(caller)
    return caller


def current_actor() -> Actor:
    """The actor of a route that is not public."""
    return require_caller().actor


def _from_bearer() -> Caller:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _invalid_token()
    try:
        subject = maillage().tokens.verify(token.strip())
    except InvalidToken:
        raise _invalid_token() from None
    except ProviderUnavailable:
        raise Problem(503, "identity-provider-unavailable", headers=RETRY_AFTER) from None
    with transaction(None) as uow:
        actor = sessions.find_actor(subject.issuer, subject.subject, uow=uow)
    if actor is None:
        raise _invalid_token()
    return Caller(actor, authenticated_at=subject.authenticated_at)


def _from_cookie() -> Caller | None:
    token = request.cookies.get(cookie_name(), "")
    if not token or len(token) > 100 or not token.isascii():
        return None
    with transaction(None) as uow:
        live = sessions.find_session(token, uow=uow)
    if live is None:
        return None
    return Caller(live.actor, session_id=live.id, csrf_token=live.csrf_token)


def _invalid_token() -> Problem:
    """RFC 6750 §3.1."""
    challenge = f'{CHALLENGE}, error="invalid_token"'
    return Problem(401, "token-invalid", headers={"WWW-Authenticate": challenge})


def _require_own_page(caller: Caller) -> None:
    """A cookie alone proves nothing about intent: the page must know the session's token."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    given = request.headers.get("X-CSRF-Token") or _form_token()
    known = caller.csrf_token or ""
    if site not in ("same-origin", "none") or not hmac.compare_digest(
        given.encode("utf-8", "replace"), known.encode()
    ):
        raise Problem(403, "csrf")


def _form_token() -> str:
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    return request.form.get("csrf_token", "") if is_form else ""
