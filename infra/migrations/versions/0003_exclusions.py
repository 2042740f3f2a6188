"""Exclusions, a deeper consent record, settings of the network, notes after a withdrawal."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exclusions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(professional_id IS NULL) <> (organisation_id IS NULL)",
            name=op.f("ck_exclusions_one_named"),
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_exclusions_lifted")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_exclusions_case_id")),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_exclusions_professional_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_exclusions_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["professionals.id"], name=op.f("fk_exclusions_set_by")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["professionals.id"], name=op.f("fk_exclusions_lifted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusions")),
    )
    op.create_index(op.f("ix_exclusions_case_id"), "exclusions", ["case_id"], unique=False)
    for named in ("professional", "organisation"):
        op.create_index(
            f"uq_exclusions_{named}",
            "exclusions",
            ["case_id", f"{named}_id"],
            unique=True,
            postgresql_where=sa.text("lifted_at IS NULL"),
        )
    _deepen_consents()
    op.drop_constraint(op.f("ck_participations_role"), "participations", type_="check")
    op.create_check_constraint(
        op.f("ck_participations_role"),
        "participations",
        "role IN ('generalist', 'specialist', 'lawyer', 'connector', 'companion')",
    )
    op.create_table(
        "network_settings",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("notes_after_withdrawal", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("key = 1", name=op.f("ck_network_settings_one_row")),
        sa.CheckConstraint(
            "notes_after_withdrawal IN ('kept_for_reference_worker', 'sealed')",
            name=op.f("ck_network_settings_notes_after_withdrawal"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["professionals.id"], name=op.f("fk_network_settings_changed_by")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_network_settings")),
    )
    for table in ("notes", "note_revisions"):
        op.add_column(table, sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def _deepen_consents() -> None:
    op.add_column(
        "consents",
        sa.Column("lifts_secrecy", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "consents", sa.Column("legal_ground", sa.Text(), server_default="consent", nullable=False)
    )
    op.add_column("consents", sa.Column("document", sa.Text(), nullable=True))
    op.add_column("consents", sa.Column("renewed_from_id", sa.Uuid(), nullable=True))
    op.add_column("consents", sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_consents_legal_ground"),
        "consents",
        "legal_ground IN ('consent', 'contract', 'legal_obligation', 'vital_interest',"
        " 'public_task', 'legitimate_interest')",
    )
    # Consents recorded before had no place to say which document it was.
    op.execute("UPDATE consents SET document = '(not named)' WHERE evidence = 'written'")
    op.create_check_constraint(
        op.f("ck_consents_document"), "consents", "evidence <> 'written' OR document IS NOT NULL"
    )
    op.create_foreign_key(
        op.f("fk_consents_renewed_from_id"), "consents", "consents", ["renewed_from_id"], ["id"]
    )
    op.create_unique_constraint(
        op.f("uq_consents_renewed_from_id"), "consents", ["renewed_from_id"]
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
