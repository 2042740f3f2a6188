"""Bring a database to the present schema: migrations, the re-applied SQL, the courts, in one
transaction.

Runs as maillage_owner; the API's and the workers' roles own nothing and can change no schema.
"""

import hashlib
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from infra import courts
from infra.unfit import Unfit
from notifications import catalogue
from services.shared import categories

_HERE = Path(__file__).parent
_ROOT = _HERE.parent.parent
# In this order: policies name the functions, functions name the tables and each other.
FUNCTIONS = (
    "services/shared/access.sql",
    "services/network/access.sql",
    "services/consent/access.sql",
    "services/households/functions.sql",
    "services/evictions/dates/dates.sql",
    "services/cases/functions.sql",
    "services/cases/closings/functions.sql",
    "services/portal/functions.sql",
    "services/cases/notes/withdrawn.sql",
    "services/cases/views.sql",
    "services/cases/dates.sql",
    "services/documents/views.sql",
    "services/evictions/functions.sql",
    "services/calendars/access.sql",
    "services/calendars/dates.sql",
    "services/audit/chain.sql",
    "services/intervisions/forgetting.sql",
    "services/retention/retention.sql",
    "services/retention/folders.sql",
    "services/intervisions/access.sql",
    "services/intervisions/proposals/functions.sql",
    "services/intervisions/tables/functions.sql",
    "services/intervisions/ballots/functions.sql",
    "notifications/may_know.sql",
    "notifications/climbing.sql",
    "notifications/operations/operations.sql",
)
# The first takes all policies and rights away; each feature gives what is its own.
SECURITY = (
    "services/shared/security.sql",
    "services/network/security.sql",
    "services/households/security.sql",
    "services/consent/security.sql",
    "services/audit/security.sql",
    "services/cases/security.sql",
    "services/documents/security.sql",
    "services/evictions/security.sql",
    "services/intervisions/security.sql",
    "services/intervisions/proposals/security.sql",
    "services/intervisions/tables/security.sql",
    "services/intervisions/follow_ups/security.sql",
    "services/intervisions/ballots/security.sql",
    "services/calendars/security.sql",
    "services/portal/security.sql",
    "services/retention/security.sql",
    "notifications/security.sql",
)
# Two migrations at once wait for each other (any constant will do, as long as it is ours).
_LOCK = 7_410_211


def config() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_HERE))
    return configuration


class OutdatedSchema(Unfit):
    """The database is from before the first release, and no migration leads on from there."""


@cache
def head() -> str:
    """The newest revision this program knows."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def fingerprint() -> str:
    """What the re-applied SQL of this program and the version of its courts hash to."""
    return hashlib.sha256(("".join(reapplied()) + courts.source_version()).encode()).hexdigest()


def reapplied() -> list[str]:
    """The SQL that every upgrade applies anew, in its order; what Python says in SQL first."""
    files = [(_ROOT / name).read_text() for name in (*FUNCTIONS, *SECURITY)]
    return [categories.as_sql(), catalogue.as_sql(), *files]


def is_current(connection: Connection) -> bool:
    """Whether the database has this program's schema and rules."""
    exists = text("SELECT to_regclass('applied_sql') IS NOT NULL")
    if not connection.scalar(exists):
        return False
    found = connection.execute(
        text("SELECT (SELECT version_num FROM alembic_version), (SELECT sha256 FROM applied_sql)")
    ).one()
    return tuple(found) == (head(), fingerprint())


def serves(connection: Connection) -> bool:
    """Whether this program can work there: its own schema, or a later release's.

    During a rolling release the old program goes on serving; migrations keep it able to.
    """
    if not connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
        return False
    found = connection.scalar(text("SELECT max(version_num) FROM alembic_version"))
    return str(found) >= head()


def upgrade(owner_url: str) -> bool:
    """Upgrade and re-apply; True if anything had to be done. All of it or nothing."""
    engine = create_engine(owner_url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            if is_current(connection):
                return False
            _upgrade(connection)
            return True
    finally:
        engine.dispose()


def _require_a_way_on(connection: Connection) -> None:
    """OutdatedSchema if the database is older than the baseline, which stands for all before it."""
    if not connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
        return
    found = connection.scalar(text("SELECT max(version_num) FROM alembic_version"))
    base = str(ScriptDirectory.from_config(config()).get_base())
    if found is not None and str(found) < base:
        raise OutdatedSchema(
            f"This database is at revision {found}, from before the first release, and cannot be"
            " brought up to date: start with an empty data folder or database, or bring it to"
            f" revision {base} with the program that made it (a dump keeps what is in it)."
        )


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    _require_a_way_on(connection)
    configuration = config()
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "head")
    connection.execute(text("CREATE TABLE IF NOT EXISTS applied_sql (sha256 text NOT NULL)"))
    for sql in reapplied():
        connection.exec_driver_sql(sql.replace("%", "%%"))
    courts.bring(connection)
    connection.execute(text("DELETE FROM applied_sql"))
    connection.execute(text("INSERT INTO applied_sql VALUES (:sha)"), {"sha": fingerprint()})
