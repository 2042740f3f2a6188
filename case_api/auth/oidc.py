"""Login by OpenID Connect: authorization code with PKCE S256, state and nonce; and logout.

Flask's own signed cookie holds the login attempt only (state, nonce, verifier, where to go next).
The identity is the pair (issuer, subject); an e-mail address decides nothing.
"""

import secrets
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError

from case_api.auth.callers import cookie_name, is_https, require_caller
from case_api.auth.gate import public
from case_api.auth.keys import Provider, ProviderUnavailable
from case_api.auth.tokens import LEEWAY, InvalidToken, verify_id_token
from case_api.context import maillage, transaction
from case_api.pages import page
from case_api.problems import Problem
from infra.settings import Settings
from services.network import sessions
from services.network.sessions import OpenedSession, OpenSession
from services.shared.clock import SystemClock

ATTEMPT_SECONDS = 600
MAX_NEXT = 500
_NAME = "provider"
_BROKEN = (OAuthError, JoseError, InvalidToken, KeyError, TypeError, ValueError, RuntimeError)

blueprint = Blueprint("auth", __name__, url_prefix="/auth")


def register(app: Flask, settings: Settings, provider: Provider) -> None:
    OAuth(app).register(
        _NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        server_metadata_url=provider.discovery_url,
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": 5,
            "token_endpoint_auth_method": (
                "client_secret_basic" if settings.oidc_client_secret else "none"
            ),
        },
    )


@blueprint.get("/login")
@public
def login() -> Any:
    """Send the person to the provider. `prompt=login`: on a shared desk the last one is not you."""
    session.clear()
    session.permanent = True
    session["next"] = local_path(request.args.get("next", ""))
    session["nonce"] = secrets.token_urlsafe(32)
    back = maillage().settings.public_url + url_for("auth.callback")
    try:
        return _client().authorize_redirect(back, nonce=session["nonce"], prompt="login")
    except (requests.RequestException, RuntimeError, ValueError):
        session.clear()
        return page("auth/refused.html", about="page.login_unavailable", status=503)


@blueprint.get("/callback")
@public
def callback() -> Response:
    """Back from the provider. The answer is a page that goes on to `next` by itself: a redirect
    would still count as cross-site, and the browser would not send the SameSite=Strict cookie."""
    attempt = dict(session)
    try:
        claims = _claims(str(attempt.get("nonce", "")))
    except (requests.RequestException, ProviderUnavailable):
        return page("auth/refused.html", about="page.login_unavailable", status=503)
    except _BROKEN:
        return page("auth/refused.html", about="page.login_failed", status=400)
    finally:
        session.clear()
    opened = _open_session(claims["sub"])
    if opened is None:
        return page("auth/refused.html", about="page.login_unknown", status=403)
    answer = page("auth/continue.html", next=local_path(attempt.get("next", "")))
    answer.set_cookie(cookie_name(), opened.token, max_age=sessions.ABSOLUTE, **_cookie())
    return answer


@blueprint.post("/logout")
def logout() -> Any:
    """End this session here. `Clear-Site-Data` empties the browser's cache for the next person."""
    caller = require_caller()
    if caller.session_id is None:
        raise Problem(400, "bad-request")
    with transaction(caller.actor) as uow:
        sessions.end_session(caller.session_id, actor=caller.actor, uow=uow)
    answer = redirect(url_for("home.index"), 303)
    answer.delete_cookie(cookie_name(), **_cookie())
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def local_path(wanted: str) -> str:
    """A path on this site, else "/": no scheme, no host, nothing a browser would read as one."""
    fine = (
        wanted.startswith("/")
        and not wanted.startswith("//")
        and "\\" not in wanted
        and wanted.isascii()
        and wanted.isprintable()
        and len(wanted) <= MAX_NEXT
    )
    return wanted if fine else "/"


def _client() -> Any:
    return current_app.extensions["authlib.integrations.flask_client"].create_client(_NAME)


def _claims(nonce: str) -> dict[str, Any]:
    """Authlib exchanges the code and checks state and PKCE; every claim is checked again here,
    because Authlib takes the accepted algorithms from the provider's own document."""
    parts = maillage()
    if not nonce or request.args.get("iss", parts.provider.issuer) != parts.provider.issuer:
        raise InvalidToken  # RFC 9207 §2.4: the answer of another provider
    token = _client().authorize_access_token(leeway=LEEWAY)
    return verify_id_token(
        token["id_token"],
        provider=parts.provider,
        client_id=parts.settings.oidc_client_id,
        nonce=nonce,
        clock=SystemClock(),
    )


def _open_session(subject: str) -> OpenedSession | None:
    with transaction(None) as uow:
        actor = sessions.find_actor(maillage().provider.issuer, subject, uow=uow)
    if actor is None:
        return None
    with transaction(actor) as uow:
        cmd = OpenSession(user_agent=request.user_agent.string)
        return sessions.open_session(cmd, actor=actor, uow=uow)


def _cookie() -> dict[str, Any]:
    return {"path": "/", "secure": is_https(), "httponly": True, "samesite": "Strict"}
