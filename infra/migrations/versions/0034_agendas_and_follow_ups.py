"""Agendas with their published versions, follow-ups until they are closed, and needs found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def _key(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    given = sa.text(f"'{default}'") if default else None
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=given)


def _number(name: str, *, default: int | None = None) -> sa.Column[object]:
    given = sa.text(str(default)) if default is not None else None
    return sa.Column(name, sa.Integer(), nullable=False, server_default=given)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _agendas()
    _follow_ups()
    # Sessions that were planned before there were agendas.
    op.execute("INSERT INTO agendas (session_id, version) SELECT id, 1 FROM intervision_sessions")
    op.execute(
        "INSERT INTO agenda_items (id, session_id, position, kind, minutes)"
        " SELECT gen_random_uuid(), id, 1, 'follow_ups', 15 FROM intervision_sessions"
    )


def _agendas() -> None:
    op.create_table(
        "agendas",
        _key("session_id"),
        _number("latest", default=0),
        _number("version"),
        *_refers("agendas", session_id="intervision_sessions.id"),
        sa.PrimaryKeyConstraint("session_id", name="pk_agendas"),
    )
    table = "agenda_items"
    op.create_table(
        table,
        _key("id"),
        _key("session_id"),
        _number("position"),
        _text("kind"),
        _text("title", nullable=True),
        _number("minutes"),
        _key("owner_id", nullable=True),
        _key("proposal_id", nullable=True),
        *_refers(
            table,
            session_id="agendas.session_id",
            owner_id="professionals.id",
            proposal_id="proposals.id",
        ),
        *_checks(
            table,
            kind="kind IN ('follow_ups', 'ballot_result', 'table', 'topic', 'need', 'break',"
            " 'other')",
            numbers="minutes BETWEEN 1 AND 480 AND position >= 1",
            title="(kind = 'follow_ups') = (title IS NULL)",
            opening="(kind = 'follow_ups') = (position = 1)",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_items"),
        sa.UniqueConstraint(
            "session_id",
            "position",
            name="uq_agenda_items_session_id_position",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    table = "agenda_versions"
    op.create_table(
        table,
        _key("session_id"),
        _number("number"),
        sa.Column("content", JSONB(), nullable=False),
        _key("published_by"),
        _moment("published_at"),
        *_refers(table, session_id="agendas.session_id", published_by="professionals.id"),
        sa.PrimaryKeyConstraint("session_id", "number", name="pk_agenda_versions"),
    )


def _follow_ups() -> None:
    table = "follow_ups"
    op.create_table(
        table,
        _key("id"),
        _key("series_id"),
        _key("session_id"),
        _key("table_id", nullable=True),
        _key("proposal_id", nullable=True),
        _key("owner_id"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        _text("state", default="open"),
        _text("becomes"),
        _number("carried", default=0),
        _key("created_by"),
        _moment("closed_at", nullable=True),
        _number("version"),
        *_refers(
            table,
            series_id="intervision_series.id",
            session_id="intervision_sessions.id",
            table_id="session_tables.id",
            proposal_id="proposals.id",
            owner_id="professionals.id",
            created_by="professionals.id",
        ),
        *_checks(
            table,
            state="state IN ('open', 'done', 'dropped')",
            becomes="becomes IN ('network', 'case')",
            case="becomes = 'network' OR proposal_id IS NOT NULL",
            at_table="proposal_id IS NULL OR table_id IS NOT NULL",
            closed="(state = 'open') = (closed_at IS NULL)",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
    )
    op.create_index("ix_follow_ups_series", table, ["series_id", "state"])
    op.create_index(
        "ix_follow_ups_owner", table, ["owner_id"], postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_follow_ups_proposal", table, ["proposal_id"])
    table = "follow_up_words"
    op.create_table(
        table,
        _key("follow_up_id"),
        _text("words"),
        _text("outcome", nullable=True),
        *_refers(table, follow_up_id="follow_ups.id"),
        sa.PrimaryKeyConstraint("follow_up_id", name="pk_follow_up_words"),
    )
    table = "follow_up_carryings"
    op.create_table(
        table,
        _key("follow_up_id"),
        _key("session_id"),
        *_refers(table, follow_up_id="follow_ups.id", session_id="intervision_sessions.id"),
        sa.PrimaryKeyConstraint("follow_up_id", "session_id", name="pk_follow_up_carryings"),
    )
    table = "follow_up_sources"
    op.create_table(
        table,
        _key("follow_up_id"),
        _key("case_id"),
        _key("task_id"),
        sa.Column("done_on", sa.Date(), nullable=True),
        *_refers(table, follow_up_id="follow_ups.id", case_id="cases.id", task_id="tasks.id"),
        sa.PrimaryKeyConstraint("follow_up_id", name="pk_follow_up_sources"),
        sa.UniqueConstraint("task_id", name="uq_follow_up_sources_task_id"),
    )
    op.create_index("ix_follow_up_sources_case_id", table, ["case_id"])
    table = "session_needs"
    op.create_table(
        table,
        _key("id"),
        _key("session_id"),
        _key("table_id", nullable=True),
        _text("tag"),
        *_refers(table, session_id="intervision_sessions.id", table_id="session_tables.id"),
        sa.PrimaryKeyConstraint("id", name="pk_session_needs"),
        sa.UniqueConstraint(
            "session_id",
            "table_id",
            "tag",
            name="uq_session_needs_session_id_table_id_tag",
            postgresql_nulls_not_distinct=True,
        ),
    )


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_{table}_{name}"))
        for name, to in columns.items()
    ]


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()
    ]


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
