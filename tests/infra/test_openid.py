"""The demo OpenID provider, over HTTP, as the application meets it."""

import base64
import hashlib
import re
import secrets
import socket
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.serving import make_server

from infra.embedded.openid.grant import Provider
from infra.embedded.openid.people import people_file
from infra.embedded.openid.provider import Silent, create_app
from infra.embedded.openid.signing import mint_access_token

LIMIT = 15.0
APPLICATION = "http://127.0.0.1:8000"
CALLBACK = f"{APPLICATION}/auth/callback"
AUDIENCE = "maillage-api"


@pytest.fixture
def provider(tmp_path):
    """Threads, not forks: the provider is the same Flask application."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Provider(tmp_path, f"http://127.0.0.1:{port}", APPLICATION, AUDIENCE)
    app = create_app(made)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    server.shutdown()
    thread.join(LIMIT)
    server.server_close()


def given_people(provider):
    person = (
        '[{"subject": "s1", "name": "Ana", "email": "ana@demo.example", "role": "coordinator"}]'
    )
    people_file(provider.data_dir).write_text(person)


def challenge(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def asked(verifier, **changes):
    request = {
        "response_type": "code",
        "client_id": "maillage",
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": "st",
        "nonce": secrets.token_urlsafe(),
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in request.items() if value}


def log_in(browser, provider, request):
    address = f"{provider.issuer}/authorize"
    page = browser.get(address, params=request, timeout=LIMIT)
    proof = re.search(r'name="proof" value="([^"]+)"', page.text)[1]
    form = {"subject": "s1", "proof": proof}
    answer = browser.post(address, params=request, data=form, allow_redirects=False, timeout=LIMIT)
    assert answer.headers["Location"].startswith(CALLBACK)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(browser, provider, code, verifier):
    form = {"grant_type": "authorization_code", "client_id": "maillage", "code": code}
    form |= {"redirect_uri": CALLBACK, "code_verifier": verifier}
    return browser.post(f"{provider.issuer}/token", data=form, timeout=LIMIT)


@pytest.fixture
def browser():
    with requests.Session() as session:
        yield session


def test_the_code_flow_gives_tokens_that_verify(provider, browser):
    given_people(provider)
    verifier = secrets.token_urlsafe(48)
    request = asked(verifier)
    back = log_in(browser, provider, request)
    assert back["state"] == ["st"]
    tokens = exchange(browser, provider, back["code"][0], verifier).json()
    address = f"{provider.issuer}/.well-known/openid-configuration"
    metadata = browser.get(address, timeout=LIMIT).json()
    keys = KeySet.import_key_set(browser.get(metadata["jwks_uri"], timeout=LIMIT).json())
    assert all("d" not in key.as_dict() for key in keys.keys)
    identity = jwt.decode(tokens["id_token"], keys).claims
    assert (identity["sub"], identity["nonce"]) == ("s1", request["nonce"])
    assert (identity["iss"], identity["aud"]) == (provider.issuer, ["maillage"])
    access = jwt.decode(tokens["access_token"], keys)
    assert access.header["typ"] == "at+jwt"
    assert (access.claims["aud"], access.claims["sub"]) == (AUDIENCE, "s1")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    who = browser.get(metadata["userinfo_endpoint"], headers=bearer, timeout=LIMIT).json()
    assert (who["name"], who["email"]) == ("Ana", "ana@demo.example")
    assert exchange(browser, provider, back["code"][0], verifier).json()["error"] == "invalid_grant"


def test_a_wrong_verifier_uses_the_code_up(provider, browser):
    given_people(provider)
    verifier = secrets.token_urlsafe(48)
    code = log_in(browser, provider, asked(verifier))["code"][0]
    for attempt in (secrets.token_urlsafe(48), verifier):
        answer = exchange(browser, provider, code, attempt)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": ""},
        {"code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"nonce": ""},
        {"client_id": "other"},
        {"redirect_uri": "https://elsewhere.example/callback"},
    ],
)
def test_a_weak_or_foreign_request_is_refused(provider, browser, change):
    address, request = f"{provider.issuer}/authorize", asked(secrets.token_urlsafe(48), **change)
    assert browser.get(address, params=request, timeout=LIMIT).status_code == 400


def test_a_form_from_elsewhere_is_refused(provider, browser):
    given_people(provider)
    address, request = f"{provider.issuer}/authorize", asked(secrets.token_urlsafe(48))
    form = {"subject": "s1", "proof": "guessed"}
    assert browser.post(address, params=request, data=form, timeout=LIMIT).status_code == 400


def test_without_people_the_page_says_so(provider, browser):
    request = asked(secrets.token_urlsafe(48))
    page = browser.get(f"{provider.issuer}/authorize", params=request, timeout=LIMIT)
    assert "no demo people yet" in page.text
    assert "This is a demo." in page.text


def test_a_minted_token_is_like_an_issued_one(provider, browser):
    given_people(provider)
    token = mint_access_token(provider.data_dir, provider.issuer, AUDIENCE, "s1", 60)
    bearer = {"Authorization": f"Bearer {token}"}
    who = browser.get(f"{provider.issuer}/userinfo", headers=bearer, timeout=LIMIT)
    assert who.json()["sub"] == "s1"
    stale = mint_access_token(provider.data_dir, provider.issuer, AUDIENCE, "s1", -60)
    bearer = {"Authorization": f"Bearer {stale}"}
    assert (
        browser.get(f"{provider.issuer}/userinfo", headers=bearer, timeout=LIMIT).status_code == 401
    )


def test_the_key_is_made_once_and_private(provider):
    assert (provider.data_dir / "openid" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert provider.keys().keys[0].kid == provider.keys().keys[0].kid


def test_leaving_leads_back_to_the_application_only(provider, browser):
    address = f"{provider.issuer}/end-session"
    for target, status in ((f"{APPLICATION}/bye", 302), ("https://elsewhere.example/", 200)):
        answer = browser.get(
            address,
            params={"post_logout_redirect_uri": target},
            allow_redirects=False,
            timeout=LIMIT,
        )
        assert answer.status_code == status
