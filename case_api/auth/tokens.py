"""Signed tokens of the provider: signature, algorithm, type and every claim, checked explicitly.

`joserfc.jwt.decode` alone checks no claim (it accepts an expired token for another audience).
Tokens are judged by the machine's clock, because the provider that dated them lives by its own.
"""

from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, Key
from joserfc.jws import JWSRegistry
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from case_api.auth.keys import ALGORITHMS, Provider, UnknownKey
from services.shared.clock import Clock

LEEWAY = 60
MAX_TOKEN = 8_192
# RFC 9068 §4: the type keeps an id_token from being used as an access token.
ACCESS_TYPES = ("at+jwt", "application/at+jwt")


class InvalidToken(Exception):
    """A token that is wrong in some way; the caller is not told which."""


def verify_access_token(
    token: str, *, provider: Provider, audience: str, clock: Clock
) -> dict[str, Any]:
    """The claims of an access token (RFC 9068 §4)."""
    header, claims = _verified(token, provider)
    if str(header.get("typ", "")).lower() not in ACCESS_TYPES:
        raise InvalidToken
    _check(claims, clock=clock, iss=_exactly(provider.issuer), aud=_exactly(audience))
    return claims


def verify_id_token(
    token: str, *, provider: Provider, client_id: str, nonce: str, clock: Clock
) -> dict[str, Any]:
    """The claims of an id_token (OpenID Connect Core 1.0 §3.1.3.7)."""
    header, claims = _verified(token, provider)
    if str(header.get("typ", "JWT")).lower() in ACCESS_TYPES:
        raise InvalidToken
    _check(
        claims,
        clock=clock,
        iss=_exactly(provider.issuer),
        aud=_exactly(client_id),
        nonce=_exactly(nonce),
    )
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise InvalidToken
    return claims


def _verified(token: str, provider: Provider) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(token) > MAX_TOKEN or not token.isascii():
        raise InvalidToken

    def find_key(guest: GuestProtocol) -> Key:
        return provider.key(guest.headers().get("kid"))

    try:
        decoded = jwt.decode(token, find_key, registry=JWSRegistry(algorithms=list(ALGORITHMS)))
    except (JoseError, UnknownKey, ValueError, TypeError, RecursionError) as error:
        raise InvalidToken from error
    return dict(decoded.header), decoded.claims


def _check(claims: dict[str, Any], *, clock: Clock, **expected: ClaimsOption) -> None:
    registry = JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=LEEWAY,
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        **expected,
    )
    try:
        registry.validate(claims)
    except (JoseError, TypeError, ValueError, OverflowError) as error:
        raise InvalidToken from error
    if not 1 <= len(claims["sub"]) <= 255 or not claims["sub"].isprintable():
        raise InvalidToken


def _exactly(value: str) -> ClaimsOption:
    return {"essential": True, "value": value}
