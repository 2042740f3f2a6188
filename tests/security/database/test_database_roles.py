"""What the API's and the workers' roles may not do at all, and what a worker sees."""

import pytest

from tests.security.database.sql import ALL_TABLES, OWN_ANSWERS

pytestmark = pytest.mark.usefixtures("mails")

FORBIDDEN = (
    "TRUNCATE notes",
    "CREATE TABLE mine (x int)",
    "CREATE TEMP TABLE mine (x int)",
    "CREATE VIEW mine AS TABLE notes",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE notes DISABLE TRIGGER ALL",
    "ALTER ROLE maillage_api BYPASSRLS",
    "DROP POLICY api_read ON notes",
    "CREATE POLICY mine ON notes USING (true)",
    "GRANT maillage_owner TO maillage_api",
    "SET ROLE maillage_owner",
    "SET SESSION AUTHORIZATION maillage_owner",
    "SET session_replication_role = replica",
    "COPY notes TO PROGRAM 'cat'",
    "COPY notes TO '/tmp/notes'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT refresh_access(gen_random_uuid())",
    "SELECT * FROM access_rule(gen_random_uuid())",
    "DELETE FROM audit_entries",
    "UPDATE audit_entries SET action = 'x'",
    "SELECT setval('audit_entries_seq_seq', 1)",
    "SELECT nextval('outbox_events_seq_seq')",
    "UPDATE read_entries SET what = 'x'",
    "DELETE FROM read_entries",
    "SELECT * FROM unsealed_entries",
    "DELETE FROM unsealed_entries",
    "INSERT INTO unsealed_entries VALUES ('audit_entries', 1)",
    "INSERT INTO audit_seals VALUES (9999, 'audit_entries', 1, '', '', now())",
    "UPDATE audit_seals SET chain_hash = ''",
    "DELETE FROM audit_seals",
    "UPDATE audit_anchors SET position = 0",
    "DELETE FROM audit_anchors",
    "UPDATE unusual_readings SET cases = 0",
    "DELETE FROM unusual_readings",
    "DELETE FROM exclusions",
    "UPDATE notes SET withdrawn_at = NULL",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("role", ["gate", "worker"])
def test_the_role_may_not(request, town, role, statement):
    gate = request.getfixturevalue(role)
    outcome = gate.outcome(town.people["lead"].id, town.story.now, statement)
    assert outcome.startswith("refused"), outcome


def test_row_security_cannot_be_put_off(gate, town):
    outcome = gate.outcome(
        town.people["stranger"].id,
        town.story.now,
        "SET LOCAL row_security = off",
        "SELECT * FROM notes",
    )
    assert outcome == "refused 42501"


DEFINERS = """
    SELECT p.proname, r.rolname, p.proconfig::text,
           has_function_privilege(r.rolname, p.oid, 'EXECUTE')
    FROM pg_proc p CROSS JOIN pg_roles r
    WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
      AND r.rolname IN ('maillage_api', 'maillage_worker')
"""
API, WORKER = "maillage_api", "maillage_worker"
NOBODY: tuple[str, ...] = ()
# Every function that acts as the owner: who may call it, and why that gives nothing away.
# A name stands here before its branch is merged; it counts once the function exists.
REVIEWED = {
    # Names of files and of keys that no row has, and whether there are any: of nobody.
    "files_without_row": (API, WORKER),
    "keys_without_row": (API, WORKER),
    "keeps_files": (API, WORKER),
    "take_folder": (API, WORKER),
    # How many of each part live, and crashed lately.
    "part_figures": (API, WORKER),
    # Numbers for /metrics, of nobody and no case.
    "alert_backlog": (API, WORKER),
    "delivery_counts": (API, WORKER),
    "audit_figures": (API, WORKER),
    # Whether somebody has a place in a session, and how many come: no case, no name.
    "attends_as": (API, WORKER),
    "lacks_quorum": (API, WORKER),
    "has_place": (API, WORKER),
    # Whether what was proposed still may be: of a proposal whose id one knows, no case.
    "household_agrees": (API,),
    "proposals_frozen": (API,),
    # Which follow-ups an agenda shows, who is of their table, counts of needs without small ones.
    **dict.fromkeys(("is_of_table", "reaches_follow_up"), (API,)),
    **dict.fromkeys(("agenda_follow_ups", "next_session_at", "need_counts"), (API,)),
    # A follow-up closes with its task; the workers learn its id, and no case.
    # Yes or no about the rules behind a date, for the words of a message.
    "date_is_confirmed": (WORKER,),
    **dict.fromkeys(("note_follow_up_done", "settle_follow_ups"), (WORKER,)),
    # Ids of proposals, their place in the order of the priority publics, weeks: no word of them.
    "votable_proposals": (API, WORKER),
    # The same about whoever asks.
    **dict.fromkeys(("attends", "facilitates", "facilitates_series"), (API,)),
    **dict.fromkeys(("is_open_session", "belongs_to_series"), (API,)),
    # Which seats are possible, to whoever facilitates and without a reason; who sits at one's own
    # table; whether one answers for a case. What they are made of is called by nobody.
    **dict.fromkeys(("seat_bars", "can_be_seated", "sits_at", "sits_with_me", "works_at"), (API,)),
    "answers_for_proposal": (API,),
    **dict.fromkeys(("impossible_seats", "comes_to", "is_possible_seat"), NOBODY),
    "forget_discussed": NOBODY,
    # One question about oneself, or with a secret that the caller holds.
    "app_is_administrator": (API,),
    "find_actor": (API,),
    "find_session_actor": (API,),
    "find_feed_actor": (API,),
    # What one liaison sees and may post at this instant, for the list they uploaded.
    "procedures_of_liaison": (WORKER,),
    "posts_for_liaison": (WORKER,),
    # Yes or no, to the workers about everybody they write to, to others about themselves alone.
    "is_heard_elsewhere": (API, WORKER),
    "leads_team_of": (API, WORKER),
    "was_invited_to_hearing": (API, WORKER),
    "shuts_out": (API, WORKER),
    "app_may_lead": (API,),
    # Yes or no about one case to whoever asks for themselves: never the reason, never the names.
    "refuses_me": (API,),
    "may_unseal": (API,),
    # Whether a consent, of a key that nobody guesses, names whoever asks.
    "names_me": (API,),
    # Yes or no about one person and one category, for handing out work.
    "team_may_read": (API,),
    # The one appender of the chain: takes entries that wait, and returns a number.
    "seal_audit": (WORKER,),
    # Ids and codes of what failed, to administrators alone; what may be tried anew.
    **dict.fromkeys(("set_aside_rows", "put_back_set_aside"), (API, WORKER)),
    # Instants and codes of the attempts at a delivery, to administrators alone.
    "delivery_attempts_of": (API, WORKER),
    "operation_figures": (API, WORKER),
    # Writes one kind of task, about a term that was missed, and says nothing.
    "write_missed_task": (WORKER,),
    "write_tell_task": (WORKER,),
    "answer_alert": (API,),
    "climb_counts": (API, WORKER),
    # Who and how many, never which cases; the workers write it down for coordinators.
    "unusual_readers": (WORKER,),
    # Writes down who breaks which glass, and says nothing: no row for an unknown code.
    "open_break_glass": (API,),
    # A number for administrators, codes for coordinators and for oneself; nothing else.
    "cases_held": (API,),
    # Numbers by kind, to whoever was asked for the second look, while it waits.
    "open_items_of_closing": (API,),
    # The household's own: each gives what belongs to the member of the live session, or to nobody.
    **dict.fromkeys(
        (
            *("member_at_home", "case_at_home", "portal_shows_consent", "portal_only_adult"),
            *("portal_openings", "portal_reads", "portal_shares", "portal_messages"),
            "portal_housemates",
        ),
        (API,),
    ),
    # With a code or a token that the caller holds.
    "enter_portal": (API,),
    "find_portal_session": (API,),
    # By the author or the reference worker of the thing, asked inside.
    "set_compartment": (API,),
    # Called by the functions above, as the owner.
    **dict.fromkeys(("portal_code_holds", "portal_mask"), NOBODY),
    # Yes or no, and always no to a professional: for the policy of the plan.
    "portal_hides": (API,),
    "portal_holds_procedure": (API,),
    "portal_keeps_objection": (API,),
    "portal_reopens_objection": (API,),
    # One column each, to those who may read more of the row than the others.
    **dict.fromkeys(("commune_of", "reason_to_join"), (API,)),
    **dict.fromkeys(("portal_commune", "portal_reason_to_join"), (API,)),
    "end_what_the_refused_held": NOBODY,
    # How many rows of a case, for its reference worker; how far the ledger outside is known.
    "erasure_preview": (API,),
    "ledger_head": (API, WORKER),
    "ledger_knows": (API, WORKER),
    # Deletes a case whose erasure was confirmed by two and whose key is gone; rows of fixed tables
    # that are a day old at least; counts of those.
    "erase_case": (WORKER,),
    "forget_old": (WORKER,),
    "count_old": (WORKER,),
    "note_closing": NOBODY,
    "forget_follow_up_words": NOBODY,
    # Triggers and what they call: nobody calls them.
    "close_the_case": NOBODY,
    "refresh_access_of_state": NOBODY,
    "require_case_not_closed": NOBODY,
    "await_sealing": NOBODY,
    "mark_withdrawn_notes": NOBODY,
    "refuse_refused_reference_worker": NOBODY,
    "require_reference_worker": NOBODY,
    "refresh_access": NOBODY,
    "refresh_access_of_rows": NOBODY,
    "refresh_access_of_professionals": NOBODY,
    "refresh_access_of_professional": NOBODY,
    "refresh_access_of_network": NOBODY,
    "refresh_access_of_substitutions": NOBODY,
    "end_what_a_leaver_held": NOBODY,
    **dict.fromkeys(("withdraw_proposals", "screen_proposals_again", "empty_proposal"), NOBODY),
}


def test_no_function_acts_as_the_owner_but_the_reviewed_ones(town):
    found = town.rows(DEFINERS)
    assert {name for name, *_ in found} <= REVIEWED.keys()
    assert [(name, role) for name, role, _, may in found if may != (role in REVIEWED[name])] == []
    assert {
        name for name, _, path, _ in found if "search_path=public, pg_temp" not in str(path)
    } == set()


# What a worker needs, and only the columns that it needs.
WORKERS_TABLES = {
    # Ids of the folders of this database.
    "shared_folders",
    # Rows of two days, to match and delete them.
    "hearing_list_rows",
    *("alerts", "deliveries", "outbox_events", "inbox_entries", "heartbeats", "professionals"),
    "escalation_rules",
    *("notification_preferences", "digest_items", "delivery_attempts"),
    # Where to post, what signs it (sealed), and what became of it.
    *("webhook_endpoints", "webhook_secrets", "webhook_deliveries"),
    # Where an SMS goes (sealed).
    "mobile_numbers",
    *("cases", "reference_assignments", "access_grants", "participations", "handovers"),
    # To forget old ones: never what they say.
    OWN_ANSWERS,
    # Whom not to write to, and not why; who is a coordinator, to tell them.
    *("exclusions", "professional_roles"),
    # Which of them are public welfare centres.
    "organisations",
    # Heads of the chain, to anchor them; who read much.
    *("audit_seals", "audit_anchors", "unusual_readings"),
    # Being merged: which file waits for the scanner, whose glass awaits its review, old attempts.
    *("document_versions", "break_glass_openings", "attempts"),
    # Which proposal nobody looked at: not why it was made.
    "closings",
    # What was due and not kept, by its day: neither amounts nor words.
    *("terms", "instalments"),
    # Who goes along to which hearing, by their ids, and when: no name, no room, no result.
    *("accompaniments", "hearings"),
    # Which file is a frozen bundle's, to leave it alone or to destroy it with its case.
    "defence_bundles",
    # Which cases are closed and which erasures are to be carried out; ids for the ledger.
    *("case_retention", "erasures", "ledger_entries"),
    # The law as data, and ids, kinds and days of what is computed by it (docs/decisions/0025):
    # no word of anybody, and rows only while somebody asked for a recomputation.
    *("rule_changes", "recomputations", "recomputed_deadlines", "procedures", "acts", "deadlines"),
    # Who comes to which session, to give free places and to remind; no proposal, no case.
    *("intervision_series", "intervision_sessions", "session_invitations"),
    # Whose a follow-up is and when it is due, and none of its words.
    "follow_ups",
    # What opens, closes and counts a ballot (docs/decisions/0042).
    *("ballots", "ballot_options", "ballot_electors", "ballot_voters", "ballot_boxes"),
    "ballot_papers",
}


# Columns that no worker reads, of tables that may not be merged yet.
COMING = (
    "title FROM documents",
    "original_name FROM document_versions",
    "reason FROM worker_requests",
    "reason FROM break_glass_openings",
    "comment FROM break_glass_openings",
    "address FROM sealed_contacts",
    "hold_reason FROM case_retention",
)


def test_a_worker_sees_no_content(worker, town):
    opened = set()
    for table in ALL_TABLES:
        columns = town.rows(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND has_column_privilege('maillage_worker', attrelid, attnum,"
            " 'SELECT')",
            table,
        )
        names = ", ".join(name for (name,) in columns)
        if names:
            opened.add(table)
            with worker.as_person(None, town.story.now) as cursor:
                query = f"SELECT to_jsonb(t)::text FROM (SELECT {names} FROM {table}) t"
                shown = str(cursor.execute(query).fetchall())
            assert not [c.mark for c in town.canaries if c.mark in shown], table
    assert opened == WORKERS_TABLES & set(ALL_TABLES)
    assert (
        worker.outcome(None, town.story.now, f"SELECT body FROM {OWN_ANSWERS}") == "refused 42501"
    )
    for column in (
        "reason FROM participations",
        "reason FROM handovers",
        "name FROM professionals",
        "reason FROM exclusions",
        "room FROM hearings",
        "result FROM hearings",
        "outside FROM accompaniments",
        "words FROM closings",
        "entry_hash FROM audit_seals",
    ):
        assert worker.outcome(None, town.story.now, f"SELECT {column}") == "refused 42501"
    for column in COMING:
        if column.split()[-1] in ALL_TABLES:
            assert worker.outcome(None, town.story.now, f"SELECT {column}") == "refused 42501"
    for table in ("participations", "handovers", "cases", "access_grants", "professionals"):
        assert worker.outcome(None, town.story.now, f"DELETE FROM {table}") == "refused 42501"
