"""Files from quarantine to the scanner and back, and files that belong to nothing."""

from datetime import timedelta
from itertools import islice

import structlog

from infra.files.scanner import NoVerdict, Scanner, ScannerAway, Verdict
from infra.files.store import DocumentStore
from notifications.backoff import delay
from services.documents import scanning
from services.documents.model import ScanState
from services.documents.scanning import Claim
from services.evictions import bundle_queries
from services.shared.errors import Unreadable
from services.shared.unit_of_work import UnitOfWork
from workers.runtime import Runtime

# A file is kept before its row is committed: younger ones may still get theirs.
ORPHAN_AGE = timedelta(hours=1)
BATCH = 500
STATES = {Verdict.CLEAN: ScanState.CLEAN, Verdict.INFECTED: ScanState.INFECTED}
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
    """Remove files that nothing refers to; how many."""
    before = uow.now() - ORPHAN_AGE
    removed = store.remove_incoming_before(before)
    old = store.kept_before(before)
    while names := list(islice(old, BATCH)):
        orphans = scanning.without_row(names, uow=uow)
        for name in bundle_queries.without_row(orphans, uow=uow):
            store.remove(name)
            removed += 1
    return removed
