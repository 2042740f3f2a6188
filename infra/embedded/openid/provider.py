"""The demo OpenID provider: choose a person, no password. For demonstrations only."""

import hmac
import secrets
from pathlib import Path
from urllib.parse import urlencode

from authlib.integrations.flask_oauth2 import AuthorizationServer, current_token
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Flask, Response, abort, jsonify, redirect, request
from flask import render_template_string as render
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response as BaseResponse

from infra.embedded.openid.grant import (
    Provider,
    authorization_server,
    resource_protector,
    user_info,
)
from infra.embedded.openid.page import GOODBYE, PEOPLE, policy
from infra.embedded.openid.people import read_people
from infra.embedded.openid.signing import ALGORITHM, SCOPE

COOKIE = "maillage_demo_login"


class Silent(WSGIRequestHandler):
    """Requests carry codes; they belong in no log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


def serve(
    host: str, port: int, data_dir: Path, *, issuer: str, public_url: str, audience: str
) -> None:
    app = create_app(Provider(data_dir, issuer, public_url, audience))
    make_server(host, port, app, threaded=True, request_handler=Silent).serve_forever()


def create_app(provider: Provider) -> Flask:
    app = Flask("maillage-demo-openid", static_folder=None)
    provider.keys()
    server = authorization_server(app, provider)
    app.register_blueprint(_metadata(provider))
    app.register_blueprint(_login(provider, server))
    app.register_blueprint(_tokens(provider, server))

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy(provider.public_url)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def _metadata(provider: Provider) -> Blueprint:
    pages = Blueprint("metadata", __name__)

    @pages.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        issuer = provider.issuer
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            userinfo_endpoint=f"{issuer}/userinfo",
            end_session_endpoint=f"{issuer}/end-session",
            jwks_uri=f"{issuer}/jwks",
            scopes_supported=SCOPE.split(),
            response_types_supported=["code"],
            response_modes_supported=["query"],
            grant_types_supported=["authorization_code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=[ALGORITHM],
            token_endpoint_auth_methods_supported=["none"],
            code_challenge_methods_supported=["S256"],
            claims_supported=["sub", "name", "email", "email_verified"],
        )

    @pages.get("/jwks")
    def jwks() -> Response:
        return jsonify(provider.keys().as_dict(private=False))

    return pages


def _login(provider: Provider, server: AuthorizationServer) -> Blueprint:
    pages = Blueprint("login", __name__)

    @pages.get("/authorize")
    def choose() -> Response:
        _consent(server)
        proof = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        page = render(PEOPLE, people=read_people(provider.data_dir), proof=proof)
        response = Response(page)
        response.set_cookie(COOKIE, proof, httponly=True, samesite="Strict", path="/authorize")
        return response

    @pages.post("/authorize")
    def chosen() -> BaseResponse:
        grant = _consent(server)
        if not _came_from_our_form(provider):
            abort(400, "This form was not sent from the page of this provider: go back.")
        person = provider.person(request.form.get("subject", ""))
        response: BaseResponse = server.create_authorization_response(
            grant_user=person, grant=grant
        )
        return response

    @pages.get("/end-session")
    def goodbye() -> BaseResponse:
        """There is no session here: go back to the application, and to no other place."""
        target = request.args.get("post_logout_redirect_uri", "")
        if not provider.is_application(target):
            return Response(render(GOODBYE))
        state = request.args.get("state", "")
        return redirect(f"{target}?{urlencode({'state': state})}" if state else target)

    return pages


def _tokens(provider: Provider, server: AuthorizationServer) -> Blueprint:
    pages = Blueprint("tokens", __name__)
    protected = resource_protector(provider)

    @pages.post("/token")
    def token() -> BaseResponse:
        response: BaseResponse = server.create_token_response()
        return response

    @pages.get("/userinfo")
    @protected("openid")  # type: ignore[untyped-decorator]
    def userinfo() -> Response:
        person = provider.person(current_token["sub"])
        return jsonify(user_info(person)) if person else abort(404)

    return pages


def _consent(server: AuthorizationServer) -> object:
    """The checked request; a wrong one is said on a page, because whose it is is not known."""
    try:
        return server.get_consent_grant()
    except OAuth2Error as error:
        abort(400, error.description or error.error)


def _came_from_our_form(provider: Provider) -> bool:
    origin = request.headers.get("Origin", provider.issuer)
    cookie, field = request.cookies.get(COOKIE, ""), request.form.get("proof", "")
    return (
        origin == provider.issuer
        and cookie != ""
        and hmac.compare_digest(cookie.encode(), field.encode())
    )
