"""`python -m bench.ruleless PORT`: the peer of issue 3's goal. The same program with the same
login, headers and JSON, but the file is read without the rule, as a role that row-level security
does not hold, and nobody logs the read.
"""

import os
import sys
from typing import Any

from flask import Flask
from sqlalchemy import text

from bench.reading.bare import OPEN
from bench.sink import LOOPBACK
from case_api.app import create_app
from infra.embedded.api import listen
from infra.embedded.connections import answer
from infra.settings import Settings
from services.cases import queries
from services.shared.unit_of_work import UnitOfWork


def application() -> Flask:
    found = OPEN.replace("%s", ":case").replace("FROM cases c", ", 1023 AS mask FROM cases c")
    queries._OPEN_CASE = text(found)
    UnitOfWork.read = _not_logged  # type: ignore[method-assign]
    return create_app(Settings.from_environment(os.environ))


def _not_logged(*_: Any, **__: Any) -> None:
    return None


def serve(port: int) -> None:
    """As `infra.embedded.api` serves ours."""
    answer(application(), listen(LOOPBACK, port))


if __name__ == "__main__":
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - logs are written, to nowhere
    serve(int(sys.argv[1]))
