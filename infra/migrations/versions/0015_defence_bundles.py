"""The defence bundle: ticks of its checklist, frozen files with their pieces, downloads."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _version(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["document_id", "number"],
        ["document_versions.document_id", "document_versions.number"],
        name=op.f(f"fk_{table}_version"),
    )


def upgrade() -> None:
    _ticks()
    _bundles()
    _pieces()
    _downloads()


def _ticks() -> None:
    op.create_table(
        "bundle_ticks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("category_mask", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ticked_by", sa.Uuid(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('present', 'not_applicable')", name=op.f("ck_bundle_ticks_state")
        ),
        sa.CheckConstraint(
            "(state = 'present') = (document_id IS NOT NULL)"
            " AND (document_id IS NULL) = (number IS NULL)"
            " AND (state = 'not_applicable') = (reason IS NOT NULL)",
            name=op.f("ck_bundle_ticks_content"),
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_bundle_ticks_undone")
        ),
        sa.CheckConstraint("category_mask & 4 = 4", name=op.f("ck_bundle_ticks_category_mask")),
        _key("bundle_ticks", "case_id", "cases"),
        _key("bundle_ticks", "procedure_id", "procedures"),
        _key("bundle_ticks", "ticked_by", "professionals"),
        _key("bundle_ticks", "undone_by", "professionals"),
        _version("bundle_ticks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_ticks")),
    )
    op.create_index("ix_bundle_ticks_procedure", "bundle_ticks", ["procedure_id", "item"])
    op.create_index(
        "uq_bundle_ticks_live",
        "bundle_ticks",
        ["procedure_id", "item", "document_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def _bundles() -> None:
    op.create_table(
        "defence_bundles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("category_mask", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("frozen_by", sa.Uuid(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("category_mask & 4 = 4", name=op.f("ck_defence_bundles_category_mask")),
        sa.CheckConstraint("language IN ('fr', 'nl')", name=op.f("ck_defence_bundles_language")),
        _key("defence_bundles", "case_id", "cases"),
        _key("defence_bundles", "procedure_id", "procedures"),
        _key("defence_bundles", "frozen_by", "professionals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_bundles")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_defence_bundles_stored_name")),
    )
    op.create_index(op.f("ix_defence_bundles_case_id"), "defence_bundles", ["case_id"])
    op.create_index(
        "ix_defence_bundles_procedure", "defence_bundles", ["procedure_id", "frozen_at"]
    )


def _pieces() -> None:
    op.create_table(
        "bundle_pieces",
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("original_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("embedded", sa.Boolean(), nullable=False),
        _key("bundle_pieces", "bundle_id", "defence_bundles"),
        _key("bundle_pieces", "case_id", "cases"),
        _version("bundle_pieces"),
        sa.PrimaryKeyConstraint("bundle_id", "position", name=op.f("pk_bundle_pieces")),
    )
    op.create_index(op.f("ix_bundle_pieces_case_id"), "bundle_pieces", ["case_id"])


def _downloads() -> None:
    op.create_table(
        "bundle_downloads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("downloaded_by", sa.Uuid(), nullable=False),
        sa.Column("downloaded_at", sa.DateTime(timezone=True), nullable=False),
        _key("bundle_downloads", "case_id", "cases"),
        _key("bundle_downloads", "bundle_id", "defence_bundles"),
        _key("bundle_downloads", "downloaded_by", "professionals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_downloads")),
    )
    op.create_index(op.f("ix_bundle_downloads_case_id"), "bundle_downloads", ["case_id"])
    op.create_index(
        "ix_bundle_downloads_bundle", "bundle_downloads", ["bundle_id", "downloaded_at"]
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
