"""Erasures carried out in steps that each can be repeated: whoever dies in between, the next turn
goes on. Noted in the database, written to the ledger, the key destroyed, the rows deleted.
"""

import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infra.erasure.ledger import LedgerBroken, LedgerFile
from services.retention import erasing, ledger
from services.retention.erasing import Doomed
from services.retention.model import ErasureState, LedgerEntry
from services.shared.errors import Unreadable
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.folders import FolderKind, folder_id
from workers.runtime import Runtime

# After a failure: a disk that is full or away costs a sweeper one look in this while.
ROUND_SECONDS = 30.0
_log = structlog.get_logger()


class Erasing:
    """Two of them at once do the same things, once."""

    def __init__(self, book: LedgerFile, keys: CaseKeys) -> None:
        self._book = book
        self._keys = keys
        self._not_before = 0.0

    def take_turn(self, runtime: Runtime) -> None:
        """Never raises for what is away or broken: the next round finds the same rows."""
        if time.monotonic() < self._not_before:
            return
        try:
            self.write_ledger(runtime)
            self.erase(runtime)
        except (SQLAlchemyError, OSError, LedgerBroken, Unreadable) as fault:
            self._not_before = time.monotonic() + ROUND_SECONDS
            _log.error("erasure.postponed", error=type(fault).__name__)

    def write_ledger(self, runtime: Runtime) -> int:
        """What waits, outside and durable; then its rows say so."""
        with runtime.transaction() as uow:
            noted = [_outward(entry) for entry in ledger.waiting(uow=uow)]
        if not noted:
            return 0
        written = self._book.append(noted)
        with runtime.transaction() as uow:
            for each in written:
                ledger.mark_written(each.line.entry_id, each.line.position, each.hash, uow=uow)
        return len(written)

    def erase(self, runtime: Runtime) -> int:
        """What the ledger knows of; how many cases."""
        with runtime.transaction() as uow:
            doomed = erasing.ready(uow=uow)
            files, keys = (folder_id(kind, uow=uow) for kind in FolderKind)
        if doomed:
            runtime.documents.require_marked_as(files)
            self._keys.require_marked_as(keys)
        for case in doomed:
            self._finish(case, runtime)
        return len(doomed)

    def _finish(self, case: Doomed, runtime: Runtime) -> None:
        if case.state == ErasureState.CONFIRMED:
            self._keys.destroy(case.case_id)
            with runtime.transaction() as uow:
                erasing.mark_shredded(case, uow=uow)
        with runtime.transaction() as uow:
            names = erasing.files_of(case.case_id, uow=uow)
        for name in names:
            runtime.documents.remove(name)
        with runtime.transaction() as uow:
            rows = erasing.delete_rows(case, uow=uow)
        _log.info("case.erased", erasure_id=str(case.id), count=rows)


def _outward(entry: LedgerEntry) -> dict[str, object]:
    return {
        "entry_id": entry.id,
        "kind": entry.kind,
        "case_id": entry.case_id,
        "subject_id": entry.subject_id,
        "other_id": entry.other_id,
        "at": entry.at,
    }
