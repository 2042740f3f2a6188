"""The household's own view: codes, sessions, requests, compartments, and who could see what."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CONFIDENTIAL = (
    "participations",
    "notes",
    "tasks",
    "documents",
    "consents",
    "break_glass_openings",
)


def _member(table: str, column: str) -> None:
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, "members", [column], ["id"])


def upgrade() -> None:
    for table in CONFIDENTIAL:
        _member(table, "confidential_to")
    _member("consents", "given_by_member")
    op.alter_column("consents", "collected_by", nullable=True)
    op.drop_constraint(op.f("ck_consents_evidence"), "consents")
    op.create_check_constraint(
        op.f("ck_consents_evidence"), "consents", "evidence IN ('oral', 'written', 'portal')"
    )
    op.create_check_constraint(
        op.f("ck_consents_given"),
        "consents",
        "(evidence = 'portal') = (given_by_member IS NOT NULL)"
        " AND (evidence = 'portal') = (collected_by IS NULL)",
    )
    _member("exclusions", "set_by_member")
    op.alter_column("exclusions", "set_by", nullable=True)
    op.create_check_constraint(
        op.f("ck_exclusions_one_set_it"),
        "exclusions",
        "(set_by IS NULL) <> (set_by_member IS NULL)",
    )
    for who in ("professional", "organisation"):
        op.drop_index(f"uq_exclusions_{who}", "exclusions")
        op.create_index(
            f"uq_exclusions_{who}",
            "exclusions",
            ["case_id", f"{who}_id", "set_by_member"],
            unique=True,
            postgresql_where=sa.text(f"lifted_at IS NULL AND {who}_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        )
    _member("worker_requests", "asked_by_member")
    op.alter_column("worker_requests", "recorded_by", nullable=True)
    op.create_check_constraint(
        op.f("ck_worker_requests_one_asked"),
        "worker_requests",
        "(recorded_by IS NULL) <> (asked_by_member IS NULL)",
    )
    _member("tasks", "asked_by_member")
    op.alter_column("tasks", "created_by", nullable=True)
    op.create_check_constraint(
        op.f("ck_tasks_one_made_it"), "tasks", "(created_by IS NULL) <> (asked_by_member IS NULL)"
    )
    _portal_tables()
    _share_periods()


def _portal_tables() -> None:
    op.create_table(
        "portal_codes",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("expires_at > issued_at", name=op.f("ck_portal_codes_period")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_portal_codes_case_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_portal_codes_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["professionals.id"], name=op.f("fk_portal_codes_issued_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_portal_codes_code_hash")),
    )
    op.create_index(
        "uq_portal_codes_open",
        "portal_codes",
        ["member_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL AND revoked_at IS NULL"),
    )
    op.create_table(
        "portal_sessions",
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code_id"], ["portal_codes.id"], name=op.f("fk_portal_sessions_code_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_portal_sessions_case_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_portal_sessions_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_sessions")),
        sa.UniqueConstraint("code_id", name=op.f("uq_portal_sessions_code_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_sessions_token_hash")),
    )
    op.create_index(op.f("ix_portal_sessions_member_id"), "portal_sessions", ["member_id"])
    op.create_table(
        "household_requests",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('correction', 'question')", name=op.f("ck_household_requests_kind")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'answered')",
            name=op.f("ck_household_requests_state"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR (kind = 'question') = (state = 'answered')",
            name=op.f("ck_household_requests_outcome"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (answer IS NULL) AND (state = 'open') = (answered_at IS NULL)"
            " AND (state = 'open') = (answered_by IS NULL)",
            name=op.f("ck_household_requests_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_household_requests_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_household_requests_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_household_requests_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["professionals.id"], name=op.f("fk_household_requests_answered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_requests")),
    )
    op.create_index("ix_household_requests_case", "household_requests", ["case_id", "asked_at"])


def _share_periods() -> None:
    op.create_table(
        "share_periods",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("category_mask", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_share_periods_case_id")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["professionals.id"], name=op.f("fk_share_periods_principal_id")
        ),
        sa.PrimaryKeyConstraint(
            "case_id",
            "principal_id",
            "basis",
            "category_mask",
            "since",
            name=op.f("pk_share_periods"),
        ),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
