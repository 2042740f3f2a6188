"""`maillage audit verify`: was anything in the journals altered, deleted, moved or cut off?"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from infra.audit.anchors import read_anchors
from infra.audit.chain import JOURNALS, Report, Tampered, verify
from infra.audit.keys import PUBLIC, Verifier, read_signer, read_verifier
from infra.cli.kept import add_data, kept_database
from infra.cli.parser import OneSentenceParser, complain
from infra.settings import SettingsError

PROG = "maillage audit verify"


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("audit").add_subparsers(dest="what", required=True)
    verifying = parser.add_parser("verify", help="check the chain of the journals")
    add_data(verifying)
    verifying.add_argument("--anchors", type=Path, help="the exported anchors, one a line")
    verifying.add_argument("--public-key", type=Path, help="PEM file of the key that signed them")
    verifying.add_argument("--verbose", action="store_true", help="say how fast it went")
    verifying.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 and what was checked; 1 and the first broken thing; 2 if it could not be checked."""
    anchors = _anchors_file(args)
    key = _key(args) if anchors else None
    started = time.monotonic()
    try:
        with connected(args.data) as connection:
            report = verify(connection, read_anchors(anchors) if anchors else (), key)
    except Tampered as broken:
        print(f"Broken: {broken}.")
        return 1
    except (psycopg.Error, OSError) as error:
        return complain(PROG, f"the journals could not be read: {type(error).__name__}")
    _say(report, anchors)
    if args.verbose:
        seconds = time.monotonic() - started
        rate = report.sealed.total() / seconds
        print(f"{report.sealed.total()} entries in {seconds:.2f} s: {rate:.0f} a second.")
    return 0


def _say(report: Report, anchors: Path | None) -> None:
    counts = ", ".join(f"{report.sealed[journal]} {journal}" for journal in JOURNALS)
    print(f"Intact: {counts} sealed, {report.waiting} waiting, {report.anchors} anchors.")
    print(f"Head: position {report.head}, {report.chain_hash.hex()}")
    if anchors is not None:
        print(f"{report.head - report.anchored} seals since the last anchor.")
    else:
        print("Without anchors a tail that was cut or a chain that was rewritten is not noticed.")


def _anchors_file(args: argparse.Namespace) -> Path | None:
    """The one named, which must be there; else where the embedded Maillage keeps its own."""
    named = args.anchors or os.environ.get("ANCHOR_FILE")
    path = Path(named) if named else args.data / "anchors" / "anchors.jsonl"
    if path.is_file():
        return path
    if named:
        raise SettingsError(f"{path} is not there: name the file of the exported anchors.")
    return None


def _key(args: argparse.Namespace) -> Verifier:
    """The public key named, else the public half of ANCHOR_KEY, else the embedded one."""
    if args.public_key:
        return read_verifier(args.public_key)
    if os.environ.get("ANCHOR_KEY"):
        return read_signer(Path(os.environ["ANCHOR_KEY"])).verifier
    return read_verifier(args.data / "anchors" / PUBLIC)


@contextmanager
def connected(data: Path) -> Iterator[psycopg.Connection]:
    """A connection as the owner of the database."""
    with kept_database("OWNER_DATABASE_URL", data, PROG) as url, _connect(url) as connection:
        yield connection


def _connect(url: str) -> psycopg.Connection:
    plain = make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), connect_timeout=5)
