"""`maillage administrator`: the network's first administrator, who registers everybody else."""

import argparse
import os

from infra.bootstrap import FirstAdministrator, first_administrator
from infra.cli.parser import OneSentenceParser
from infra.cli.reaching import reaching
from infra.database import Database
from infra.settings import database_url
from services.shared.actor import RoleKind
from services.shared.clock import SystemClock

OPTIONS = {
    "organisation": "the organisation that coordinates the network",
    "sector": "its sector",
    "name": "the administrator's name",
    "email": "where messages to them go",
    "language": "fr, nl or en",
    "issuer": "the OpenID provider's issuer",
    "subject": "how that provider names them (its sub claim)",
}


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("administrator")
    for name, meaning in OPTIONS.items():
        choices = ("fr", "nl", "en") if name == "language" else None
        parser.add_argument(f"--{name}", required=True, help=meaning, choices=choices)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads OWNER_DATABASE_URL. Running it twice is harmless."""
    who = FirstAdministrator(**{name: getattr(args, name) for name in OPTIONS})
    owner = Database(database_url(os.environ, "OWNER_DATABASE_URL"), pool_size=1)
    try:
        with reaching("OWNER_DATABASE_URL"):
            first_administrator(
                who, owner=owner, clock=SystemClock(), roles=(RoleKind.COORDINATOR,)
            )
    finally:
        owner.dispose()
    print(f"{args.name} is an administrator and coordinator of {args.organisation}.")
    return 0
