"""The audit chain: seals over both journals, anchors, and unusual reading."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JOURNALS = "journal IN ('audit_entries', 'read_entries')"


def upgrade() -> None:
    op.create_table(
        "unsealed_entries",
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_JOURNALS, name=op.f("ck_unsealed_entries_journal")),
        sa.PrimaryKeyConstraint("journal", "entry_seq", name=op.f("pk_unsealed_entries")),
    )
    op.create_table(
        "audit_seals",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_JOURNALS, name=op.f("ck_audit_seals_journal")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("journal", "entry_seq", name=op.f("uq_audit_seals_journal_entry_seq")),
    )
    op.create_table(
        "audit_anchors",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_anchors")),
    )
    op.create_table(
        "unusual_readings",
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("span IN ('hour', 'day')", name=op.f("ck_unusual_readings_span")),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_unusual_readings_professional_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unusual_readings")),
        sa.UniqueConstraint("professional_id", "span", "since", name="uq_unusual_readings_once"),
    )
    op.create_index(
        "ix_read_entries_at", "read_entries", ["at"], unique=False, postgresql_using="brin"
    )
    # What was written before there was a chain enters it now, in the order of its numbers.
    op.execute(
        "INSERT INTO unsealed_entries SELECT 'audit_entries', seq FROM audit_entries"
        " UNION ALL SELECT 'read_entries', seq FROM read_entries"
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
