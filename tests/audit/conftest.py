"""Journals with entries of their own, a sealer, and a key to sign anchors with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import make_url

from infra.audit.anchors import Anchor, sign
from infra.audit.keys import Signer, make_keys, read_signer

LONG_AGO = datetime(2026, 2, 18, 9, 0, tzinfo=UTC)


@dataclass
class Journals:
    """Written by the owner, whose triggers fire; sealed by the worker's role, as in life."""

    owner: psycopg.Connection
    worker: psycopg.Connection
    signer: Signer
    anchors: list[Anchor] = field(default_factory=list)
    number: int = 0

    def write(self, count: int = 1) -> None:
        for _ in range(count):
            self.number += 1
            self.owner.execute(
                "INSERT INTO audit_entries (at, actor_id, action, subject_kind, subject_id,"
                " case_id, before, after, request_id) VALUES (%s, %s, %s, 'notes', %s, %s, %s,"
                " %s, %s)",
                (
                    LONG_AGO + timedelta(seconds=self.number),
                    uuid4(),
                    f"act_{self.number % 7}",
                    uuid4(),
                    uuid4(),
                    Jsonb({"version": self.number}),
                    Jsonb({"version": self.number + 1, "state": "é\u2028"}),
                    None if self.number % 5 else f"r{self.number}",
                ),
            )

    def read(self, count: int = 1) -> None:
        for _ in range(count):
            self.number += 1
            self.owner.execute(
                "INSERT INTO read_entries (at, actor_id, case_id, what, category_mask, basis,"
                " request_id) VALUES (%s, %s, %s, 'case', %s, %s, %s)",
                (
                    LONG_AGO + timedelta(seconds=self.number),
                    uuid4(),
                    uuid4(),
                    self.number % 1024,
                    "break_glass" if self.number % 2 else None,
                    f"r{self.number}",
                ),
            )

    def seal(self, most: int = 5_000) -> int:
        return self.worker.execute("SELECT seal_audit(%s)", (most,)).fetchone()[0]

    def anchor(self) -> Anchor:
        """Of the present head, kept outside the database."""
        position, chain_hash = self.owner.execute(
            "SELECT position, chain_hash FROM audit_seals ORDER BY position DESC LIMIT 1"
        ).fetchone()
        self.anchors.append(sign(position, chain_hash, LONG_AGO, self.signer))
        return self.anchors[-1]


def connect(cluster, role: str) -> psycopg.Connection:
    url = make_url(cluster.url(role)).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(), autocommit=True)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return read_signer(make_keys(tmp_path))


@pytest.fixture
def journals(superuser, cluster, signer) -> Iterator[Journals]:
    with (
        connect(cluster, "maillage_owner") as owner,
        connect(cluster, "maillage_worker") as worker,
    ):
        yield Journals(owner, worker, signer)
