"""`maillage retention plan|apply` and `maillage erasure replay`: the end of data, by hand."""

import argparse
import os

from infra.cli.entry_points import entry_point
from infra.cli.parser import OneSentenceParser
from infra.cli.reaching import reaching
from infra.settings import Settings

WORKER, OWNER = "WORKER_DATABASE_URL", "OWNER_DATABASE_URL"


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("retention", help="what is past its period")
    parser.add_argument("what", choices=["plan", "apply"])
    parser.set_defaults(run=_retention)
    parser = subparsers.add_parser("erasure", help="after a restore")
    parser.add_argument("what", choices=["replay"])
    parser.set_defaults(run=_replay)


def _retention(args: argparse.Namespace) -> int:
    """`plan` counts and changes nothing; `apply` does what the sweepers do by themselves, to the
    end. Stopped in between, it goes on at the next call.
    """
    settings = Settings.from_environment(os.environ, needs=(WORKER,))
    with reaching(WORKER):
        entry_point("plan" if args.what == "plan" else "retain")(settings)
    return 0


def _replay(_args: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ, needs=(OWNER,))
    with reaching(OWNER):
        entry_point("replay")(settings)
    print("The database knows every line of the ledger.")
    return 0
