"""What each environment variable must look like; SettingsError says in a sentence what to set."""

import ipaddress
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

KNOWN_DEFAULTS = (
    "changeme",
    "change-me",
    "change_me",
    "insecure",
    "secret-key",
    "secret_key",
    "secretkey",
    "password",
    "example",
    "default",
    "maillage",
    "0123456789",
)
DATABASE_VARIABLES = {
    "DATABASE_URL": "maillage_api",
    "WORKER_DATABASE_URL": "maillage_worker",
    "OWNER_DATABASE_URL": "maillage_owner",
}


class SettingsError(Exception):
    """A sentence for the operator: which variable, and what to set."""


def database(env: Mapping[str, str], name: str, required: bool) -> str:
    text = env.get(name, "")
    if not text and not required:
        return ""
    wanted = f"postgresql://{DATABASE_VARIABLES[name]}:PASSWORD@HOST/DATABASE"
    text = text or missing(name, wanted)
    url = split(name, text, wanted)
    if url.scheme not in ("postgresql", "postgresql+psycopg", "postgres"):
        raise SettingsError(f"{name} has the scheme {url.scheme!r}: set it to {wanted}.")
    if not url.hostname and not parse_qs(url.query).get("host"):
        raise SettingsError(f"{name} names no host: set it to {wanted}.")
    if not url.path.strip("/"):
        raise SettingsError(f"{name} names no database: set it to {wanted}.")
    return "postgresql+psycopg" + text[len(url.scheme) :]


def metrics_token(env: Mapping[str, str]) -> str:
    token = env.get("METRICS_TOKEN", "")
    if token and len(token) < 32:
        raise SettingsError("METRICS_TOKEN is too short: set it to at least 32 random characters.")
    return token


def checked(env: Mapping[str, str], name: str, fault: Callable[[str], str]) -> str:
    """`fault` says what to set when the text will not do, and nothing when it will."""
    text = env.get(name, "")
    wanted = fault(text)
    if wanted and not text:
        missing(name, wanted)
    if wanted:
        raise SettingsError(f"{name} cannot be used as it is: set it to {wanted}.")
    return text


def redis_fault(text: str) -> str:
    wanted = "redis://HOST:6379/0, rediss://HOST:6379/0 or unix:///PATH (a path without spaces)"
    url = split("REDIS_URL", text, wanted)
    # redis-py cannot read what a server says of a client whose path has one of these.
    is_plain = url.path and not set(unquote(url.path)) & set(" \t=")
    usable = is_plain if url.scheme == "unix" else url.scheme in ("redis", "rediss") and url.netloc
    return "" if usable else wanted


def smtp_fault(text: str) -> str:
    wanted = "smtp://USER:PASSWORD@HOST:587?starttls=required or smtps://USER:PASSWORD@HOST:465"
    url = split("SMTP_URL", text, wanted)
    options = parse_qs(url.query)
    usable = (
        url.scheme in ("smtp", "smtps")
        and url.hostname
        and options in ({}, {"starttls": ["required"]})
        and not (url.scheme == "smtps" and options)
    )
    if usable and url.password and smtp_security(url) == "plain" and not is_local(url):
        return "an address that does not send the password in clear (starttls=required or smtps)"
    return "" if usable else wanted


def smtp_security(url: SplitResult) -> Literal["plain", "starttls", "tls"]:
    if url.scheme == "smtps":
        return "tls"
    return "starttls" if "starttls" in parse_qs(url.query) else "plain"


def smtp_default_port(url: SplitResult) -> int:
    return {"tls": 465, "starttls": 587, "plain": 25}[smtp_security(url)]


def mail_from_fault(text: str) -> str:
    name, at, domain = text.rpartition("@")
    fine = at and name and domain and not any(c in text for c in "\r\n")
    return "" if fine else "the sender's address, for example alerts@maillage.brussels"


def secret_fault(text: str) -> str:
    weak = len(text.encode()) < 32 or len(set(text)) < 10
    known = any(word in text.lower() for word in KNOWN_DEFAULTS)
    return "at least 32 random bytes (openssl rand -base64 48)" if weak or known else ""


def web(env: Mapping[str, str], name: str) -> str:
    wanted = "an address such as https://maillage.brussels"
    text = env.get(name, "") or missing(name, wanted)
    url = split(name, text, wanted)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise SettingsError(f"{name} cannot be used as it is: set it to {wanted}.")
    if url.scheme == "http" and not is_local(url):
        raise SettingsError(f"{name} is not encrypted: set it to an address with https.")
    return text.rstrip("/") if name == "PUBLIC_URL" else text


def documents_dir(env: Mapping[str, str]) -> Path:
    wanted = "a folder on an encrypted disk that every API and worker host reaches"
    if env.get("DATA") and not env.get("DOCUMENTS_DIR"):
        return Path(env["DATA"]) / "documents"
    return Path(given(env, "DOCUMENTS_DIR", wanted))


def clamav(env: Mapping[str, str]) -> str:
    wanted = "tcp://HOST:3310 or unix:///PATH"
    text = env.get("CLAMAV_URL", "")
    url = split("CLAMAV_URL", text, wanted)
    usable = url.path if url.scheme == "unix" else url.scheme == "tcp" and url.hostname
    if text and not usable:
        raise SettingsError(f"CLAMAV_URL cannot be used as it is: set it to {wanted}.")
    return text


def serve_unscanned(env: Mapping[str, str]) -> bool:
    text = env.get("UNSCANNED_DOCUMENTS", "")
    if text not in ("", "serve"):
        raise SettingsError("UNSCANNED_DOCUMENTS is unknown: set it to serve, or leave it empty.")
    if text and env.get("CLAMAV_URL"):
        raise SettingsError("UNSCANNED_DOCUMENTS and CLAMAV_URL are both set: set only one.")
    return bool(text)


def trusted_hosts(env: Mapping[str, str], public_url: str) -> tuple[str, ...]:
    given = [host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",")]
    return tuple(dict.fromkeys([urlsplit(public_url).hostname or "", *filter(None, given)]))


def anchoring(env: Mapping[str, str]) -> dict[str, Any]:
    """A place without a key, or a key without a place, would anchor nothing and say nothing."""
    key, file = env.get("ANCHOR_KEY", ""), env.get("ANCHOR_FILE", "")
    webhook = env.get("ANCHOR_WEBHOOK", "")
    if (file or webhook) and not key:
        missing("ANCHOR_KEY", "the PEM file of the Ed25519 key that signs anchors")
    if key and not (file or webhook):
        missing("ANCHOR_FILE", "where anchors are kept (or set ANCHOR_WEBHOOK)")
    if webhook:
        wanted = "an address such as https://notary.example/anchors"
        url = split("ANCHOR_WEBHOOK", webhook, wanted)
        if not url.hostname or not (
            url.scheme == "https" or (url.scheme == "http" and is_local(url))
        ):
            raise SettingsError(f"ANCHOR_WEBHOOK cannot be used as it is: set it to {wanted}.")
    return {
        "anchor_key": Path(key) if key else None,
        "anchor_file": Path(file) if file else None,
        "anchor_webhook": webhook,
    }


def erasing(env: Mapping[str, str]) -> dict[str, Any]:
    """Keys without a keyring could not be wrapped; a ledger that nobody signs proves nothing."""
    keys, ledger = env.get("CASE_KEYS_DIR", ""), env.get("ERASURE_LEDGER", "")
    if keys and not env.get("SEAL_KEYS"):
        missing("SEAL_KEYS", "the file of the keys that wrap those in CASE_KEYS_DIR")
    if ledger and not env.get("ANCHOR_KEY"):
        missing("ANCHOR_KEY", "the PEM file of the Ed25519 key that signs the ledger")
    if ledger and not keys:
        missing("CASE_KEYS_DIR", "a folder for the keys that erasures destroy")
    return {
        "case_keys": Path(keys) if keys else None,
        "erasure_ledger": Path(ledger) if ledger else None,
    }


def given(env: Mapping[str, str], name: str, wanted: str) -> str:
    return env.get(name, "") or missing(name, wanted)


def missing(name: str, wanted: str) -> str:
    raise SettingsError(f"{name} is not set: set it to {wanted}.")


def split(name: str, text: str, wanted: str) -> SplitResult:
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        raise SettingsError(f"{name} is not an address: set it to {wanted}.") from None
    return url


def is_local(url: SplitResult) -> bool:
    host = url.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
