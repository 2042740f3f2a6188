"""The one settings object: read once at the entry point, passed down, never read again."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Literal["plain", "starttls", "tls"]


@dataclass(frozen=True)
class Settings:
    """Everything a part needs to start. Secrets and addresses with passwords stay out of repr."""

    database_url: str = field(repr=False)
    worker_database_url: str = field(repr=False)
    owner_database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    mail_from: str
    public_url: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)
    api_audience: str
    secret_key: str = field(repr=False)
    timezone: str = "Europe/Brussels"
    embedded: bool = False
    data_dir: Path | None = None
    # Where the embedded mail server keeps what it accepted; None with a real one.
    mailbox: Path | None = None
    # The keys of what is sealed; without them everything else works.
    seal_keys: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_hosts: tuple[str, ...] = ()
    # Lets Prometheus read /metrics from another machine; without it only this machine may.
    metrics_token: str = field(default="", repr=False)
    # Signed heads of the audit chain leave the database: the key's file, and one place or both.
    anchor_key: Path | None = None
    anchor_file: Path | None = None
    anchor_webhook: str = field(default="", repr=False)

    @classmethod
    def from_environment(
        cls, env: Mapping[str, str], *, needs: tuple[str, ...] = ("DATABASE_URL",)
    ) -> "Settings":
        """`needs` names the database variables this part cannot do without."""
        databases = {name: _database(env, name, name in needs) for name in DATABASE_VARIABLES}
        public_url = _web(env, "PUBLIC_URL")
        data = env.get("DATA", "")
        return cls(
            database_url=databases["DATABASE_URL"],
            worker_database_url=databases["WORKER_DATABASE_URL"],
            owner_database_url=databases["OWNER_DATABASE_URL"],
            redis_url=_checked(env, "REDIS_URL", _redis_fault),
            smtp_url=_checked(env, "SMTP_URL", _smtp_fault),
            mail_from=_checked(env, "MAIL_FROM", _mail_from_fault),
            public_url=public_url,
            oidc_issuer=_web(env, "OIDC_ISSUER"),
            oidc_client_id=_text(env, "OIDC_CLIENT_ID", "the client id the provider gave you"),
            oidc_client_secret=env.get("OIDC_CLIENT_SECRET", ""),
            api_audience=_text(env, "API_AUDIENCE", "the audience of API access tokens"),
            secret_key=_checked(env, "SECRET_KEY", _secret_fault),
            embedded=env.get("EMBEDDED", "") == "1",
            data_dir=Path(data) if data else None,
            mailbox=Path(env["MAILBOX"]) if env.get("MAILBOX") else None,
            seal_keys=Path(env["SEAL_KEYS"]) if env.get("SEAL_KEYS") else None,
            host=env.get("HOST", "") or "127.0.0.1",
            port=listening_port(env),
            trusted_hosts=_trusted_hosts(env, public_url),
            metrics_token=_metrics_token(env),
            **_anchoring(env),
        )

    def to_environment(self) -> dict[str, str]:
        """What `from_environment` reads back to an equal object."""
        return {
            "DATABASE_URL": self.database_url,
            "WORKER_DATABASE_URL": self.worker_database_url,
            "OWNER_DATABASE_URL": self.owner_database_url,
            "REDIS_URL": self.redis_url,
            "SMTP_URL": self.smtp_url,
            "MAIL_FROM": self.mail_from,
            "PUBLIC_URL": self.public_url,
            "OIDC_ISSUER": self.oidc_issuer,
            "OIDC_CLIENT_ID": self.oidc_client_id,
            "OIDC_CLIENT_SECRET": self.oidc_client_secret,
            "API_AUDIENCE": self.api_audience,
            "SECRET_KEY": self.secret_key,
            "EMBEDDED": "1" if self.embedded else "",
            "DATA": str(self.data_dir or ""),
            "MAILBOX": str(self.mailbox or ""),
            "SEAL_KEYS": str(self.seal_keys or ""),
            "HOST": self.host,
            "PORT": str(self.port),
            "TRUSTED_HOSTS": ",".join(self.trusted_hosts),
            "METRICS_TOKEN": self.metrics_token,
            "ANCHOR_KEY": str(self.anchor_key or ""),
            "ANCHOR_FILE": str(self.anchor_file or ""),
            "ANCHOR_WEBHOOK": self.anchor_webhook,
        }

    @property
    def mail_server(self) -> MailServer:
        url = urlsplit(self.smtp_url)
        return MailServer(
            host=url.hostname or "",
            port=url.port or _smtp_default_port(url),
            username=unquote(url.username or ""),
            password=unquote(url.password or ""),
            security=_smtp_security(url),
        )


def database_url(env: Mapping[str, str], name: str) -> str:
    """One database address alone, for a command that needs nothing else (`maillage migrate`)."""
    return _database(env, name, required=True)


def listening_port(env: Mapping[str, str]) -> int:
    text = env.get("PORT", "") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"PORT is {text!r}: set it to a number from 1 to 65535.")
    return int(text)


def _database(env: Mapping[str, str], name: str, required: bool) -> str:
    text = env.get(name, "")
    if not text and not required:
        return ""
    wanted = f"postgresql://{DATABASE_VARIABLES[name]}:PASSWORD@HOST/DATABASE"
    text = text or _missing(name, wanted)
    url = _split(name, text, wanted)
    if url.scheme not in ("postgresql", "postgresql+psycopg", "postgres"):
        raise SettingsError(f"{name} has the scheme {url.scheme!r}: set it to {wanted}.")
    if not url.hostname and not parse_qs(url.query).get("host"):
        raise SettingsError(f"{name} names no host: set it to {wanted}.")
    if not url.path.strip("/"):
        raise SettingsError(f"{name} names no database: set it to {wanted}.")
    return "postgresql+psycopg" + text[len(url.scheme) :]


def _metrics_token(env: Mapping[str, str]) -> str:
    token = env.get("METRICS_TOKEN", "")
    if token and len(token) < 32:
        raise SettingsError("METRICS_TOKEN is too short: set it to at least 32 random characters.")
    return token


def _checked(env: Mapping[str, str], name: str, fault: Callable[[str], str]) -> str:
    """`fault` says what to set when the text will not do, and nothing when it will."""
    text = env.get(name, "")
    wanted = fault(text)
    if wanted and not text:
        _missing(name, wanted)
    if wanted:
        raise SettingsError(f"{name} cannot be used as it is: set it to {wanted}.")
    return text


def _redis_fault(text: str) -> str:
    wanted = "redis://HOST:6379/0, rediss://HOST:6379/0 or unix:///PATH"
    url = _split("REDIS_URL", text, wanted)
    usable = url.path if url.scheme == "unix" else url.scheme in ("redis", "rediss") and url.netloc
    return "" if usable else wanted


def _smtp_fault(text: str) -> str:
    wanted = "smtp://USER:PASSWORD@HOST:587?starttls=required or smtps://USER:PASSWORD@HOST:465"
    url = _split("SMTP_URL", text, wanted)
    options = parse_qs(url.query)
    usable = (
        url.scheme in ("smtp", "smtps")
        and url.hostname
        and options in ({}, {"starttls": ["required"]})
        and not (url.scheme == "smtps" and options)
    )
    if usable and url.password and _smtp_security(url) == "plain" and not _is_local(url):
        return "an address that does not send the password in clear (starttls=required or smtps)"
    return "" if usable else wanted


def _smtp_security(url: SplitResult) -> Literal["plain", "starttls", "tls"]:
    if url.scheme == "smtps":
        return "tls"
    return "starttls" if "starttls" in parse_qs(url.query) else "plain"


def _smtp_default_port(url: SplitResult) -> int:
    return {"tls": 465, "starttls": 587, "plain": 25}[_smtp_security(url)]


def _mail_from_fault(text: str) -> str:
    name, at, domain = text.rpartition("@")
    fine = at and name and domain and not any(c in text for c in "\r\n")
    return "" if fine else "the sender's address, for example alerts@maillage.brussels"


def _secret_fault(text: str) -> str:
    weak = len(text.encode()) < 32 or len(set(text)) < 10
    known = any(word in text.lower() for word in KNOWN_DEFAULTS)
    return "at least 32 random bytes (openssl rand -base64 48)" if weak or known else ""


def _web(env: Mapping[str, str], name: str) -> str:
    wanted = "an address such as https://maillage.brussels"
    text = env.get(name, "") or _missing(name, wanted)
    url = _split(name, text, wanted)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise SettingsError(f"{name} cannot be used as it is: set it to {wanted}.")
    if url.scheme == "http" and not _is_local(url):
        raise SettingsError(f"{name} is not encrypted: set it to an address with https.")
    return text.rstrip("/") if name == "PUBLIC_URL" else text


def _trusted_hosts(env: Mapping[str, str], public_url: str) -> tuple[str, ...]:
    given = [host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",")]
    return tuple(dict.fromkeys([urlsplit(public_url).hostname or "", *filter(None, given)]))


def _anchoring(env: Mapping[str, str]) -> dict[str, Any]:
    """A place without a key, or a key without a place, would anchor nothing and say nothing."""
    key, file = env.get("ANCHOR_KEY", ""), env.get("ANCHOR_FILE", "")
    webhook = env.get("ANCHOR_WEBHOOK", "")
    if (file or webhook) and not key:
        _missing("ANCHOR_KEY", "the PEM file of the Ed25519 key that signs anchors")
    if key and not (file or webhook):
        _missing("ANCHOR_FILE", "where anchors are kept (or set ANCHOR_WEBHOOK)")
    if webhook:
        wanted = "an address such as https://notary.example/anchors"
        url = _split("ANCHOR_WEBHOOK", webhook, wanted)
        if not url.hostname or not (
            url.scheme == "https" or (url.scheme == "http" and _is_local(url))
        ):
            raise SettingsError(f"ANCHOR_WEBHOOK cannot be used as it is: set it to {wanted}.")
    return {
        "anchor_key": Path(key) if key else None,
        "anchor_file": Path(file) if file else None,
        "anchor_webhook": webhook,
    }


def _text(env: Mapping[str, str], name: str, wanted: str) -> str:
    return env.get(name, "") or _missing(name, wanted)


def _missing(name: str, wanted: str) -> str:
    raise SettingsError(f"{name} is not set: set it to {wanted}.")


def _split(name: str, text: str, wanted: str) -> SplitResult:
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        raise SettingsError(f"{name} is not an address: set it to {wanted}.") from None
    return url


def _is_local(url: SplitResult) -> bool:
    host = url.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
