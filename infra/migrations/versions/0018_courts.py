"""The courts of the justices of the peace, and what a network corrects of them.

Their rows come from `infra.courts` at the end of the same upgrade, which also puts what was free
text in procedures and for liaisons under the code of the canton it means.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("seat", postgresql.JSONB(), nullable=False),
        sa.Column("territory", postgresql.JSONB(), nullable=False),
        sa.Column("communes", postgresql.JSONB(), nullable=False),
        sa.Column("arrondissement", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courts")),
        sa.UniqueConstraint("code", name=op.f("uq_courts_code")),
        sa.UniqueConstraint("source_id", name=op.f("uq_courts_source_id")),
    )
    op.create_table(
        "court_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'withdrawn')", name=op.f("ck_court_corrections_state")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_by IS NOT NULL)",
            name=op.f("ck_court_corrections_withdrawn_by"),
        ),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_court_corrections_withdrawn_at"),
        ),
        sa.ForeignKeyConstraint(
            ["court_id"], ["courts.id"], name=op.f("fk_court_corrections_court_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["professionals.id"], name=op.f("fk_court_corrections_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["professionals.id"], name=op.f("fk_court_corrections_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_corrections")),
    )
    op.create_index(op.f("ix_court_corrections_court_id"), "court_corrections", ["court_id"])


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
