"""What `maillage up` starts: each server embedded, unless the environment names a real one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from infra.audit.keys import make_keys
from infra.embedded import mail
from infra.embedded.openid import provider as openid
from infra.embedded.openid.signing import AUDIENCE, CLIENT_ID
from infra.embedded.places import private_directory
from infra.embedded.ports import choose_ports
from infra.embedded.postgres import Cluster
from infra.embedded.process import Child
from infra.embedded.redis import Valkey
from infra.embedded.secret import seal_keys, secret_key
from infra.embedded.supervisor import Part, Supervisor
from infra.settings import DATABASE_VARIABLES, Settings, SettingsError

LOOPBACK = "127.0.0.1"
# Which variable switches which server to an external one, and what must then be given with it.
SWITCHES = {
    "postgres": ("DATABASE_URL", ("WORKER_DATABASE_URL", "OWNER_DATABASE_URL")),
    "valkey": ("REDIS_URL", ()),
    "mail": ("SMTP_URL", ("MAIL_FROM",)),
    "openid": ("OIDC_ISSUER", ("OIDC_CLIENT_ID", "API_AUDIENCE")),
}


@dataclass(frozen=True)
class Stack:
    """The servers of one data folder, not yet started, and the settings that lead to them."""

    settings: Settings
    embedded: frozenset[str]
    cluster: Cluster | None
    valkey: Valkey | None
    ports: Mapping[str, int]


def embedded_servers(env: Mapping[str, str]) -> frozenset[str]:
    """Which servers are ours to start; refuses a half-given external one."""
    chosen = set()
    for server, (switch, companions) in SWITCHES.items():
        missing = [name for name in companions if not env.get(name)]
        given = [name for name in companions if env.get(name)]
        if not env.get(switch):
            chosen.add(server)
        elif missing:
            raise SettingsError(
                f"{switch} names an external server: set {' and '.join(missing)} as well."
            )
        if server == "postgres" and given and not env.get(switch):
            raise SettingsError(f"{given[0]} is set but {switch} is not: set both, or neither.")
    return frozenset(chosen)


def build(env: Mapping[str, str], data_dir: Path, host: str, port: int) -> Stack:
    ours = embedded_servers(env)
    ports = choose_ports(data_dir, ("mail", "openid"), LOOPBACK)
    logs = data_dir / "log"
    cluster = valkey = None
    if "postgres" in ours:
        cluster = Cluster(data_dir / "postgres", log=logs / "postgres.log")
    if "valkey" in ours:
        valkey = Valkey(data_dir / "valkey", log=logs / "valkey.log")
    dropped = _ours_to_say(ours)
    given = {name: value for name, value in env.items() if value and name not in dropped}
    environment = _defaults(data_dir, host, port, ports) | _servers(cluster, valkey) | given
    environment |= {"EMBEDDED": "1", "DATA": str(data_dir), "HOST": host, "PORT": str(port)}
    environment |= {"MAILBOX": str(data_dir / "mail")} if "mail" in ours else {}
    if not environment.get("CLAMAV_URL"):
        # A demonstration without a scanner; the first page and every answer say so.
        environment.setdefault("UNSCANNED_DOCUMENTS", "serve")
    settings = Settings.from_environment(environment, needs=tuple(DATABASE_VARIABLES))
    return Stack(settings, ours, cluster, valkey, ports)


def _ours_to_say(ours: frozenset[str]) -> set[str]:
    """Variables that mean nothing here: the demo provider has one client and one audience."""
    provider = {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "API_AUDIENCE"}
    return {"MAILBOX"} | (provider if "openid" in ours else set())


def _defaults(data_dir: Path, host: str, port: int, ports: Mapping[str, int]) -> dict[str, str]:
    return {
        "SMTP_URL": f"smtp://{LOOPBACK}:{ports['mail']}",
        "MAIL_FROM": "alerts@maillage.example",
        "PUBLIC_URL": address(host, port),
        "OIDC_ISSUER": f"http://{LOOPBACK}:{ports['openid']}",
        "OIDC_CLIENT_ID": CLIENT_ID,
        "API_AUDIENCE": AUDIENCE,
        "SECRET_KEY": secret_key(data_dir),
        "SEAL_KEYS": str(seal_keys(data_dir)),
        "TRUSTED_HOSTS": f"{LOOPBACK},localhost",
        **_anchors(data_dir),
        "CASE_KEYS_DIR": str(private_directory(data_dir / "case-keys")),
        "ERASURE_LEDGER": str(private_directory(data_dir / "ledger") / "ledger.jsonl"),
    }


def _anchors(data_dir: Path) -> dict[str, str]:
    """Anchors lie beside the database, not in it. In production both belong on another machine."""
    folder = private_directory(data_dir / "anchors")
    return {
        "ANCHOR_KEY": str(make_keys(folder)),
        "ANCHOR_FILE": str(folder / "anchors.jsonl"),
    }


def _servers(cluster: Cluster | None, valkey: Valkey | None) -> dict[str, str]:
    found = {"REDIS_URL": valkey.url} if valkey else {}
    if cluster:
        found |= {name: cluster.url(role) for name, role in DATABASE_VARIABLES.items()}
    return found


def address(host: str, port: int) -> str:
    """The address at which a browser on this machine finds it."""
    shown = LOOPBACK if host in ("0.0.0.0", "::") else host  # noqa: S104 - recognised, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def foundations(stack: Stack, supervisor: Supervisor) -> list[Part]:
    """The embedded servers, in the order in which they are started."""
    parts = []
    if stack.cluster:
        start = partial(_restart, stack.cluster)
        parts.append(Part("postgres", start, stack.cluster.stop_signal, foundation=True))
    if stack.valkey:
        start = partial(_restart, stack.valkey)
        parts.append(Part("valkey", start, stack.valkey.stop_signal, foundation=True))
    if "mail" in stack.embedded:
        parts.append(replace(supervisor.forked("mail", partial(_mail, stack)), foundation=True))
    if "openid" in stack.embedded:
        parts.append(replace(supervisor.forked("openid", partial(_openid, stack)), foundation=True))
    return parts


def _restart(server: Cluster | Valkey) -> Child:
    """Start a part again, or for the first time: a predecessor may have been killed."""
    server.recover()
    if isinstance(server, Cluster):
        server.prepare()
    return server.start()


def _mail(stack: Stack) -> None:
    assert stack.settings.data_dir is not None
    mail.serve(LOOPBACK, stack.ports["mail"], stack.settings.data_dir / "mail")


def _openid(stack: Stack) -> None:
    settings = stack.settings
    assert settings.data_dir is not None
    openid.serve(
        LOOPBACK,
        stack.ports["openid"],
        settings.data_dir,
        issuer=settings.oidc_issuer,
        public_url=settings.public_url,
        audience=settings.api_audience,
    )
