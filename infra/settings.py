"""The one settings object: read once at the entry point, passed down, never read again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from infra import delivery_checks
from infra import settings_checks as checks
from infra.settings_checks import DATABASE_VARIABLES, SettingsError
from notifications.channels.egress import Egress

__all__ = ["DATABASE_VARIABLES", "MailServer", "Settings", "SettingsError", "database_url"]


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
    # Uploaded files; every API and worker host reaches the same folder (DATA/documents by default).
    documents_dir: Path
    embedded: bool = False
    data_dir: Path | None = None
    # Where the embedded mail server keeps what it accepted; None with a real one.
    mailbox: Path | None = None
    # The virus scanner's daemon; without one, documents stay closed unless the operator says so.
    clamav_url: str = ""
    serve_unscanned: bool = False
    # The keys of what is sealed; without them everything else works.
    seal_keys: Path | None = None
    # One wrapped key for each case, and the ledger of erasures: neither may lie in a backup of the
    # database (docs/decisions/0019).
    case_keys: Path | None = None
    erasure_ledger: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_hosts: tuple[str, ...] = ()
    # How many proxies of the operator's stand between a client and this program.
    trusted_hops: int = 0
    # Lets Prometheus read /metrics from another machine; without it only this machine may.
    metrics_token: str = field(default="", repr=False)
    # Signed heads of the audit chain leave the database: the key's file, and one place or both.
    anchor_key: Path | None = None
    anchor_file: Path | None = None
    anchor_webhook: str = field(default="", repr=False)
    # Where an alert goes every five minutes, for somebody outside to miss it.
    canary_mailbox: str = ""
    # Which inner networks, ports and authorities the webhooks of organisations may use.
    webhook_networks: str = ""
    webhook_ports: str = ""
    webhook_ca: Path | None = None
    # Alerts by SMS: the gateway that is called, or none; whose certificates count for it.
    sms_gateway_url: str = ""
    sms_gateway_token: str = field(default="", repr=False)
    sms_sender: str = ""
    sms_gateway_ca: Path | None = None
    # How long a sender that died keeps what it had claimed.
    lease_seconds: int = 60
    # Where a test kills this process (notifications.failpoints); never in production.
    failpoint: str = ""

    @classmethod
    def from_environment(
        cls, env: Mapping[str, str], *, needs: tuple[str, ...] = ("DATABASE_URL",)
    ) -> "Settings":
        """`needs` names the database variables this part cannot do without."""
        databases = {name: checks.database(env, name, name in needs) for name in DATABASE_VARIABLES}
        public_url = checks.web(env, "PUBLIC_URL")
        data = env.get("DATA", "")
        return cls(
            database_url=databases["DATABASE_URL"],
            worker_database_url=databases["WORKER_DATABASE_URL"],
            owner_database_url=databases["OWNER_DATABASE_URL"],
            redis_url=checks.checked(env, "REDIS_URL", checks.redis_fault),
            smtp_url=checks.checked(env, "SMTP_URL", checks.smtp_fault),
            mail_from=checks.checked(env, "MAIL_FROM", checks.mail_from_fault),
            public_url=public_url,
            oidc_issuer=checks.web(env, "OIDC_ISSUER"),
            oidc_client_id=checks.given(
                env, "OIDC_CLIENT_ID", "the client id the provider gave you"
            ),
            oidc_client_secret=env.get("OIDC_CLIENT_SECRET", ""),
            api_audience=checks.given(env, "API_AUDIENCE", "the audience of API access tokens"),
            secret_key=checks.checked(env, "SECRET_KEY", checks.secret_fault),
            embedded=env.get("EMBEDDED", "") == "1",
            data_dir=Path(data) if data else None,
            mailbox=Path(env["MAILBOX"]) if env.get("MAILBOX") else None,
            documents_dir=checks.documents_dir(env),
            clamav_url=checks.clamav(env),
            serve_unscanned=checks.serve_unscanned(env),
            seal_keys=Path(env["SEAL_KEYS"]) if env.get("SEAL_KEYS") else None,
            host=env.get("HOST", "") or "127.0.0.1",
            port=listening_port(env),
            trusted_hosts=checks.trusted_hosts(env, public_url),
            trusted_hops=checks.number(env, "TRUSTED_HOPS", default=0, least=0, most=10),
            metrics_token=checks.metrics_token(env),
            **checks.anchoring(env),
            **checks.erasing(env),
            **delivery_checks.delivery(env, public_url),
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
            "DOCUMENTS_DIR": str(self.documents_dir),
            "CLAMAV_URL": self.clamav_url,
            "UNSCANNED_DOCUMENTS": "serve" if self.serve_unscanned else "",
            "SEAL_KEYS": str(self.seal_keys or ""),
            "CASE_KEYS_DIR": str(self.case_keys or ""),
            "ERASURE_LEDGER": str(self.erasure_ledger or ""),
            "HOST": self.host,
            "PORT": str(self.port),
            "TRUSTED_HOSTS": ",".join(self.trusted_hosts),
            "TRUSTED_HOPS": str(self.trusted_hops),
            "METRICS_TOKEN": self.metrics_token,
            "ANCHOR_KEY": str(self.anchor_key or ""),
            "ANCHOR_FILE": str(self.anchor_file or ""),
            "ANCHOR_WEBHOOK": self.anchor_webhook,
            **self._of_delivery(),
        }

    def _of_delivery(self) -> dict[str, str]:
        return {
            "CANARY_MAILBOX": self.canary_mailbox,
            "WEBHOOK_NETWORKS": self.webhook_networks,
            "WEBHOOK_PORTS": self.webhook_ports,
            "WEBHOOK_CA": str(self.webhook_ca or ""),
            "SMS_GATEWAY_URL": self.sms_gateway_url,
            "SMS_GATEWAY_TOKEN": self.sms_gateway_token,
            "SMS_SENDER": self.sms_sender,
            "SMS_GATEWAY_CA": str(self.sms_gateway_ca or ""),
            "LEASE_SECONDS": str(self.lease_seconds),
            "FAILPOINT": self.failpoint,
        }

    @property
    def egress(self) -> Egress:
        return delivery_checks.egress(self.webhook_networks, self.webhook_ports, self.webhook_ca)

    @property
    def sms_egress(self) -> Egress:
        return delivery_checks.sms_egress(self.sms_gateway_url, self.sms_gateway_ca)

    @property
    def mail_server(self) -> MailServer:
        url = urlsplit(self.smtp_url)
        return MailServer(
            host=url.hostname or "",
            port=url.port or checks.smtp_default_port(url),
            username=unquote(url.username or ""),
            password=unquote(url.password or ""),
            security=checks.smtp_security(url),
        )


def database_url(env: Mapping[str, str], name: str) -> str:
    """One database address alone, for a command that needs nothing else (`maillage migrate`)."""
    return checks.database(env, name, required=True)


def listening_port(env: Mapping[str, str]) -> int:
    return checks.number(env, "PORT", default=8000, least=1, most=65535)
