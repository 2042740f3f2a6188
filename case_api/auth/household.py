"""Who of a household this request comes from: their own cookie and nothing else.

A professional's session or token opens nothing here, and this cookie opens nothing anywhere else.
"""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from flask import g, request

from case_api.auth.callers import SAFE, is_https
from case_api.context import maillage, transaction
from case_api.problems import Problem
from services.portal import sessions
from services.portal.sessions import LiveSession
from services.shared.actor import HouseholdMember, Visitor

# A 401 names how to sign in (RFC 9110 §11.6.1); no registered scheme is a code typed by hand.
CHALLENGE = 'HouseholdCode realm="maillage"'
_NO_CACHE = '"cache", "cookies", "storage"'


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https (RFC 6265bis §4.1.3.2)."""
    return "__Host-household" if is_https() else "household"


def require_member() -> LiveSession:
    """401 without a live session of one's own; 403 for a forged request from another site."""
    live = _current()
    if live is None:
        raise Problem(401, "household-session-needed", headers={"WWW-Authenticate": CHALLENGE})
    if request.method not in SAFE:
        _require_own_page(live)
    return live


def current_member() -> HouseholdMember:
    return require_member().member


def visitor() -> Visitor:
    """The source of an attempt at the door, under a name that tells nobody the address."""
    key = maillage().settings.secret_key.encode()
    digest = hmac.new(key, (request.remote_addr or "").encode(), hashlib.sha256).digest()
    return Visitor(id=UUID(bytes=digest[:16], version=4))


def cookie(token: str, seconds: int) -> str:
    """The Set-Cookie of a session; of none, with 0 seconds."""
    secure = "; Secure" if is_https() else ""
    return f"{cookie_name()}={token}; Max-Age={seconds}; HttpOnly; Path=/; SameSite=Strict{secure}"


def forget() -> dict[str, str]:
    """`Clear-Site-Data` empties the browser's cache for the next person."""
    return {"Set-Cookie": cookie("", 0), "Clear-Site-Data": _NO_CACHE}


def _current() -> LiveSession | None:
    if "household" not in g:
        g.household = _from_cookie()
    live: LiveSession | None = g.household
    return live


def _from_cookie() -> Any:
    token = request.cookies.get(cookie_name(), "")
    if not token or len(token) > 100 or not token.isascii():
        return None
    with transaction(None) as uow:
        return sessions.find_session(token, uow=uow)


def _require_own_page(live: LiveSession) -> None:
    """A cookie alone proves nothing about intent: the page must know the session's token."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    given = request.headers.get("X-CSRF-Token", "")
    if site not in ("same-origin", "none") or not hmac.compare_digest(
        given.encode("utf-8", "replace"), live.csrf_token.encode()
    ):
        raise Problem(403, "csrf")
