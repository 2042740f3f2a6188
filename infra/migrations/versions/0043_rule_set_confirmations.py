"""A lawyer of the network confirms a rule set."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_set_confirmations",
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("law_text", sa.Text(), nullable=False),
        sa.Column("lawyer", sa.Text(), nullable=False),
        sa.Column("bar", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_set_confirmations"),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_rule_set_confirmations_withdrawn_at"),
        ),
    )
    for column in ("recorded_by", "withdrawn_by"):
        op.create_foreign_key(
            op.f(f"fk_rule_set_confirmations_{column}"),
            "rule_set_confirmations",
            "professionals",
            [column],
            ["id"],
        )
    op.create_index(
        "ix_rule_set_confirmations_rule_set", "rule_set_confirmations", ["rule_set", "number"]
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
