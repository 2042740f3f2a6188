"""One transaction's worth of work: rows, audit, events and alerts commit together or not at all.

Who opens it owns it (`infra.database`): a clean exit commits, any exception rolls back, and no
command ever commits.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from services.shared.actor import Acting, Actor
from services.shared.audit import Audited
from services.shared.clock import Clock, legal_day
from services.shared.events import Event, plain
from services.shared.outbox import OutboxEvent

# A sweeper looks at least so often what is due next: what becomes due later needs no notice.
LOOKS_EVERY = timedelta(seconds=5)
# The channel on which a commit that made something due wakes the sweepers. A hint, no memory.
DUE_CHANNEL = "maillage_due"
# With the ground on which the reader may see the case (services/consent/access.sql).
_READ_ALL = text(
    """
    INSERT INTO read_entries (at, actor_id, case_id, what, category_mask, basis, request_id)
    SELECT :at, :actor, c.id, :what, :mask, s.basis, :request
    FROM unnest(CAST(:ids AS uuid[])) AS c(id) LEFT JOIN may_see s ON s.case_id = c.id
    """
)
Fact = TypeVar("Fact")

_AUDIT_ALL = text(
    """
    INSERT INTO audit_entries (at, actor_id, action, subject_kind, subject_id, case_id, before,
      after, request_id)
    SELECT :at, actor_id, action, subject_kind, subject_id, case_id, before, after, :request
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(actor_id uuid, action text,
      subject_kind text, subject_id uuid, case_id uuid, before jsonb, after jsonb)
    """
)


class OfSubject(Enum):
    """The case of an audit entry is that of its subject."""

    OF_SUBJECT = "of_subject"


OF_SUBJECT = OfSubject.OF_SUBJECT


class UnitOfWork:
    def __init__(self, session: Session, clock: Clock, request_id: str | None = None) -> None:
        self.session = session
        self.clock = clock
        self.request_id = request_id
        self._now = clock.now()
        self._woke = False
        self._known: dict[str, Any] = {}
        self._entries: list[dict[str, Any]] = []
        # The cases of what this transaction recorded or read, in that order.
        self.cases: list[UUID] = []

    def now(self) -> datetime:
        """The one instant of this transaction: what it writes is valid for what it reads."""
        return self._now

    def today(self) -> date:
        """Today in the court's calendar."""
        return legal_day(self._now)

    def once(self, key: str, read: Callable[[], Fact]) -> Fact:
        """What `read` gives; asked once in this transaction, until somebody calls `forget`."""
        if key not in self._known:
            self._known[key] = read()
        found: Fact = self._known[key]
        return found

    def forget(self, *keys: str) -> None:
        """Have these facts read again: for whoever changes one in this transaction."""
        for key in keys:
            self._known.pop(key, None)

    def record(
        self,
        action: str,
        subject: Any,
        *,
        actor: Acting | None,
        case_id: UUID | OfSubject | None = OF_SUBJECT,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        event: Event | None = None,
        with_next: bool = False,
    ) -> None:
        """Write one past fact: what was done to `subject` (a record with an id), what that changed.

        It is the entry of the audit. With `event` it is also told to its subscribers, who hear of
        it after the commit. Without `case_id` it belongs to the case of the subject, if that has
        one; None keeps it out of every case. Values are ids, states, days, moments, versions:
        never content. `with_next`: written together with the next entry of this transaction, or at
        its end.
        """
        self.session.flush()
        if isinstance(case_id, OfSubject):
            case_id = getattr(subject, "case_id", None)
        if case_id is not None:
            self.cases.append(case_id)
        entry = Audited(
            subject_id=getattr(subject, "id", None), case_id=case_id, before=before, after=after
        )
        self._write(action, subject.__tablename__, [entry], actor, with_next=with_next)
        if event is not None:
            self.announce(event, actor=actor)

    def announce(self, event: Event, *, actor: Acting | None) -> None:
        """Put an event in the outbox of this transaction and wake the dispatcher at commit."""
        self.session.execute(
            insert(OutboxEvent).inline(),
            {
                "id": uuid4(),
                "name": event.name,
                "case_id": event.case_id,
                "payload": event.payload(),
                "actor_id": actor.id if actor else None,
                "occurred_at": self.now(),
            },
        )
        self.wake()

    def wake(self) -> None:
        """NOTIFY at commit that something is due now (at most once per transaction)."""
        if not self._woke:
            self._woke = True
            self.session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": DUE_CHANNEL})

    def record_all(
        self,
        action: str,
        subject_kind: str,
        entries: Sequence[Audited],
        *,
        actor: Acting | None = None,
        with_next: bool = False,
    ) -> None:
        """Write what `actor`, or the program, did to many records, as `record` does of one."""
        if entries:
            self._write(action, subject_kind, entries, actor, with_next=with_next)

    def _write(
        self,
        action: str,
        subject_kind: str,
        entries: Sequence[Audited],
        actor: Acting | None,
        *,
        with_next: bool,
    ) -> None:
        done: dict[str, Any] = {"action": action, "subject_kind": subject_kind}
        done["actor_id"] = actor.id if actor else None
        self._entries += [
            done | vars(each) | {"before": _plainly(each.before), "after": _plainly(each.after)}
            for each in entries
        ]
        if not with_next:
            self.write_entries()

    def write_entries(self) -> None:
        """Write what waits for the next entry: for whoever ends the transaction."""
        if self._entries:
            values = {"at": self.now(), "request": self.request_id}
            rows = json.dumps(self._entries, default=str)
            self.session.execute(_AUDIT_ALL, values | {"rows": rows})
            self._entries = []

    def read(self, case_id: UUID, what: str, mask: int, *, actor: Actor) -> None:
        """Log that `actor` reads `what` of a case now. If this fails the answer is not given."""
        self.read_all([case_id], what, mask, actor=actor)

    def read_all(self, case_ids: Iterable[UUID], what: str, mask: int, *, actor: Actor) -> None:
        """Log the same reading of several cases, as `read` does of one, in one statement."""
        found = list(case_ids)
        if not found:
            return
        self.cases.extend(found)
        values: dict[str, Any] = {"at": self.now(), "actor": actor.id, "ids": found}
        values |= {"what": what, "mask": mask, "request": self.request_id}
        self.session.execute(_READ_ALL, values)


def _plainly(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: plain(value) for name, value in values.items()}
