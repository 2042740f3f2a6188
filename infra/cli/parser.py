"""An argument parser that answers a mistake with one sentence and exit code 2."""

import argparse
import sys
from typing import NoReturn


class OneSentenceParser(argparse.ArgumentParser):
    """Like ArgumentParser, but a mistake prints one sentence on stderr, never the usage.

    Subcommands added with `add_subparsers()` inherit this class.
    """

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line and exit 2."""
        sys.exit(complain(self.prog, message))


def complain(prog: str, message: str) -> int:
    """Print one sentence on stderr; returns 2, the exit code of a mistaken command line."""
    sentence = " ".join(message.split()).rstrip(".")
    print(f"{prog}: {sentence}.", file=sys.stderr)
    return 2
