"""`maillage api|worker|sweeper|migrate|demo`: one part, with its settings from the environment."""

import argparse
import os

from infra.cli.entry_points import ENTRY_POINTS, entry_point
from infra.cli.parser import OneSentenceParser
from infra.cli.reaching import reaching
from infra.database import Database
from infra.embedded.ports import require_free
from infra.erasure.replaying import require_replayed
from infra.files.taking import take_folders
from infra.selftest import check_role
from infra.settings import Settings, database_url

# Those that have a command of their own elsewhere, or none.
_ELSEWHERE = {"application", "replay", "retain", "plan", "status", "retry", "delivery", "events"}
NEEDS = {
    "api": ("DATABASE_URL",),
    "worker": ("WORKER_DATABASE_URL",),
    "sweeper": ("WORKER_DATABASE_URL",),
    "demo": ("DATABASE_URL", "WORKER_DATABASE_URL", "OWNER_DATABASE_URL"),
}


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    for name in ENTRY_POINTS.keys() - _ELSEWHERE:
        parser = subparsers.add_parser(name)
        parser.set_defaults(run=_migrate if name == "migrate" else _serve, part=name)


def _serve(args: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ, needs=NEEDS[args.part])
    entry_point("events")()
    if args.part == "api":
        require_free(settings.host, settings.port)
        _require_fit("DATABASE_URL", settings.database_url, settings)
    if args.part in ("worker", "sweeper"):
        _require_fit("WORKER_DATABASE_URL", settings.worker_database_url, settings)
    entry_point(args.part)(settings)
    return 0


def _require_fit(variable: str, url: str, settings: Settings) -> None:
    """An ordinary role, a database that knows what the ledger knows, and folders of its own: said
    here in one sentence, before the part starts.
    """
    database = Database(url, pool_size=1)
    try:
        with reaching(variable):
            check_role(database.engine)
            with database.engine.connect() as connection:
                require_replayed(settings.erasure_ledger, connection)
            take_folders(settings, database.engine)
    finally:
        database.dispose()


def _migrate(_args: argparse.Namespace) -> int:
    url = database_url(os.environ, "OWNER_DATABASE_URL")
    entry_point("events")()
    with reaching("OWNER_DATABASE_URL"):
        changed = entry_point("migrate")(url)
    print("The database was brought up to date." if changed else "The database was up to date.")
    return 0
