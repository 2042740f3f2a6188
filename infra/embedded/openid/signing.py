"""The demo provider's signing key, and access tokens made with it."""

import os
import secrets
import time
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from infra.embedded.places import private_directory

ALGORITHM = "RS256"
CLIENT_ID = "maillage"
AUDIENCE = "maillage-api"
SCOPE = "openid profile email"


def signing_keys(data_dir: Path) -> KeySet:
    """Keys made once, and linked into place, so that two first starts agree on one."""
    path = private_directory(data_dir / "openid") / "key.pem"
    if not path.exists():
        _make_key(path)
    key = RSAKey.import_key(path.read_bytes(), {"use": "sig", "alg": ALGORITHM})
    key.ensure_kid()
    return KeySet([key])


def mint_access_token(
    data_dir: Path, issuer: str, audience: str, subject: str, lifetime: int
) -> str:
    """An RFC 9068 access token, as the provider itself would issue it to `subject`."""
    keys = signing_keys(data_dir)
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "iat": now,
        "auth_time": now,
        "exp": now + lifetime,
        "jti": secrets.token_urlsafe(16),
        "client_id": CLIENT_ID,
        "scope": SCOPE,
    }
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": keys.keys[0].kid}
    return jwt.encode(header, claims, keys.keys[0])


def _make_key(path: Path) -> None:
    key = RSAKey.generate_key(2048)
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.as_pem(private=True))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
