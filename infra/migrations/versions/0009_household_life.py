"""Closings with a second look, watched cases, persons over their memberships, an adult's consent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("review_on", sa.Date(), nullable=True))
    op.drop_constraint(op.f("ck_cases_state"), "cases", type_="check")
    op.create_check_constraint(
        op.f("ck_cases_state"), "cases", "state IN ('new', 'open', 'watch', 'closed', 'reopened')"
    )
    # Nothing could set this state before: without a day of review there is nothing to keep.
    op.execute("UPDATE cases SET state = 'open' WHERE state = 'watch'")
    op.create_check_constraint(
        op.f("ck_cases_review"), "cases", "(state = 'watch') = (review_on IS NOT NULL)"
    )
    _members()
    _closings()


def _members() -> None:
    # A person each, as far as anybody knew: the default is drawn for every row that is there.
    op.add_column(
        "members",
        sa.Column(
            "person_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
    )
    op.create_index(
        "uq_members_present",
        "members",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )


def _closings() -> None:
    op.create_table(
        "closings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("despite", sa.Text(), nullable=True),
        sa.Column("open_items", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reopening_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_closing_rules(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
    )
    for column in ("proposed_by", "reviewer_id", "reopened_by"):
        op.create_foreign_key(
            op.f(f"fk_closings_{column}"), "closings", "professionals", [column], ["id"]
        )
    op.create_foreign_key(op.f("fk_closings_case_id"), "closings", "cases", ["case_id"], ["id"])
    op.create_index("ix_closings_case", "closings", ["case_id", "proposed_at"])
    op.create_index(op.f("ix_closings_reviewer_id"), "closings", ["reviewer_id"])
    op.create_index(
        "ix_closings_waiting",
        "closings",
        ["proposed_at"],
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "uq_closings_standing",
        "closings",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'confirmed')"),
    )


def _closing_rules() -> list[sa.CheckConstraint]:
    rules = {
        "reason": "reason IN ('solved', 'moved', 'lost_contact', 'household_wish', 'other')",
        "words": "reason <> 'other' OR words IS NOT NULL",
        "state": "state IN"
        " ('proposed', 'confirmed', 'refused', 'withdrawn', 'expired', 'reopened')",
        "second_look": "proposed_by <> reviewer_id",
        "decided": "(state = 'proposed') = (decided_at IS NULL)",
        "refusal": "(state = 'refused') = (refusal IS NOT NULL)",
        "reopened": "(state = 'reopened') = (reopened_at IS NOT NULL)",
    }
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_closings_{name}")) for name, rule in rules.items()
    ]


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
