"""Access tokens (RFC 9068): the one good shape, and every other refused with 401."""

import base64
import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from case_api.auth.bearer import REMEMBERED_SECONDS, AccessTokens
from case_api.auth.keys import REFETCH_SECONDS, Provider, ProviderUnavailable, UnknownKey
from tests.outside.fakes import FakeClock
from tests.outside.issuer import AUDIENCE, new_key

ME = "/api/v1/me"
HOUR = 3600


def ask(client, token, scheme="Bearer"):
    return client.get(ME, headers={"Authorization": f"{scheme} {token}"})


def refused(answer):
    assert (answer.status_code, answer.json["code"]) == (401, "token-invalid")
    assert answer.headers["WWW-Authenticate"] == ('Bearer realm="maillage", error="invalid_token"')
    return True


def b64(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def now():
    return int(time.time())


def unsigned(issuer, alg):
    header = {"alg": alg, "typ": "at+jwt", "kid": issuer.key.kid}
    return f"{b64(header)}.{b64(issuer.claims())}."


def confused(issuer, secret):
    """HS256 with the public key as the secret (RFC 8725 §2.1), by hand: no library would."""
    secret = issuer.key.as_pem(private=False) if secret == "pem" else secret
    signed = (
        f"{b64({'alg': 'HS256', 'typ': 'at+jwt', 'kid': issuer.key.kid})}.{b64(issuer.claims())}"
    )
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), 'sha256').digest())}"


def forged(issuer, **header):
    """Signed by a key of the attacker's, under the provider's key id."""
    own = RSAKey.generate_key(2048)
    wanted = {"alg": "RS256", "typ": "at+jwt", "kid": issuer.key.kid, **header}
    return jwt.encode(wanted, issuer.claims(), own, default_type=None)


def altered(issuer):
    head, _, signature = issuer.token().split(".")
    return f"{head}.{b64(issuer.claims(sub='s2'))}.{signature}"


def embedded_key(issuer):
    own = RSAKey.generate_key(2048)
    return forged(issuer, jwk=own.as_dict(private=False))


def with_claims(issuer, raw):
    """Claims that json.dumps would not write."""
    protected = {"alg": "RS256", "typ": "at+jwt", "kid": issuer.key.kid}
    return jws.serialize_compact(protected, raw, issuer.key)


HOSTILE = {
    "expired": lambda i: i.token(exp=now() - 61),
    "expired long ago": lambda i: i.token(iat=0, exp=1),
    "no expiry": lambda i: i.token(exp=None),
    "expiry as text": lambda i: i.token(exp=str(now() + HOUR)),
    "expiry is true": lambda i: i.token(exp=True),
    "expiry is a list": lambda i: i.token(exp=[now() + HOUR]),
    "expiry is NaN": lambda i: with_claims(
        i, json.dumps({**i.claims(), "exp": float("nan")}).encode()
    ),
    "expiry is Infinity": lambda i: with_claims(
        i, json.dumps({**i.claims(), "exp": float("inf")}).encode()
    ),
    "issued in the future": lambda i: i.token(iat=now() + HOUR, exp=now() + 2 * HOUR),
    "not yet valid": lambda i: i.token(nbf=now() + HOUR),
    "no time of issue": lambda i: i.token(iat=None),
    "another audience": lambda i: i.token(aud="another-api"),
    "the client as audience": lambda i: i.token(aud="maillage"),
    "a longer audience": lambda i: i.token(aud="maillage-api2"),
    "no audience": lambda i: i.token(aud=None),
    "empty audience": lambda i: i.token(aud=[]),
    "audience as object": lambda i: i.token(aud={"maillage-api": 1}),
    "another issuer": lambda i: i.token(iss="https://evil.example"),
    "issuer with a slash": lambda i: i.token(iss=i.url + "/"),
    "issuer as list": lambda i: i.token(iss=[i.url]),
    "no issuer": lambda i: i.token(iss=None),
    "no subject": lambda i: i.token(sub=None),
    "empty subject": lambda i: i.token(sub=""),
    "subject as number": lambda i: i.token(sub=1),
    "endless subject": lambda i: i.token(sub="s" * 300),
    "subject with NUL": lambda i: i.token(sub="s1\x00"),
    "unknown subject": lambda i: i.token(sub="nobody"),
    "no type": lambda i: i.token({"typ": None}),
    "type of an id_token": lambda i: i.token({"typ": "JWT"}),
    "type logout": lambda i: i.token({"typ": "logout+jwt"}),
    "alg none": lambda i: unsigned(i, "none"),
    "alg NONE": lambda i: unsigned(i, "NONE"),
    "alg missing": lambda i: f"{b64({'typ': 'at+jwt'})}.{b64(i.claims())}.",
    "HS256 with the public key": lambda i: confused(i, "pem"),
    "HS256 with an empty secret": lambda i: confused(i, b"0" * 32),
    "RS512": lambda i: jwt.encode(
        {"alg": "RS512", "typ": "at+jwt", "kid": i.key.kid},
        i.claims(),
        RSAKey.import_key({k: v for k, v in i.key.as_dict(private=True).items() if k != "alg"}),
        algorithms=["RS512"],
        default_type=None,
    ),
    "ES256 under an RSA key id": lambda i: jwt.encode(
        {"alg": "ES256", "typ": "at+jwt", "kid": i.key.kid},
        i.claims(),
        ECKey.generate_key("P-256"),
        default_type=None,
    ),
    "key of the attacker": forged,
    "key in the header": embedded_key,
    "key at an address": lambda i: forged(i, jku="http://evil.example/jwks"),
    "unknown key id": lambda i: i.token({"kid": "other"}),
    "key id as number": lambda i: f"{b64({'alg': 'RS256', 'typ': 'at+jwt', 'kid': 1})}.e30.AAAA",
    "unknown critical header": lambda i: (
        f"{b64({'alg': 'RS256', 'typ': 'at+jwt', 'crit': ['x']})}.e30.AA"
    ),
    "claims altered": altered,
    "signature cut": lambda i: i.token()[:-8],
    "signature empty": lambda i: i.token().rsplit(".", 1)[0] + ".",
    "two parts": lambda i: i.token().rsplit(".", 1)[0],
    "five parts": lambda i: i.token() + ".a.b",
    "claims are a list": lambda i: with_claims(i, b"[]"),
    "claims are no JSON": lambda i: with_claims(i, b"\xff{"),
    "deep header": lambda i: f"{b64(b'[' * 4000)}.e30.AAAA",
    "no token": lambda i: "",
    "rubbish": lambda i: "x",
    "dots": lambda i: "..",
    "not ASCII": lambda i: "é.é.é",
    "endless": lambda i: "a" * 9000,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_token_opens_nothing(client, person, issuer, make):
    assert refused(ask(client, make(issuer)))


def test_a_good_token_opens(client, person, issuer):
    answer = ask(client, issuer.token())
    assert answer.status_code == 200
    assert answer.json == {
        "id": str(person.id),
        "name": "Ana Durand",
        "organisation": "Le Foyer",
        "organisation_id": str(person.organisation_id),
        "language": "fr",
        "roles": ["facilitator", "worker"],
        "cantons": [],
        "csrf_token": None,
        "waiting": {
            **{"protocols": 0, "invitations": 0, "handovers": 0, "postings": 0},
            **{"deadlines_overdue": 0, "deadlines_in_a_week": 0, "deadlines_overridden": 0},
            **{"deadlines_in_doubt": 0, "hearings_in_a_week": 0, "hearings_ahead": 0},
            **{"tasks_overdue": 0, "tasks_in_a_week": 0},
        },
    }


@pytest.mark.parametrize(
    ("header", "changes"),
    [
        ({"typ": "application/at+jwt"}, {}),
        ({"typ": "AT+JWT"}, {}),
        ({"kid": None}, {}),
        ({}, {"aud": ["other", "maillage-api"]}),
        ({}, {"exp": -1}),
        ({}, {"iat": 30}),
        ({}, {"nbf": 30}),
        ({}, {"scope": "x", "client_id": "y", "jti": "z", "acr": "1"}),
    ],
)
def test_shapes_that_the_standard_allows_open_too(client, person, issuer, header, changes):
    """Times are seconds from now: clocks may differ by a minute."""
    moments = {k: now() + v for k, v in changes.items() if k in ("iat", "exp", "nbf")}
    assert ask(client, issuer.token(header, **{**changes, **moments})).status_code == 200


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "Ed25519"])
def test_the_other_pinned_algorithms(client, person, issuer, alg):
    key = ECKey.generate_key("P-256") if alg == "ES256" else OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    issuer.keys.append(key)
    header = {"alg": alg, "typ": "at+jwt", "kid": key.kid}
    token = jwt.encode(header, issuer.claims(), key, algorithms=[alg], default_type=None)
    assert ask(client, token).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer:", ""])
def test_other_schemes_are_refused(client, person, issuer, scheme):
    assert refused(ask(client, issuer.token(), scheme))


def test_the_scheme_is_case_insensitive(client, person, issuer):
    assert ask(client, issuer.token(), "bEaReR").status_code == 200


def test_a_token_in_the_address_or_a_cookie_counts_for_nothing(client, person, issuer):
    client.set_cookie("sid", issuer.token(), domain="localhost")
    answer = client.get(f"{ME}?access_token={issuer.token()}")
    assert answer.status_code == 401


def test_the_same_subject_of_another_issuer_is_somebody_else(client, network, issuer):
    network.connection.execute("DELETE FROM identities")
    person = network.person("s9")
    network.connection.execute(
        "INSERT INTO identities VALUES ('https://other.example', 's1', %s)", (person.id,)
    )
    assert refused(ask(client, issuer.token()))


def test_deactivation_counts_at_once_although_the_token_is_remembered(
    client, person, issuer, network
):
    token = issuer.token()
    assert ask(client, token).status_code == 200
    network.deactivate(person.id)
    assert refused(ask(client, token))


def test_a_remembered_token_still_expires(app, person, issuer):
    watch, parts = FakeClock(datetime.now(UTC)), app.extensions["maillage"]
    tokens = AccessTokens(parts.provider, audience=AUDIENCE, clock=watch)
    app.extensions["maillage"] = replace(parts, tokens=tokens)
    client, token = app.test_client(), issuer.token(exp=now() - 58)
    assert ask(client, token).status_code == 200
    watch.advance(seconds=3.2)
    assert refused(ask(client, token))
    assert REMEMBERED_SECONDS <= 30


def test_verification_is_remembered(client, person, issuer, monkeypatch):
    token = issuer.token()
    assert ask(client, token).status_code == 200
    count = len(issuer.asked)
    assert ask(client, token).status_code == 200
    assert len(issuer.asked) == count == 2


def test_a_new_key_is_found_and_unknown_ones_do_not_hammer_the_provider(issuer, monkeypatch):
    provider = Provider(issuer.url)
    provider.key(issuer.key.kid)
    for _ in range(20):
        with pytest.raises(UnknownKey):
            provider.key("forged")
    assert issuer.asked.count("jwks") <= 2
    issuer.keys.append(new_key())
    at = time.monotonic() + REFETCH_SECONDS + 1
    monkeypatch.setattr("case_api.auth.keys.time.monotonic", lambda: at)
    assert provider.key(issuer.key.kid).kid == issuer.key.kid


def test_keys_outlive_the_provider(client, person, issuer):
    assert ask(client, issuer.token()).status_code == 200
    issuer.is_down = True
    refused(ask(client, issuer.token({"kid": "other"})))
    assert ask(client, issuer.token(jti="fresh")).status_code == 200


def test_without_any_key_the_answer_is_503(client, person, issuer):
    issuer.is_down = True
    answer = ask(client, issuer.token())
    assert (answer.status_code, answer.json["code"]) == (503, "identity-provider-unavailable")
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    "lies",
    [{"issuer": "https://evil.example"}, {"issuer": None}, {"jwks_uri": "http://127.0.0.1:1/"}],
)
def test_a_discovery_document_that_lies_is_not_used(issuer, lies):
    issuer.lies = lies
    with pytest.raises(ProviderUnavailable):
        Provider(issuer.url).key(issuer.key.kid)


def test_shared_secrets_in_the_key_set_are_ignored(client, person, issuer):
    secret = OctKey.generate_key(256)
    secret.ensure_kid()
    issuer.keys.insert(0, secret)
    header = {"alg": "HS256", "typ": "at+jwt", "kid": secret.kid}
    token = jwt.encode(header, issuer.claims(), secret, algorithms=["HS256"], default_type=None)
    assert refused(ask(client, token))
