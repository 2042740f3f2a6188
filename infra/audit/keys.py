"""The Ed25519 key (RFC 8032) that signs anchors. It lives outside the database, which it checks."""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from infra.settings import SettingsError

PRIVATE, PUBLIC = "key.pem", "public.pem"


@dataclass(frozen=True)
class Verifier:
    """The public half: enough to check anchors on another machine."""

    key: Ed25519PublicKey

    @property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the raw public key."""
        raw = self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return hashlib.sha256(raw).hexdigest()[:16]

    def accepts(self, message: bytes, signature: str) -> bool:
        try:
            self.key.verify(base64.b64decode(signature, validate=True), message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.key.public_key())

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self.key.sign(message)).decode()


def read_signer(path: Path) -> Signer:
    """The key of an open PEM file. SettingsError if it holds no Ed25519 private key."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(_wanted(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(_wanted(path))
    return Signer(key)


def read_verifier(path: Path) -> Verifier:
    """Read the public key from a PEM file. SettingsError if it holds none."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{path} holds no Ed25519 public key: name its PEM file.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"{path} holds no Ed25519 public key: name its PEM file.")
    return Verifier(key)


def make_keys(folder: Path) -> Path:
    """The private key of `folder`, made once with its public half beside it."""
    private, public = folder / PRIVATE, folder / PUBLIC
    if not private.exists():
        key = Ed25519PrivateKey.generate()
        _place(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if not public.exists():
        half = read_signer(private).verifier.key
        _place(public, half.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private


def _place(path: Path, content: bytes) -> None:
    """Complete when visible; linked into place, so two first starts agree on one key."""
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _wanted(path: Path) -> str:
    return (
        f"ANCHOR_KEY names {path}, which holds no Ed25519 private key: "
        "make one with openssl genpkey -algorithm ed25519 -out FILE."
    )
