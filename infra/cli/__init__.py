"""`maillage`: one program, a part at a time. A subcommand's module is loaded when it is asked."""

import importlib
import sys
from collections.abc import Sequence

from infra.cli.parser import OneSentenceParser, complain
from infra.embedded.ports import PortTaken
from infra.embedded.process import StartFailed
from infra.settings import SettingsError

COMMANDS = {
    "up": ("infra.cli.run", "start everything here, servers included, until Ctrl-C"),
    "api": ("infra.cli.parts", "serve the API (settings from the environment)"),
    "worker": ("infra.cli.parts", "run one RQ worker (settings from the environment)"),
    "sweeper": ("infra.cli.parts", "run one sweeper (settings from the environment)"),
    "migrate": ("infra.cli.parts", "bring the database of OWNER_DATABASE_URL up to date"),
    "demo": ("infra.cli.parts", "fill an empty database with the demo network"),
    "administrator": ("infra.cli.administrator", "register the network's first administrator"),
    "seal": ("infra.cli.seal", "add a key for what is sealed, and re-encrypt under it"),
    "token": ("infra.cli.token", "print an access token for a demo person"),
    "retention": ("infra.cli.retention", "retention plan|apply: what is past its period"),
    "erasure": ("infra.cli.retention", "erasure replay: after a restore, before it opens"),
    "bounces": ("infra.cli.bounces", "take what the mail server sends back (stdin or a Maildir)"),
    "alerts": ("infra.cli.alerts", "alerts status|retry|canary-check: do they leave?"),
    "audit": ("infra.cli.audit", "audit verify: check that the journals are as they were"),
    "ballot": ("infra.cli.ballot", "ballot recount BALLOT: count a closed ballot again"),
    "courts": ("infra.cli.courts", "courts import [--dry-run]: cantons and their courts"),
    "deadline": ("infra.cli.deadline", "compute a legal date and explain it"),
}


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if words[0] not in COMMANDS:
        known = ", ".join(COMMANDS)
        return complain("maillage", f"there is no command {words[0]!r}: choose from {known}")
    parser = OneSentenceParser(prog="maillage")
    module, _ = COMMANDS[words[0]]
    importlib.import_module(module).add_parser(parser.add_subparsers(dest="command"))
    args = parser.parse_args(words)
    try:
        return int(args.run(args))
    except (SettingsError, StartFailed, PortTaken) as error:
        return complain("maillage", str(error))


def _overview() -> str:
    lines = [f"  {name:<14}{text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(["usage: maillage COMMAND [options]", "", *lines])
