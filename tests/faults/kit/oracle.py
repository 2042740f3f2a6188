"""What was received, against what was owed and what was claimed."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

_CLAIMED = "SELECT message_id FROM deliveries WHERE channel = 'email' AND state = 'sent'"
_STORED = "SELECT id FROM alerts"
# Marked before the copy that came first left: only then may a second one have been sent.
_FLAGGED = "SELECT message_id FROM deliveries WHERE channel = 'email' AND possible_duplicate"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    lost: set[str]
    not_stored: set[str]
    claimed_not_received: set[str]
    doubled_unflagged: set[str]
    # Copies of one message that the ledger of attempts knows nothing of.
    doubled_outside: set[str]
    received: int
    doubled: int
    lateness: list[float]

    @property
    def faults(self) -> dict[str, list[str]]:
        """Empty when nothing is wrong; else a few of each, to look them up."""
        kinds = ("lost", "not_stored", "claimed_not_received", "doubled_unflagged")
        found = {kind: sorted(getattr(self, kind)) for kind in (*kinds, "doubled_outside")}
        return {kind: [f"{len(ids)} in all", *ids[:5]] for kind, ids in found.items() if ids}

    def late(self, share: float) -> float:
        ranked = sorted(self.lateness)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] if ranked else 0.0


def received(log: Path) -> list[dict[str, Any]]:
    """Whole lines only: the last may be being written."""
    if not log.exists():
        return []
    return [
        json.loads(line)
        for line in log.read_bytes().splitlines(keepends=True)
        if line[-1:] == b"\n"
    ]


def judge(world: Any, log: Path, owed: Iterable[UUID]) -> Verdict:
    """`owed` are the alerts whose storing was acknowledged, each to one person who takes mail."""
    wanted = {str(alert) for alert in owed}
    lines = received(log)
    copies = defaultdict(list)
    for line in lines:
        copies[line["message_id"]].append(line)
    again = {key: each[1:] for key, each in copies.items() if len(each) > 1}
    flagged = {key for (key,) in world.run(_FLAGGED)}
    return Verdict(
        lost=wanted - {line["alert"] for line in lines},
        not_stored=wanted - {str(key) for (key,) in world.run(_STORED)},
        claimed_not_received={key for (key,) in world.run(_CLAIMED)} - set(copies),
        doubled_unflagged={
            key for key, each in again.items() if not all(c["flagged"] for c in each)
        },
        doubled_outside=set(again) - flagged,
        received=len(lines),
        doubled=sum(map(len, again.values())),
        lateness=_lateness(world, copies),
    )


def _lateness(world: Any, copies: dict[str, list[dict[str, Any]]]) -> list[float]:
    """From due to first received."""
    query = (
        "SELECT d.message_id, extract(epoch FROM a.due_at)::float"
        " FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.channel = 'email'"
    )
    due = dict(world.run(query))
    return [each[0]["at"] - due[key] for key, each in copies.items() if key in due]
