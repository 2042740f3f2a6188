"""Login by OpenID Connect: only a true answer to our own question opens a session."""

import base64
import hashlib
import re
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from case_api.auth.oidc import local_path
from tests.http.test_tokens import b64

HOUR = 3600


def begin(client, **query):
    """The question we send the provider."""
    answer = client.get("/auth/login", query_string=query)
    assert answer.status_code == 302
    return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def id_token(issuer, asked, header=None, key=None, **changes):
    claims = issuer.claims(**{"aud": "maillage", "nonce": asked["nonce"], **changes})
    wanted = {"alg": "RS256", "typ": "JWT", "kid": issuer.key.kid, **(header or {})}
    return jwt.encode(wanted, claims, key or issuer.key, default_type=None)


def come_back(client, issuer, asked, token, **query):
    issuer.tokens = {"access_token": "opaque", "token_type": "Bearer", "id_token": token}
    return client.get(
        "/auth/callback", query_string={"code": "c", "state": asked["state"], **query}
    )


def session_cookie(answer):
    found = [c for c in answer.headers.getlist("Set-Cookie") if re.match(r"(__Host-)?sid=", c)]
    return found[0] if found else None


def no_session(answer, network, status=400):
    assert answer.status_code == status
    assert session_cookie(answer) is None
    count = network.connection.execute("SELECT count(*) FROM login_sessions").fetchone()
    assert count == (0,)


def test_the_question_has_state_nonce_and_pkce(client, person, issuer):
    asked = begin(client)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"
    assert asked["prompt"] == "login"
    assert asked["redirect_uri"] == "http://localhost/auth/callback"
    assert len(asked["state"]) >= 30
    assert len(asked["nonce"]) >= 30
    assert begin(client)["nonce"] != asked["nonce"]


def test_the_attempts_cookie_is_short_and_narrow(client, person, issuer):
    cookie = client.get("/auth/login").headers["Set-Cookie"]
    assert cookie.startswith("login-attempt=")
    for part in ("HttpOnly", "Path=/auth", "SameSite=Lax"):
        assert part in cookie


def test_a_true_answer_opens_a_session(client, person, issuer, network):
    asked = begin(client, next="/dev/mailbox?lang=nl")
    answer = come_back(client, issuer, asked, id_token(issuer, asked))
    assert answer.status_code == 200
    assert 'content="0; url=/dev/mailbox?lang=nl"' in answer.text
    cookie = session_cookie(answer)
    for part in ("HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=36000"):
        assert part in cookie
    verifier = issuer.forms[0]["code_verifier"]
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    me = client.get("/api/v1/me").json
    assert (me["id"], len(me["csrf_token"])) == (str(person.id), 43)
    row = network.connection.execute("SELECT token_hash FROM login_sessions").fetchone()
    token = re.match("sid=([^;]+)", cookie)[1]
    assert row == (hashlib.sha256(token.encode()).digest(),)


def test_over_https_the_cookie_is_bound_to_the_host(
    furnished, settings, clock, database, person, issuer
):
    secure = replace(settings, public_url="https://localhost")
    client = furnished(secure, clock=clock, database=database).app.test_client()
    answer = client.get("/auth/login", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]
    asked = {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    issuer.tokens = {
        "access_token": "x",
        "token_type": "Bearer",
        "id_token": id_token(issuer, asked),
    }
    back = client.get(
        "/auth/callback",
        query_string={"code": "c", "state": asked["state"]},
        base_url="https://localhost",
    )
    cookie = session_cookie(back)
    assert cookie.startswith("__Host-sid=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_each_login_has_a_new_token(client, person, issuer):
    tokens = set()
    for _ in range(2):
        asked = begin(client)
        tokens.add(session_cookie(come_back(client, issuer, asked, id_token(issuer, asked))))
    assert len(tokens) == 2


# Times are seconds from now.
HOSTILE = {
    "expired": {"exp": -200},
    "no expiry": {"exp": None},
    "issued in the future": {"iat": HOUR, "exp": 2 * HOUR},
    "no time of issue": {"iat": None},
    "not yet valid": {"nbf": HOUR},
    "another audience": {"aud": "other"},
    "the API as audience": {"aud": "maillage-api"},
    "no audience": {"aud": None},
    "several audiences without azp": {"aud": ["maillage", "other"]},
    "several audiences for another": {"aud": ["maillage", "other"], "azp": "other"},
    "another azp": {"azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another nonce": {"nonce": "guessed"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "subject as number": {"sub": 7},
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_claims_open_nothing(client, person, issuer, network, changes):
    asked = begin(client)
    now = int(time.time())
    moments = {k: now + v for k, v in changes.items() if k in ("iat", "exp", "nbf") and v}
    token = id_token(issuer, asked, **{**changes, **moments})
    no_session(come_back(client, issuer, asked, token), network)


FORGERIES = {
    "access token": lambda i, a: id_token(i, a, {"typ": "at+jwt"}),
    "alg none": lambda i, a: (
        f"{b64({'alg': 'none'})}.{b64(i.claims(aud='maillage', nonce=a['nonce']))}."
    ),
    "key of the attacker": lambda i, a: id_token(i, a, key=RSAKey.generate_key(2048)),
    "unknown key id": lambda i, a: id_token(i, a, {"kid": "other"}),
    "cut": lambda i, a: id_token(i, a)[:-5],
    "rubbish": lambda i, a: "x",
    "a number": lambda i, a: 5,
    "missing": lambda i, a: None,
}


@pytest.mark.parametrize("make", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.parametrize("permissive", [False, True])
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_forged_id_tokens_open_nothing(client, person, issuer, network, make, permissive):
    """Also when the provider's own document would allow `none` and shared secrets."""
    if permissive:
        issuer.lies = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
    asked = begin(client)
    no_session(come_back(client, issuer, asked, make(issuer, asked)), network)


def test_an_answer_to_nobodys_question_opens_nothing(app, person, issuer, network):
    asked = begin(app.test_client())
    stranger = app.test_client()
    no_session(come_back(stranger, issuer, asked, id_token(issuer, asked)), network)


def test_another_state_opens_nothing(client, person, issuer, network):
    asked = begin(client)
    answer = come_back(client, issuer, {**asked, "state": "guessed"}, id_token(issuer, asked))
    no_session(answer, network)


def test_an_answer_is_good_once(client, person, issuer, network):
    asked = begin(client)
    assert come_back(client, issuer, asked, id_token(issuer, asked)).status_code == 200
    again = come_back(client, issuer, asked, id_token(issuer, asked))
    assert (again.status_code, session_cookie(again)) == (400, None)


def test_the_answer_of_another_provider_is_refused(client, person, issuer, network):
    """Mix-up (RFC 9207)."""
    asked = begin(client)
    token = id_token(issuer, asked)
    no_session(come_back(client, issuer, asked, token, iss="https://evil.example"), network)


def test_a_refusal_of_the_provider_is_a_page(client, person, issuer, network):
    asked = begin(client)
    answer = client.get(f"/auth/callback?error=access_denied&state={asked['state']}")
    no_session(answer, network)
    assert answer.mimetype == "text/html"


def test_an_unknown_person_gets_a_friendly_page(client, person, issuer, network):
    asked = begin(client)
    token = id_token(issuer, asked, sub="nobody", email="ana@demo.example")
    issuer.tokens = {"access_token": "x", "token_type": "Bearer", "id_token": token}
    answer = client.get(
        "/auth/callback",
        query_string={"code": "c", "state": asked["state"]},
        headers={"Accept-Language": "fr"},
    )
    no_session(answer, network, 403)
    assert "Vous n’êtes pas connu ici" in answer.text


def test_an_inactive_person_gets_no_session(client, network, issuer):
    network.person("gone", active=False)
    asked = begin(client)
    no_session(come_back(client, issuer, asked, id_token(issuer, asked, sub="gone")), network, 403)


def test_with_the_provider_down_login_says_so(client, person, issuer):
    issuer.is_down = True
    answer = client.get("/auth/login")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "/\u2028x",
        "/é",
        "",
        "/" + "x" * 501,
    ],
)
def test_next_never_leads_away(wanted):
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/dev/mailbox", "/a?b=c&d=//e", "/a#b"])
def test_next_leads_on_here(wanted):
    assert local_path(wanted) == wanted


def test_what_next_holds_cannot_break_out_of_the_page(client, person, issuer):
    asked = begin(client, next='/"><script>alert(1)</script>')
    answer = come_back(client, issuer, asked, id_token(issuer, asked))
    assert "<script" not in answer.text
