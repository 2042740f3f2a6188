"""Does the database know all that the ledger says? And if not: do it again, before anything opens.

Runs as maillage_owner, after a restore (`maillage erasure replay`, and `maillage up` by itself).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, text

from infra.audit.keys import read_signer
from infra.database import Database
from infra.erasure.ledger import HashedLine, LedgerBroken, LedgerFile, entries_after, head_of
from infra.files.store import DocumentStore
from infra.files.taking import take_folders
from infra.settings import Settings
from infra.unfit import MayNotOpen
from services.retention import ledger, replaying
from services.retention.model import LedgerKind
from services.shared.clock import SystemClock
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring

_HEAD = text("SELECT head, hash FROM ledger_head()")
_KNOWN = text("SELECT ledger_knows(:entries)")


class LedgerAhead(MayNotOpen):
    """A sentence without its full stop: what the operator has to do before this may open."""


@dataclass
class Replayed:
    erased: int = 0
    revoked: int = 0
    # Exclusions of somebody who leads the case again since the restore: a person has to look.
    to_look_at: int = 0


def require_replayed(path: Path | None, connection: Connection) -> None:
    """LedgerAhead unless this database knows every line of the ledger. Reads one line, mostly."""
    if path is None:
        return
    row = connection.execute(_HEAD).one_or_none()
    known, known_hash = (0, b"") if row is None else (row.head, bytes(row.hash))
    position, line_hash = head_of(path)
    if position < known or (position == known and line_hash != known_hash):
        raise LedgerAhead(
            f"the ledger {path} is not the one of this database, which knows {known} lines:"
            " put the right file back"
        )
    if position > known:
        entries = entries_after(path, known)
        lacking = len(entries) - int(connection.execute(_KNOWN, {"entries": entries}).scalar_one())
        if lacking:
            raise LedgerAhead(
                f"the ledger knows {lacking} erasures or withdrawals that this database lacks,"
                " as after a restore: run maillage erasure replay"
            )


def replay(settings: Settings, say: Callable[[str], None] = print) -> Replayed:
    """Every line that the database lacks, each in its own transaction: stop it and run it again.
    NotOurs, and nothing is done, if a folder is another database's.
    """
    if settings.erasure_ledger is None or settings.anchor_key is None or not settings.case_keys:
        return Replayed()
    owner = Database(settings.owner_database_url, pool_size=1)
    try:
        take_folders(settings, owner.engine)
        lines = LedgerFile(settings.erasure_ledger, read_signer(settings.anchor_key)).read()
        repetition = _Repetition(
            owner=owner,
            keys=CaseKeys(settings.case_keys, Keyring(settings.seal_keys)),
            store=DocumentStore(settings.documents_dir),
            renewals=_renewals(lines),
        )
        for each in _lacking(lines, owner):
            repetition.repeat(each)
        repetition.destroy_keys(lines)
    finally:
        owner.dispose()
    if repetition.done != Replayed():
        say(_summary(repetition.done))
    return repetition.done


def _lacking(lines: list[HashedLine], owner: Database) -> Iterator[HashedLine]:
    with owner.transaction(clock=SystemClock(), actor=None) as uow:
        known, known_hash = ledger.head(uow=uow)
    if known > len(lines) or (known and lines[known - 1].hash != known_hash):
        raise LedgerBroken(f"the database knows another line {known} of the ledger")
    yield from lines[known:]


def _renewals(lines: list[HashedLine]) -> dict[UUID, UUID]:
    """Each consent and the one that it renewed."""
    return {
        each.line.subject_id: each.line.other_id
        for each in lines
        if each.line.kind == LedgerKind.CONSENT_RENEWED and each.line.other_id
    }


@dataclass(frozen=True, kw_only=True)
class _Repetition:
    owner: Database
    keys: CaseKeys
    store: DocumentStore
    renewals: Mapping[UUID, UUID]
    done: Replayed = field(default_factory=Replayed)

    def repeat(self, written: HashedLine) -> None:
        line = written.line
        erased = line.case_id if line.kind == LedgerKind.CASE_ERASED else None
        if erased is not None:
            self._destroy(erased)
        with self.owner.transaction(clock=SystemClock(), actor=None) as uow:
            if erased is not None:
                replaying.erase(line, uow=uow)
                self.done.erased += 1
            elif replaying.revoke(line, self.renewals, uow=uow):
                self.done.revoked += 1
            else:
                self.done.to_look_at += 1
            replaying.end_sessions(uow=uow)
            ledger.keep_replayed(line, written.hash, uow=uow)

    def destroy_keys(self, lines: list[HashedLine]) -> None:
        """Destroy keys that came back with a backup too, whatever the database knows."""
        for each in lines:
            if each.line.kind == LedgerKind.CASE_ERASED and each.line.case_id:
                self.keys.destroy(each.line.case_id)

    def _destroy(self, case_id: UUID) -> None:
        """The key and the files, before the rows that name the files."""
        self.keys.destroy(case_id)
        with self.owner.transaction(clock=SystemClock(), actor=None) as uow:
            names = replaying.files_of(case_id, uow=uow)
        for name in names:
            self.store.remove(name)


def _summary(done: Replayed) -> str:
    sentence = f"Replayed: {done.erased} cases erased again, {done.revoked} endings repeated."
    if done.to_look_at:
        sentence += f" {done.to_look_at} exclusions name whoever leads the case: hand it over."
    return sentence
