"""Files from quarantine to the scanner and back, and files that belong to nothing."""

from datetime import timedelta
from itertools import islice

import structlog
from sqlalchemy import text

from infra.files.scanner import NoVerdict, Scanner, ScannerAway, Verdict
from infra.files.store import DocumentStore
from notifications.backoff import delay
from services.documents import scanning
from services.documents.model import ScanState
from services.documents.scanning import Claim
from services.shared.errors import Unreadable
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.folders import FolderKind, folder_id
from workers.runtime import Runtime

# What a process left behind that died while it judged a file; it lies there in clear.
INCOMING_AGE = timedelta(hours=1)
# A file is kept before its row is committed. And a database that was restored from a dump, for a
# drill or by mistake, knows nothing of what came since: a week covers any dump of a nightly backup.
ORPHAN_AGE = timedelta(days=8)
TRASH_AGE = timedelta(days=30)
# More files without a row than these, and than this part of all, are no rest of failed uploads.
FEW, PART = 20, 20
BATCH = 500
STATES = {Verdict.CLEAN: ScanState.CLEAN, Verdict.INFECTED: ScanState.INFECTED}
_WITHOUT_ROW = text("SELECT * FROM files_without_row(:names)")
_log = structlog.get_logger()


def scan_next(runtime: Runtime) -> int:
    """One version that waits; how many were claimed. No transaction is open while it is judged."""
    if runtime.scanner is None:
        return 0
    with runtime.transaction() as uow:
        claim = scanning.claim(uow=uow)
    if claim is None:
        return 0
    _judge(claim, runtime.scanner, runtime)
    return 1


def _judge(claim: Claim, scanner: Scanner, runtime: Runtime) -> None:
    try:
        with runtime.documents.open(claim.stored_name) as source:
            verdict = scanner.scan(source)
    except ScannerAway:
        with runtime.transaction() as uow:
            scanning.postpone(uow.now() + delay(claim.attempts), uow=uow)
        _log.error("scanner.away", attempt=claim.attempts)
    except (NoVerdict, FileNotFoundError, Unreadable) as reason:
        with runtime.transaction() as uow:
            scanning.retry(claim, uow.now() + delay(claim.attempts), uow=uow)
        _log.error(
            "document.not_judged",
            document_id=str(claim.document_id),
            attempt=claim.attempts,
            code=type(reason).__name__,
        )
    else:
        with runtime.transaction() as uow:
            written = scanning.finish(claim, STATES[verdict], uow=uow)
        _log.info(
            "document.scanned",
            document_id=str(claim.document_id),
            outcome=verdict.value if written else "fenced",
        )


def sweep_orphans(store: DocumentStore, *, uow: UnitOfWork) -> int:
    """Set aside the kept files that no row names, bring back those that have one again, and empty
    the trash of its oldest days; how many files were moved or removed.

    Unreadable, and nothing is touched, unless the folder is marked as this database's own. Too many
    files without a row mean the wrong database: they stay, and the log says so.
    """
    wanted = folder_id(FolderKind.DOCUMENTS, uow=uow)
    if wanted is None:
        return 0
    store.require_marked_as(wanted)
    moved = store.remove_incoming_before(uow.now() - INCOMING_AGE)
    moved += _bring_back(store, uow=uow)
    orphans, kept = _orphans(store, uow=uow)
    if len(orphans) > max(FEW, kept // PART):
        _log.error("documents.too_many_without_row", count=len(orphans), kept=kept)
        return moved
    today = uow.now().date()
    for name in orphans:
        store.set_aside(name, today)
    emptied = store.empty_trash_before(today - TRASH_AGE)
    if orphans or emptied:
        _log.warning("documents.set_aside", count=len(orphans), kept=kept, emptied=emptied)
    return moved + len(orphans) + emptied


def _orphans(store: DocumentStore, *, uow: UnitOfWork) -> tuple[list[str], int]:
    """The old files that no row names, and how many old files there are."""
    old, orphans, kept = store.kept_before(uow.now() - ORPHAN_AGE), [], 0
    while names := list(islice(old, BATCH)):
        orphans += _without_row(names, uow=uow)
        kept += len(names)
    return orphans, kept


def _bring_back(store: DocumentStore, *, uow: UnitOfWork) -> int:
    """What another state of the database had set aside."""
    found = store.in_trash()
    known = set(found) - set(_without_row(found, uow=uow))
    for name in known:
        store.bring_back(name)
    if known:
        _log.warning("documents.brought_back", count=len(known))
    return len(known)


def _without_row(names: list[str], *, uow: UnitOfWork) -> list[str]:
    return list(uow.session.scalars(_WITHOUT_ROW, {"names": names}))
