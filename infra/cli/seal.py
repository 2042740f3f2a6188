"""`maillage seal key|rotate`: a new key for what is sealed, and everything brought under it."""

import argparse
import os
from pathlib import Path
from uuid import UUID

from infra.cli.parser import OneSentenceParser, complain
from infra.database import Database
from infra.settings import SettingsError, database_url
from services.households.sealed_contacts import Batch, reseal
from services.shared.clock import SystemClock
from services.shared.errors import Unreadable
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring, new_key_line

PROG = "maillage seal"
BATCH = 100


def add_parser(subparsers: "argparse._SubParsersAction[OneSentenceParser]") -> None:
    parser = subparsers.add_parser("seal", help="the keys of what is sealed")
    parser.add_argument("what", choices=["key", "rotate"])
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """`key` adds one to the file of SEAL_KEYS, and from then on it seals; `rotate` brings what
    older keys sealed under it (with OWNER_DATABASE_URL). Afterwards the older lines can go."""
    path = Path(os.environ.get("SEAL_KEYS", "") or _missing())
    return _add_key(path) if args.what == "key" else _rotate(Keyring(path))


def _missing() -> str:
    raise SettingsError("SEAL_KEYS is not set: set it to the file that holds the keys.")


def _add_key(path: Path) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    line = new_key_line()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        # A line that somebody ended by hand without a newline stays a line of its own.
        file.write("\n" + line)
        file.flush()
        os.fsync(file.fileno())
    print(f"Key {line.split()[0]} seals from now on. Back {path} up apart from the database.")
    return 0


def _rotate(keyring: Keyring) -> int:
    owner = Database(database_url(os.environ, "OWNER_DATABASE_URL"), pool_size=1)
    try:
        newest = keyring.newest()
        resealed, unreadable = _all_batches(keyring, owner)
        rewrapped, lost = _rewrap(keyring)
    except Unreadable as error:
        return complain(PROG, f"{error.code}: check the file of SEAL_KEYS")
    finally:
        owner.dispose()
    unreadable += lost
    print(f"{resealed} re-encrypted and {rewrapped} keys of cases wrapped under key {newest}.")
    if unreadable:
        return complain(PROG, f"{unreadable} could not be opened: keep their keys in the file")
    return 0


def _rewrap(keyring: Keyring) -> tuple[int, int]:
    """The keys of cases are wrapped under the keyring too: the older lines may go only after."""
    folder = os.environ.get("CASE_KEYS_DIR", "")
    if not folder:
        print("CASE_KEYS_DIR is not set: if cases have keys, keep the older lines.")
        return 0, 0
    return CaseKeys(Path(folder), keyring).rewrap()


def _all_batches(keyring: Keyring, owner: Database) -> tuple[int, int]:
    """A transaction each: whoever waits for a row waits for a hundred at most."""
    resealed = unreadable = 0
    after: UUID | None = None
    while True:
        with owner.transaction(clock=SystemClock(), actor=None) as uow:
            batch: Batch = reseal(keyring, after=after, limit=BATCH, uow=uow)
        resealed, unreadable = resealed + batch.resealed, unreadable + batch.unreadable
        if batch.last is None:
            return resealed, unreadable
        after = batch.last
