"""Who goes along to a hearing."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_accompaniments_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "accompaniments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("hearing_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=True),
        sa.Column("outside", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('lawyer', 'companion', 'back_up')", name=op.f("ck_accompaniments_role")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'declined', 'moved', 'ended')",
            name=op.f("ck_accompaniments_state"),
        ),
        sa.CheckConstraint(
            "(professional_id IS NULL) <> (outside IS NULL)",
            name=op.f("ck_accompaniments_one_person"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_accompaniments_answered"),
        ),
        _key("case_id", "cases"),
        _key("hearing_id", "hearings"),
        _key("professional_id", "professionals"),
        _key("asked_by", "professionals"),
        _key("answered_by", "professionals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accompaniments")),
    )
    op.create_index(op.f("ix_accompaniments_case_id"), "accompaniments", ["case_id"])
    op.create_index("ix_accompaniments_hearing", "accompaniments", ["hearing_id"])
    op.create_index(
        "uq_accompaniments_open",
        "accompaniments",
        ["hearing_id", "professional_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
