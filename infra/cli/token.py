"""`maillage token EMAIL`: an access token for a demo person, to try the API with curl."""

import argparse
import os
from pathlib import Path

from infra.cli.parser import OneSentenceParser, complain
from infra.embedded.openid.people import PeopleUnreadable, find_person
from infra.embedded.openid.signing import AUDIENCE, mint_access_token
from infra.embedded.ports import read_ports

PROG = "maillage token"


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("token", help="print an access token for a demo person")
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DATA") or ".data"))
    parser.add_argument("--lifetime", type=int, default=3600, metavar="SECONDS")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    port = read_ports(args.data).get("openid")
    if os.environ.get("OIDC_ISSUER"):
        return complain(PROG, "OIDC_ISSUER names an external provider, ask it for tokens")
    if port is None:
        return complain(PROG, f"no demo provider was ever started on {args.data}, run maillage up")
    if not 1 <= args.lifetime <= 86400:
        return complain(PROG, "--lifetime must be from 1 to 86400 seconds")
    try:
        person = find_person(args.data, email=args.email)
    except PeopleUnreadable as error:
        return complain(PROG, str(error))
    if person is None:
        return complain(PROG, f"there is no demo person with the address {args.email}")
    issuer = f"http://127.0.0.1:{port}"
    print(mint_access_token(args.data, issuer, AUDIENCE, person.subject, args.lifetime))
    return 0
