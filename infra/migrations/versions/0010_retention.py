"""Since when cases are closed, erasures, and the entries for the ledger outside the database."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_retention",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(held_until IS NULL) = (held_by IS NULL)"
            " AND (held_until IS NULL) = (hold_reason IS NULL)",
            name=op.f("ck_case_retention_hold"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_retention_case_id")),
        sa.ForeignKeyConstraint(
            ["held_by"], ["professionals.id"], name=op.f("fk_case_retention_held_by")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_retention")),
    )
    op.create_index("ix_case_retention_closed_at", "case_retention", ["closed_at"])
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_code", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ground IN ('household_request', 'unlawful', 'retention', 'ledger')",
            name=op.f("ck_erasures_ground"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'withdrawn', 'confirmed', 'shredded', 'erased')",
            name=op.f("ck_erasures_state"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'withdrawn') OR ground IN ('retention', 'ledger')"
            " OR confirmed_by IS NOT NULL AND confirmed_by <> requested_by",
            name=op.f("ck_erasures_two_persons"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_erasures_case_id")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["professionals.id"], name=op.f("fk_erasures_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["professionals.id"], name=op.f("fk_erasures_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "uq_erasures_case",
        "erasures",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("line_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('case_erased', 'consent_withdrawn', 'consent_renewed', 'participation_ended',"
            " 'exclusion_set', 'exclusion_lifted', 'reference_changed', 'account_closed')",
            name=op.f("ck_ledger_entries_kind"),
        ),
        sa.CheckConstraint(
            "(position IS NULL) = (line_hash IS NULL)", name=op.f("ck_ledger_entries_written")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("position", name=op.f("uq_ledger_entries_position")),
    )
    op.create_index(
        "ix_ledger_entries_waiting",
        "ledger_entries",
        ["at"],
        postgresql_where=sa.text("position IS NULL"),
    )
    # Cases that were closed before anybody counted: their period begins with this release.
    op.execute(
        "INSERT INTO case_retention (case_id, version, closed_at)"
        " SELECT id, 1, now() FROM cases WHERE state = 'closed'"
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
