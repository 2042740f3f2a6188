"""The catalogue of a migrated database against the models and the rules of the house."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Date, LargeBinary, String, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB

from infra.migrations.models import metadata
from infra.migrations.run import OutdatedSchema, upgrade
from infra.selftest import SelfTestError, check_role
from services.shared.categories import Category
from tests.architecture.test_code import ROOT
from tests.slices import WHOLE

TELLING = (String, Date, LargeBinary, JSONB)
# Readable by every role because they say nothing about anybody.
BARE = {"alembic_version", "applied_sql"}


@pytest.fixture
def catalogue(cluster):
    engine = create_engine(cluster.url("maillage_owner"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_models_and_migrations_are_the_same(catalogue):
    context = MigrationContext.configure(catalogue, opts={"compare_server_default": False})
    ours = {*metadata.tables}
    differences = [
        each
        for each in compare_metadata(context, metadata)
        if not (each[0] == "remove_table" and each[1].name not in ours)
        and not (each[0] == "remove_constraint" and each[1].name == "one_reference_worker")
    ]
    assert differences == []


def test_a_database_from_before_the_first_release_is_told_what_to_do(cluster, superuser):
    kept = superuser.execute("SELECT version_num FROM alembic_version").fetchone()
    superuser.execute("UPDATE alembic_version SET version_num = '0020'")
    try:
        with pytest.raises(OutdatedSchema, match=r"at revision 0020, .* start with an empty data"):
            upgrade(cluster.url("maillage_owner"))
    finally:
        superuser.execute("UPDATE alembic_version SET version_num = %s", kept)


def test_migrating_again_changes_nothing(cluster):
    assert upgrade(cluster.url("maillage_owner")) is False


def test_every_telling_column_says_what_it_is_about():
    silent = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, TELLING) and "about" not in column.info
    ]
    assert silent == []


def test_every_personal_column_has_a_category():
    uncategorised = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.info.get("about") == "household"
        and not isinstance(column.info.get("category"), Category)
        and not (column.info.get("category") == "of the row" and "category" in table.columns)
    ]
    assert uncategorised == []


def test_every_table_forces_row_level_security(catalogue):
    rows = catalogue.execute(
        text(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
    )
    found = dict(rows.all())
    assert {name for name, forced in found.items() if not forced} == BARE
    assert set(metadata.tables) <= set(found)


def test_every_view_asks_as_its_reader(catalogue):
    rows = catalogue.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND (relkind = 'm' OR relkind = 'v'"
            " AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}')"
        )
    )
    assert rows.all() == []


DEFINERS = {
    *("files_without_row", "keys_without_row", "keeps_files", "take_folder", "part_figures"),
    "write_missed_task",
    *("answer_alert", "write_tell_task", "climb_counts"),
    "close_the_case",
    "open_items_of_closing",
    "refresh_access_of_state",
    "require_case_not_closed",
    "count_old",
    "erase_case",
    "erasure_preview",
    "forget_old",
    "ledger_head",
    "ledger_knows",
    "note_closing",
    "may_unseal",
    "open_break_glass",
    *("attends", "attends_as", "facilitates", "facilitates_series", "is_open_session"),
    *("belongs_to_series", "has_place", "lacks_quorum"),
    *("household_agrees", "withdraw_proposals", "screen_proposals_again", "empty_proposal"),
    "proposals_frozen",
    *("impossible_seats", "comes_to", "is_possible_seat", "seat_bars", "can_be_seated"),
    *("sits_at", "sits_with_me", "works_at", "answers_for_proposal", "forget_discussed"),
    *("is_of_table", "reaches_follow_up", "agenda_follow_ups"),
    *("next_session_at", "note_follow_up_done", "settle_follow_ups", "need_counts"),
    "forget_follow_up_words",
    "votable_proposals",
    "alert_backlog",
    "app_is_administrator",
    "app_may_lead",
    "audit_figures",
    "await_sealing",
    "cases_held",
    "delivery_counts",
    "end_what_a_leaver_held",
    "find_actor",
    "find_feed_actor",
    *("procedures_of_liaison", "posts_for_liaison", "is_heard_elsewhere", "leads_team_of"),
    *("was_invited_to_hearing", "shuts_out"),
    "find_session_actor",
    "mark_withdrawn_notes",
    "names_me",
    "refresh_access",
    "refresh_access_of_network",
    "refresh_access_of_professionals",
    "refresh_access_of_rows",
    "refresh_access_of_substitutions",
    "refuse_refused_reference_worker",
    "refuses_me",
    "require_reference_worker",
    "team_may_read",
    "seal_audit",
    "unusual_readers",
    "end_what_the_refused_held",
    "enter_portal",
    "find_portal_session",
    "case_at_home",
    "date_is_confirmed",
    "portal_code_holds",
    "portal_hides",
    "portal_holds_procedure",
    "portal_keeps_objection",
    "portal_reopens_objection",
    *("commune_of", "reason_to_join", "portal_commune", "portal_reason_to_join"),
    "portal_housemates",
    "portal_mask",
    "member_at_home",
    "portal_messages",
    "portal_only_adult",
    "portal_openings",
    "portal_reads",
    "portal_shares",
    "portal_shows_consent",
    "set_compartment",
    "set_aside_rows",
    "delivery_attempts_of",
    "operation_figures",
    "put_back_set_aside",
}


def test_definer_functions_are_listed_and_fix_their_search_path(catalogue):
    rows = catalogue.execute(
        text(
            "SELECT proname, coalesce(array_to_string(proconfig, ','), '') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        )
    ).all()
    assert {name for name, _ in rows} == DEFINERS
    assert all(config.startswith("search_path=public, pg_temp") for _, config in rows)


def test_nobody_else_may_execute_a_definer(catalogue):
    rows = catalogue.execute(
        text(
            "SELECT proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f',"
            " p.proowner))) a WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            " AND a.grantee = 0"
        )
    )
    assert rows.all() == []


def test_no_role_may_truncate_or_reference(catalogue):
    rows = catalogue.execute(
        text(
            "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_schema = 'public' AND grantee <> 'maillage_owner'"
            " AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
        )
    )
    assert rows.all() == []


CONTENT = (
    "households",
    "members",
    "tenancies",
    "consents",
    "provisions",
    "notes",
    "note_revisions",
    "tasks",
    "documents",
    "plan_goals",
    "plan_actions",
    "plan_answers",
    "upload_allowances",
    "read_entries",
    "identities",
    "login_sessions",
    "calendar_feeds",
    "sealed_contacts",
    "portal_codes",
    "portal_sessions",
    "household_requests",
    "share_periods",
    "bundle_ticks",
    "bundle_pieces",
    "bundle_downloads",
)


def test_workers_cannot_open_content(catalogue):
    allowed = text(
        "SELECT each FROM unnest(CAST(:tables AS text[])) each"
        " WHERE has_any_column_privilege('maillage_worker', each, 'SELECT, INSERT, UPDATE')"
    )
    assert catalogue.scalars(allowed, {"tables": list(CONTENT)}).all() == []


# What recomputing legal dates takes (docs/decisions/0025), and only while somebody asked for it
# (tests/evictions/dates/test_recomputing.py): ids, kinds and days, and no word that people wrote.
COMPUTED = {
    "procedures": {"id", "case_id", "rule_set"},
    "acts": {
        *("id", "case_id", "procedure_id", "kind", "acted_on", "received_on", "delivery", "ground"),
        *("replaced_by", "lapsed_at", "until_on"),
    },
    "deadlines": {
        *("id", "version", "case_id", "procedure_id", "act_id", "rule_id", "rule_set"),
        *("rule_version", "computes", "protective", "falls_on", "earlier_reading", "steps"),
        *("article", "source", "certainty", "overridden_date", "overridden_by"),
        *("ended_as", "ended_by"),
    },
    "audit_entries": set(),
}


@pytest.mark.parametrize("table", COMPUTED)
def test_workers_read_no_word_of_what_they_compute(catalogue, table):
    rows = catalogue.execute(
        text(
            "SELECT column_name FROM information_schema.column_privileges WHERE privilege_type ="
            " 'SELECT' AND grantee = 'maillage_worker' AND table_name = :table"
        ),
        {"table": table},
    )
    assert {name for (name,) in rows} == COMPUTED[table]
    changes = text("SELECT has_any_column_privilege('maillage_worker', :table, 'UPDATE')")
    assert catalogue.scalar(changes, {"table": table}) is (table == "deadlines")


def test_workers_cannot_read_stored_answers(catalogue):
    held = text(
        "SELECT has_column_privilege('maillage_worker', 'idempotency_keys', 'body', 'SELECT')"
    )
    assert catalogue.scalar(held) is False


def test_workers_see_which_file_waits_and_nothing_else_of_a_document(catalogue):
    rows = catalogue.execute(
        text(
            "SELECT column_name FROM information_schema.column_privileges WHERE privilege_type ="
            " 'SELECT' AND grantee = 'maillage_worker' AND table_name = 'document_versions'"
        )
    )
    assert set(rows.scalars()) == {
        "document_id",
        "number",
        "case_id",
        "uploaded_by",
        "stored_name",
        "scan_state",
        "scan_attempts",
        "scan_next_at",
    }


JOURNALS = ("audit_entries", "read_entries", "outbox_events", "audit_seals", "unsealed_entries")


@pytest.mark.parametrize("table", JOURNALS)
def test_journals_are_only_added_to(catalogue, table):
    """Two of them can be read: a case's own entries, by its reference worker (row security)."""
    kept = {"UPDATE", "DELETE"}
    kept |= set() if table in ("audit_entries", "read_entries") else {"SELECT"}
    held = text("SELECT has_any_column_privilege('maillage_api', :table, :privilege)")
    for privilege in kept - {"DELETE"}:
        assert catalogue.scalar(held, {"table": table, "privilege": privilege}) is False
    held = text("SELECT has_table_privilege('maillage_api', :table, 'DELETE')")
    assert catalogue.scalar(held, {"table": table}) is False


@pytest.mark.parametrize("role", ["maillage_api", "maillage_worker"])
@pytest.mark.parametrize("table", ["audit_seals", "unsealed_entries"])
def test_nobody_writes_the_chain_but_its_appender(catalogue, role, table):
    for privilege in ("INSERT", "UPDATE"):
        held = text("SELECT has_any_column_privilege(:role, :table, :privilege)")
        values = {"role": role, "table": table, "privilege": privilege}
        assert catalogue.scalar(held, values) is False
    held = text("SELECT has_table_privilege(:role, :table, 'DELETE')")
    assert catalogue.scalar(held, {"role": role, "table": table}) is False


@pytest.mark.parametrize("role", ["maillage_api", "maillage_worker"])
def test_the_programs_roles_pass_the_self_test(cluster, role):
    engine = create_engine(cluster.url(role))
    check_role(engine)
    engine.dispose()


@pytest.mark.parametrize("role", ["maillage_owner", "postgres"])
def test_a_mighty_role_is_refused_at_the_start(cluster, role):
    engine = create_engine(cluster.url(role))
    with pytest.raises(SelfTestError, match="set DATABASE_URL to the role maillage_api"):
        check_role(engine)
    engine.dispose()


def test_the_models_are_whole_by_themselves():
    """For whoever loads nothing else of the program before: the bench, a script."""
    asked = "from infra.migrations.models import metadata; print(len(metadata.sorted_tables))"
    running = [
        subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in (["-c", asked], *([["-m", "bench", "--help"]] if WHOLE else []))
    ]
    said = [process.communicate(timeout=120) for process in running]
    assert {process.returncode for process in running} == {0}, said
    assert int(said[0][0]) == len(metadata.tables)
