"""Ballots: rules, options, electors, who voted, the sealed box and the papers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    _ballots()
    op.create_table(
        "ballot_options",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("waiting_weeks", sa.Integer(), nullable=False),
        sa.Column("void", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _key("ballot_options", "ballot_id", "ballots"),
        _key("ballot_options", "proposal_id", "proposals"),
        sa.PrimaryKeyConstraint("ballot_id", "proposal_id", name=op.f("pk_ballot_options")),
    )
    op.create_index(op.f("ix_ballot_options_proposal_id"), "ballot_options", ["proposal_id"])
    op.create_table(
        "ballot_electors",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        _key("ballot_electors", "ballot_id", "ballots"),
        _key("ballot_electors", "professional_id", "professionals"),
        sa.PrimaryKeyConstraint("ballot_id", "professional_id", name=op.f("pk_ballot_electors")),
    )
    op.create_index(
        op.f("ix_ballot_electors_professional_id"), "ballot_electors", ["professional_id"]
    )
    op.create_table(
        "ballot_voters",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id", "professional_id"],
            ["ballot_electors.ballot_id", "ballot_electors.professional_id"],
            name="fk_ballot_voters_elector",
        ),
        sa.PrimaryKeyConstraint("ballot_id", "professional_id", name=op.f("pk_ballot_voters")),
    )
    op.create_table(
        "ballot_boxes",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        _key("ballot_boxes", "ballot_id", "ballots"),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_ballot_boxes")),
    )
    op.create_table(
        "ballot_papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        _key("ballot_papers", "ballot_id", "ballots"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_papers")),
    )
    op.create_index(op.f("ix_ballot_papers_ballot_id"), "ballot_papers", ["ballot_id"])


def _ballots() -> None:
    op.create_table(
        "ballots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("self_vote", sa.Boolean(), nullable=False),
        sa.Column("priority_order", postgresql.JSONB(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("electors", sa.Integer(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("seed_digest", sa.Text(), nullable=True),
        sa.Column("reminded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("turnout", sa.Integer(), nullable=True),
        sa.Column("papers_digest", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("void_code", sa.Text(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("key_destroyed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'closed', 'void')", name=op.f("ck_ballots_state")
        ),
        sa.CheckConstraint(
            "points BETWEEN 1 AND 20 AND places BETWEEN 1 AND 50", name=op.f("ck_ballots_numbers")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_ballots_times")),
        sa.CheckConstraint(
            "(state = 'void') = (void_code IS NOT NULL)", name=op.f("ck_ballots_void")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (result IS NOT NULL) AND (state = 'closed') = (seed IS NOT NULL)",
            name=op.f("ck_ballots_result"),
        ),
        _key("ballots", "session_id", "intervision_sessions"),
        _key("ballots", "planned_by", "professionals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
    )
    op.create_index(
        "uq_ballots_session",
        "ballots",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'void'"),
    )
    op.create_index(
        "ix_ballots_running", "ballots", ["state"], postgresql_where=sa.text("NOT key_destroyed")
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
