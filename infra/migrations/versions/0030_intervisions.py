"""Intervisions: series, sessions, invitations, proposals, tables (docs/decisions/0040)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intervision_series",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("facilitator_id", sa.Uuid(), nullable=False),
        sa.Column("co_facilitator_id", sa.Uuid(), nullable=True),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("max_per_sector", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("self_vote", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('intervision', 'supervision', 'concertation', 'housing_table')",
            name=op.f("ck_intervision_series_kind"),
        ),
        sa.CheckConstraint(
            "capacity BETWEEN 2 AND 500 AND quorum BETWEEN 1 AND capacity AND max_per_sector BETWEEN 1 AND capacity AND points BETWEEN 1 AND 20",
            name=op.f("ck_intervision_series_numbers"),
        ),
        sa.CheckConstraint(
            "co_facilitator_id <> facilitator_id", name=op.f("ck_intervision_series_facilitators")
        ),
        sa.ForeignKeyConstraint(
            ["co_facilitator_id"],
            ["professionals.id"],
            name=op.f("fk_intervision_series_co_facilitator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["professionals.id"], name=op.f("fk_intervision_series_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["facilitator_id"],
            ["professionals.id"],
            name=op.f("fk_intervision_series_facilitator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervision_series")),
    )
    op.create_index(
        op.f("ix_intervision_series_co_facilitator_id"),
        "intervision_series",
        ["co_facilitator_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_intervision_series_facilitator_id"),
        "intervision_series",
        ["facilitator_id"],
        unique=False,
    )
    op.create_table(
        "intervision_sessions",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'cancelled')", name=op.f("ck_intervision_sessions_state")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_intervision_sessions_times")),
        sa.ForeignKeyConstraint(
            ["host_id"], ["organisations.id"], name=op.f("fk_intervision_sessions_host_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["intervision_series.id"], name=op.f("fk_intervision_sessions_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervision_sessions")),
        sa.UniqueConstraint(
            "series_id", "number", name=op.f("uq_intervision_sessions_series_id_number")
        ),
    )
    op.create_index(
        "ix_intervision_sessions_starts_at", "intervision_sessions", ["starts_at"], unique=False
    )
    op.create_table(
        "series_hosts",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_series_hosts_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["intervision_series.id"], name=op.f("fk_series_hosts_series_id")
        ),
        sa.PrimaryKeyConstraint("series_id", "position", name=op.f("pk_series_hosts")),
    )
    op.create_table(
        "series_members",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_series_members_professional_id"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["intervision_series.id"], name=op.f("fk_series_members_series_id")
        ),
        sa.PrimaryKeyConstraint("series_id", "professional_id", name=op.f("pk_series_members")),
    )
    op.create_index(
        op.f("ix_series_members_professional_id"),
        "series_members",
        ["professional_id"],
        unique=False,
    )
    op.create_table(
        "proposals",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("proposer_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("vignette", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("impasse", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("waiting_weeks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'in_reading', 'visible', 'returned', 'withdrawn')",
            name=op.f("ck_proposals_state"),
        ),
        sa.CheckConstraint("reader_id <> proposer_id", name=op.f("ck_proposals_reader")),
        sa.CheckConstraint("waiting_weeks >= 0", name=op.f("ck_proposals_waiting")),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["professionals.id"], name=op.f("fk_proposals_proposer_id")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["professionals.id"], name=op.f("fk_proposals_reader_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["intervision_sessions.id"], name=op.f("fk_proposals_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint(
            "session_id", "pseudonym", name=op.f("uq_proposals_session_id_pseudonym")
        ),
    )
    op.create_index(op.f("ix_proposals_proposer_id"), "proposals", ["proposer_id"], unique=False)
    op.create_index(op.f("ix_proposals_reader_id"), "proposals", ["reader_id"], unique=False)
    op.create_table(
        "session_invitations",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="invited", nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('invited', 'accepted', 'declined', 'waiting', 'withdrawn')",
            name=op.f("ck_session_invitations_state"),
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_session_invitations_professional_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["intervision_sessions.id"],
            name=op.f("fk_session_invitations_session_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_invitations")),
        sa.UniqueConstraint(
            "session_id",
            "professional_id",
            name=op.f("uq_session_invitations_session_id_professional_id"),
        ),
    )
    op.create_index(
        "ix_session_invitations_professional",
        "session_invitations",
        ["professional_id"],
        unique=False,
    )
    op.create_table(
        "proposal_sources",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_proposal_sources_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_sources_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposal_sources")),
    )
    op.create_index(
        op.f("ix_proposal_sources_case_id"), "proposal_sources", ["case_id"], unique=False
    )
    op.create_table(
        "session_tables",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(proposal_id IS NULL) <> (topic IS NULL)", name=op.f("ck_session_tables_about")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_session_tables_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["intervision_sessions.id"], name=op.f("fk_session_tables_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_tables")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_session_tables_proposal_id")),
        sa.UniqueConstraint(
            "session_id", "number", name=op.f("uq_session_tables_session_id_number")
        ),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
