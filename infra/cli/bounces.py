"""`maillage bounces`: what the mail server sends back to MAIL_FROM, one mail on standard input or
a Maildir to look through. A mail server calls it (`|maillage bounces`), or a timer does.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy.exc import OperationalError

from infra.cli.parser import OneSentenceParser, complain
from infra.database import Database
from infra.settings import database_url
from notifications.delivery.bounces import LARGEST, Outcome, read_bounce, take_bounce
from services.shared.clock import SystemClock

PROG = "maillage bounces"


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("bounces")
    parser.add_argument("--maildir", type=Path, help="read its new mail instead of standard input")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads WORKER_DATABASE_URL. Whatever is no report of ours is taken and changes nothing; 75
    (try again: EX_TEMPFAIL) if the database is away or the message is just being sent.
    """
    if args.maildir is not None and not (args.maildir / "new").is_dir():
        return complain(PROG, f"{args.maildir} is not a Maildir: it has no folder new")
    database = Database(database_url(os.environ, "WORKER_DATABASE_URL"), pool_size=1)
    try:
        if args.maildir is None:
            raw = sys.stdin.buffer.read(LARGEST)
            # To its end: a mail server takes a pipe that closes early for a failure.
            while sys.stdin.buffer.read(LARGEST):
                pass
            taken = _take(raw, database)
            return os.EX_TEMPFAIL if taken is Outcome.BUSY else 0
        found = look_through(args.maildir, database)
    except OperationalError:
        complain(PROG, "the database of WORKER_DATABASE_URL does not answer: it is tried again")
        return os.EX_TEMPFAIL
    finally:
        database.dispose()
    print(f"{found.total()} mails read, {found[Outcome.TAKEN]} of them bounces of ours.")
    return 0


def look_through(maildir: Path, database: Database) -> Counter[Outcome]:
    """Look at every new mail once; what could not be taken now stays new."""
    found: Counter[Outcome] = Counter()
    for path in sorted((maildir / "new").iterdir()):
        with path.open("rb") as mail:
            outcome = _take(mail.read(LARGEST), database)
        found[outcome] += 1
        if outcome is not Outcome.BUSY:
            path.rename(maildir / "cur" / f"{path.name}:2,S")
    return found


def _take(raw: bytes, database: Database) -> Outcome:
    bounce = read_bounce(raw)
    if bounce is None:
        return Outcome.NOTHING
    with database.transaction(clock=SystemClock(), actor=None) as uow:
        return take_bounce(bounce, uow=uow)
