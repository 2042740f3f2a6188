"""The check of the chain: every hash made again from the rows, and compared with the anchors.

It trusts neither the functions of the database nor its seals: the canonical text of a row is asked
for with built-in functions only, and hashed here. One snapshot, read in the order of the chain,
with a memory that does not grow.
"""

import hashlib
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from infra.audit.anchors import Anchor, AnchorUnreadable
from infra.audit.keys import Verifier

JOURNALS = ("audit_entries", "read_entries")
# Every column, in the order that services/audit/chain.sql states too.
COLUMNS = {
    "audit_entries": (
        *("seq", "at", "actor_id", "action", "subject_kind", "subject_id"),
        *("case_id", "before", "after", "request_id"),
    ),
    "read_entries": (
        *("seq", "at", "actor_id", "case_id", "what", "category_mask", "basis", "request_id"),
    ),
}
FIRST_LINK = hashlib.sha256(b"maillage audit chain").digest()
_BATCH = 5_000

_SEALS = b"""
SELECT s.position, s.journal, s.entry_seq, s.entry_hash, s.chain_hash,
  (extract(epoch FROM s.sealed_at) * 1000000)::bigint,
  CASE s.journal WHEN 'audit_entries' THEN (
    SELECT jsonb_build_array('audit_entries', '1', e.seq,
      (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_id, e.action, e.subject_kind,
      e.subject_id, e.case_id, e.before, e.after, e.request_id)::text
    FROM public.audit_entries e WHERE e.seq = s.entry_seq)
  ELSE (
    SELECT CASE WHEN e.basis IS NULL THEN jsonb_build_array('read_entries', '1', e.seq,
      (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_id, e.case_id, e.what,
      e.category_mask, e.request_id)
    ELSE jsonb_build_array('read_entries', '2', e.seq,
      (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_id, e.case_id, e.what,
      e.category_mask, e.basis, e.request_id) END::text
    FROM public.read_entries e WHERE e.seq = s.entry_seq)
  END
FROM public.audit_seals s ORDER BY s.position
"""
_WAITING = b"""
SELECT u.journal, u.entry_seq, coalesce(a.at, r.at),
       coalesce(a.at, r.at) < clock_timestamp() - interval '1 hour'
FROM public.unsealed_entries u
LEFT JOIN public.audit_entries a ON u.journal = 'audit_entries' AND a.seq = u.entry_seq
LEFT JOIN public.read_entries r ON u.journal = 'read_entries' AND r.seq = u.entry_seq
ORDER BY u.journal, u.entry_seq
"""
_COUNTS = b"""
SELECT (SELECT count(*) FROM public.audit_entries), (SELECT count(*) FROM public.read_entries)
"""
_SLIPPED_IN = {
    "audit_entries": b"""
SELECT min(seq) FROM public.audit_entries e
WHERE NOT EXISTS (SELECT FROM public.audit_seals s
                  WHERE s.journal = 'audit_entries' AND s.entry_seq = e.seq)
AND NOT EXISTS (SELECT FROM public.unsealed_entries u
                WHERE u.journal = 'audit_entries' AND u.entry_seq = e.seq)
""",
    "read_entries": b"""
SELECT min(seq) FROM public.read_entries e
WHERE NOT EXISTS (SELECT FROM public.audit_seals s
                  WHERE s.journal = 'read_entries' AND s.entry_seq = e.seq)
AND NOT EXISTS (SELECT FROM public.unsealed_entries u
                WHERE u.journal = 'read_entries' AND u.entry_seq = e.seq)
""",
}


class Tampered(Exception):
    """The first broken thing, as a sentence without its full stop."""


@dataclass
class Report:
    """What was checked; `head` is the last position, `anchored` the last that an anchor names."""

    sealed: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    anchors: int = 0
    anchored: int = 0
    head: int = 0
    chain_hash: bytes = FIRST_LINK


def verify(
    connection: psycopg.Connection, anchors: Iterable[Anchor], key: Verifier | None
) -> Report:
    """Check one snapshot; Tampered at the first thing that is not as it was. Changes nothing."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return check(connection, anchors, key)


def check(
    connection: psycopg.Connection, anchors: Iterable[Anchor], key: Verifier | None
) -> Report:
    """`verify` inside a transaction that is open already, and as it sees the tables."""
    report = Report()
    connection.execute("SET LOCAL search_path = pg_catalog")
    _check_chain(connection, _Trail(anchors, key), report)
    _check_waiting(connection, report)
    return report


class _Trail:
    """The anchors along the chain, each signed, in the order of their positions."""

    def __init__(self, anchors: Iterable[Anchor], key: Verifier | None) -> None:
        self._anchors = self._checked(anchors, key)
        self.next = next(self._anchors, None)

    def pass_by(self, report: Report) -> None:
        """Compare every anchor of the present position."""
        while self.next is not None and self.next.position == report.head:
            if self.next.chain_hash != report.chain_hash:
                raise Tampered(
                    f"the chain was rewritten: the anchor of {_moment(self.next.at)} names"
                    f" another hash at position {report.head}"
                )
            report.anchors += 1
            report.anchored = report.head
            self.next = next(self._anchors, None)

    def _checked(self, anchors: Iterable[Anchor], key: Verifier | None) -> Iterator[Anchor]:
        last = 0
        try:
            for anchor in anchors:
                if key is None or not anchor.is_signed_by(key):
                    raise Tampered(
                        f"the anchor of position {anchor.position} is not signed with our key"
                    )
                if anchor.position < max(last, 1):
                    raise Tampered(
                        f"the anchors were reordered: position {anchor.position} stands after"
                        f" {last}"
                    )
                last = anchor.position
                yield anchor
        except AnchorUnreadable:
            raise Tampered(f"the anchors cannot be read after position {last}") from None


def _check_chain(connection: psycopg.Connection, trail: _Trail, report: Report) -> None:
    with connection.cursor(name="seals", binary=True) as cursor:
        cursor.itersize = _BATCH
        for row in cursor.execute(_SEALS):
            _check_link(row, report)
            if trail.next is not None and trail.next.position == report.head:
                trail.pass_by(report)
    if trail.next is not None:
        raise Tampered(
            f"the tail was cut: the anchor of {_moment(trail.next.at)} names position"
            f" {trail.next.position}, the chain ends at {report.head}"
        )


def _check_link(row: tuple[int, str, int, bytes, bytes, int, str | None], report: Report) -> None:
    position, journal, seq, entry_hash, chain_hash, instant, text = row
    if position != report.head + 1:
        raise Tampered(f"the chain is broken at position {report.head + 1}: it is missing")
    if text is None:
        raise Tampered(f"{journal} row {seq} was deleted")
    link = hashlib.sha256(report.chain_hash + entry_hash + struct.pack(">q", instant)).digest()
    if link != chain_hash:
        raise Tampered(f"the chain is broken at position {position} ({journal} row {seq})")
    if hashlib.sha256(text.encode()).digest() != entry_hash:
        raise Tampered(f"{journal} row {seq} was altered")
    report.sealed[journal] += 1
    report.head, report.chain_hash = position, link


def _check_waiting(connection: psycopg.Connection, report: Report) -> None:
    waiting: Counter[str] = Counter()
    old = 0
    for journal, seq, at, is_old in connection.execute(_WAITING):
        if at is None:
            raise Tampered(f"{journal} row {seq} was deleted before it was sealed")
        waiting[journal] += 1
        old += is_old
    counted = connection.execute(_COUNTS).fetchone()
    for journal, count in zip(JOURNALS, counted or (), strict=True):
        if count != report.sealed[journal] + waiting[journal]:
            slipped = connection.execute(_SLIPPED_IN[journal]).fetchone()
            raise Tampered(
                f"{journal} row {slipped[0] if slipped else '?'} was slipped in: it is neither"
                " sealed nor waiting to be"
            )
    if old:
        raise Tampered(f"{old} entries are older than an hour and not sealed")
    report.waiting = waiting.total()


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
