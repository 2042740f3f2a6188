"""The heads of the audit chain leave the database, signed: nobody inside can rewrite them."""

import time
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infra.audit.anchors import Anchor, Exporter, ExportFailed, sign
from infra.audit.keys import Signer
from services.audit import anchoring
from services.shared.audit import AuditAnchor
from workers.runtime import Runtime

# After a failure: a way out that hangs may cost a sweeper its time-out once in this while.
ROUND_SECONDS = 30.0
_log = structlog.get_logger()


class Anchoring:
    """Sign when it is due, export what is not outside yet. Two of them write one content."""

    def __init__(self, signer: Signer, ways: Sequence[Exporter]) -> None:
        self._signer = signer
        self._ways = ways
        self._not_before = 0.0

    def take_turn(self, runtime: Runtime) -> None:
        """Never raises for what is away: the next round finds the same rows."""
        if time.monotonic() < self._not_before:
            return
        try:
            self._sign_head(runtime)
            self._export(runtime)
        except ExportFailed as failure:
            self._not_before = time.monotonic() + ROUND_SECONDS
            _log.error("anchor.not_exported", code=str(failure))
        except SQLAlchemyError as failure:
            self._not_before = time.monotonic() + ROUND_SECONDS
            _log.error("anchor.database_away", error=type(failure).__name__)

    def _sign_head(self, runtime: Runtime) -> None:
        with runtime.transaction() as uow:
            head = anchoring.head_to_anchor(uow=uow)
            if head is not None:
                anchor = sign(head.position, head.chain_hash, head.at, self._signer)
                anchoring.keep_anchor(
                    head, key_id=anchor.key_id, signature=anchor.signature, uow=uow
                )

    def _export(self, runtime: Runtime) -> None:
        """No transaction is open while a way out is asked; a failure ends the round."""
        with runtime.transaction() as uow:
            waiting = [_outward(row) for row in anchoring.anchors_to_export(uow=uow)]
        for anchor in waiting:
            for way in self._ways:
                way.export(anchor)
            with runtime.transaction() as uow:
                anchoring.mark_exported(anchor.position, uow=uow)
            _log.info("anchor.exported", position=anchor.position)


def _outward(row: AuditAnchor) -> Anchor:
    return Anchor(
        position=row.position,
        chain_hash=row.chain_hash,
        at=row.at,
        key_id=row.key_id,
        signature=row.signature,
    )
