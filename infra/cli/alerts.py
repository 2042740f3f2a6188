"""`maillage alerts status|retry|canary-check`: how the alerts do, and what to do about it."""

import argparse
import mailbox
import os
import time
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path
from uuid import UUID

from infra.cli.parser import OneSentenceParser
from infra.cli.parts import entry_point
from infra.cli.reaching import reaching
from infra.settings import Settings

WORKER = "WORKER_DATABASE_URL"
# What every canary's subject begins with, in each language.
SUBJECT = "Maillage canary"


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("alerts", help="how the alerts do")
    tasks = parser.add_subparsers(dest="what", required=True)
    status = tasks.add_parser("status", help="exit code 1 when something needs a person")
    status.add_argument("--json", action="store_true")
    status.add_argument("--delivery", type=UUID, metavar="ID", help="how its attempts went")
    status.set_defaults(run=_status)
    retry = tasks.add_parser("retry", help="put back what was set aside")
    retry.add_argument("--id", action="append", type=UUID, default=[])
    retry.add_argument("--apply", action="store_true", help="without it, only say what")
    retry.set_defaults(run=_retry)
    check = tasks.add_parser("canary-check", help="on the host of the watched mailbox")
    check.add_argument("maildir", type=Path)
    check.add_argument("--within", type=int, default=600, metavar="SECONDS")
    check.set_defaults(run=_canary_check)


def _status(args: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ, needs=(WORKER,))
    with reaching(WORKER):
        if args.delivery:
            asked = {"delivery_id": args.delivery, "as_json": args.json}
            return int(entry_point("delivery")(settings, **asked))
        return int(entry_point("status")(settings, as_json=args.json))


def _retry(args: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ, needs=(WORKER,))
    with reaching(WORKER):
        return int(entry_point("retry")(settings, ids=args.id, apply=args.apply))


def _canary_check(args: argparse.Namespace) -> int:
    """Needs nothing of ours but the mail that arrived: it runs where we do not."""
    latest = _latest(args.maildir)
    if latest is None:
        print(f"No canary in {args.maildir}: nothing of Maillage arrives there.")
        return 1
    age = time.time() - latest
    print(f"The last canary left {age:.0f} s ago.")
    return 0 if age <= args.within else 1


def _latest(folder: Path) -> float | None:
    """When the newest canary was written, by its own Date."""
    if not (folder / "cur").is_dir():
        return None
    found = []
    for message in mailbox.Maildir(folder, create=False):
        date = parsedate_tz(str(message["Date"]))
        if str(message["Subject"]).startswith(SUBJECT) and date is not None:
            found.append(float(mktime_tz(date)))
    return max(found, default=None)
