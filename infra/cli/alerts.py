"""`maillage alerts status|retry|canary-check`: how the alerts do, and what to do about it."""

import argparse
import mailbox
import os
import time
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path
from uuid import UUID

from infra.cli.entry_points import entry_point
from infra.cli.kept import add_data, kept_database
from infra.cli.parser import OneSentenceParser
from infra.cli.reaching import reaching
from infra.embedded.mail import list_messages
from infra.settings import SettingsError

PROG = "maillage alerts"
WORKER = "WORKER_DATABASE_URL"
# Of the embedded mailbox, which keeps everything: the newest.
LOOKED_THROUGH = 2000
# What every canary's subject begins with, in each language.
SUBJECT = "Maillage canary"


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("alerts", help="how the alerts do")
    tasks = parser.add_subparsers(dest="what", required=True)
    status = tasks.add_parser("status", help="exit code 1 when something needs a person")
    status.add_argument("--json", action="store_true")
    status.add_argument("--delivery", type=UUID, metavar="ID", help="how its attempts went")
    add_data(status)
    status.set_defaults(run=_status)
    retry = tasks.add_parser("retry", help="put back what was set aside")
    retry.add_argument("--id", action="append", type=UUID, default=[])
    retry.add_argument("--apply", action="store_true", help="without it, only say what")
    retry.add_argument(
        "--refused", action="store_true", help="instead, what a mail server refused for good"
    )
    add_data(retry)
    retry.set_defaults(run=_retry)
    check = tasks.add_parser("canary-check", help="on the host of the watched mailbox")
    check.add_argument("maildir", type=Path, nargs="?", help="else the mailbox of --data")
    add_data(check)
    check.add_argument("--within", type=int, default=600, metavar="SECONDS")
    check.set_defaults(run=_canary_check)


def _status(args: argparse.Namespace) -> int:
    """Print the figures of WORKER_DATABASE_URL, or of the embedded database of --data."""
    with kept_database(WORKER, args.data, f"{PROG} status") as url, reaching(WORKER):
        if args.delivery:
            asked = {"delivery_id": args.delivery, "as_json": args.json}
            return int(entry_point("delivery")(url, **asked))
        has_canary = bool(os.environ.get("CANARY_MAILBOX"))
        return int(entry_point("status")(url, has_canary=has_canary, as_json=args.json))


def _retry(args: argparse.Namespace) -> int:
    with kept_database(WORKER, args.data, f"{PROG} retry") as url, reaching(WORKER):
        asked = {"ids": args.id, "apply": args.apply, "of_refused": args.refused}
        return int(entry_point("retry")(url, **asked))


def _canary_check(args: argparse.Namespace) -> int:
    """Needs nothing of ours but the mail that arrived: it runs where we do not."""
    place = args.maildir or args.data / "mail"
    if not place.is_dir():
        raise SettingsError(f"{place} is not there: name the Maildir, or the folder with --data.")
    latest = _latest(args.maildir) if args.maildir else _latest_kept(place)
    if latest is None:
        print(f"No canary in {place}: nothing of Maillage arrives there.")
        return 1
    age = time.time() - latest
    print(f"The last canary left {age:.0f} s ago.")
    return 0 if age <= args.within else 1


def _latest_kept(folder: Path) -> float | None:
    """The instant at which the newest canary arrived at the embedded mail server."""
    kept = list_messages(folder, LOOKED_THROUGH)
    times = (each.received_at.timestamp() for each in kept if each.subject.startswith(SUBJECT))
    return next(times, None)


def _latest(folder: Path) -> float | None:
    """The instant at which the newest canary was written, by its own Date."""
    if not (folder / "cur").is_dir():
        return None
    found = []
    for message in mailbox.Maildir(folder, create=False):
        date = parsedate_tz(str(message["Date"]))
        if str(message["Subject"]).startswith(SUBJECT) and date is not None:
            found.append(float(mktime_tz(date)))
    return max(found, default=None)
