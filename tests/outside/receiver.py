"""An organisation's own system: HTTPS on loopback, which writes down what it is sent and answers as
it was told to. It checks signatures by itself, from the specification alone.
"""

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NETWORKS = "127.0.0.0/8,::1/128"


@dataclass(frozen=True)
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    def signed_with(self, secret: str) -> bool:
        """Standard Webhooks: base64(HMAC-SHA256(key, "id.timestamp.body")) among the `v1,…`."""
        key = base64.b64decode(secret[len("whsec_") :])
        content = b".".join(
            [self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body]
        )
        ours = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = self.headers["webhook-signature"].split(" ")
        return any(hmac.compare_digest(f"v1,{ours}", one) for one in given)


Answer = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


@dataclass
class Receiver:
    """`answers`: what the next ones get, in order; then `always`."""

    folder: Path
    names: tuple[str, ...] = ("localhost", "hooks.example")
    always: Answer = field(default_factory=lambda: status(204))
    answers: list[Answer] = field(default_factory=list)
    received: list[Posted] = field(default_factory=list)

    def start(self) -> None:
        self.authority, pair = certificates(self.folder, self.names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                named = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(Posted(self.path, named, self.rfile.read(length)))
                (receiver.answers.pop(0) if receiver.answers else receiver.always)(self)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def url(self, path: str = "/alerts?for=us", host: str = "localhost") -> str:
        return f"https://{host}:{self.port}{path}"

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def certificates(folder: Path, names: tuple[str, ...]) -> tuple[Path, Path]:
    """A throw-away authority, and a certificate for these names with its key."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    root_name, name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
        for text in ("Test root", "Hooks")
    )
    now = datetime.now(UTC)

    def built(subject: x509.Name, public: Any, ca: bool) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )

    root = built(root_name, root_key.public_key(), True).sign(root_key, hashes.SHA256())
    alternatives: list[x509.GeneralName] = [x509.DNSName(each) for each in names]
    alternatives.append(x509.IPAddress(ip_address("127.0.0.1")))
    leaf = (
        built(name, key.public_key(), False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    authority, pair = folder / "authority.pem", folder / "hooks.pem"
    authority.write_bytes(root.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pair.write_bytes(secret + leaf.public_bytes(pem))
    return authority, pair
