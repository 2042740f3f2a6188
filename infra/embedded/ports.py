"""Which port each embedded server listens on: chosen once, then kept."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path


class PortTaken(Exception):
    """Somebody else listens there."""


def require_free(host: str, port: int) -> None:
    if not is_free(host, port):
        raise PortTaken(f"Port {port} of {host} is taken: stop what uses it or set PORT.")


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def ports_file(data_dir: Path) -> Path:
    return data_dir / "run" / "ports.json"


def read_ports(data_dir: Path) -> dict[str, int]:
    try:
        rows = json.loads(ports_file(data_dir).read_text())
        return {str(name): int(port) for name, port in rows.items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}


def choose_ports(data_dir: Path, names: Iterable[str], host: str) -> dict[str, int]:
    """The ports of the last time, except those that somebody else has taken since."""
    known = read_ports(data_dir)
    chosen = {name: _keep_or_choose(host, known.get(name, 0)) for name in names}
    ports_file(data_dir).write_text(json.dumps(chosen))
    return chosen


def _keep_or_choose(host: str, port: int) -> int:
    if port and is_free(host, port):
        return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
