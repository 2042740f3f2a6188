"""The second wall alone: the API's and the workers' roles in SQL, with nothing of ours between."""

import pytest

from services.shared.categories import Category
from tests.security.database.sql import ALL_TABLES, CASE_TABLES, copies, seen
from tests.slices import WHOLE

pytestmark = pytest.mark.usefixtures("mails")

# People who may know nothing of the case, and why.
OUTSIDERS = (
    "stranger",
    "neighbour",
    "colleague",
    "coordinator",
    "other_liaison",
    "left",
    "lapsed",
    "denied",
    "withdrawn",
    "expired",
    "unsigned",
    "excluded",
)
# Asked to come in, without an answer so far.
ASKED = ("invited", "receiver")
INSIDERS = ("lead", "partner", "healer", "lawyer", "liaison")
# Tables that hold who did and read what: written by the API.
JOURNALS = {"audit_entries", "read_entries", "outbox_events"}
# Those of a case that its reference worker may read.
OF_THE_LEAD = {"audit_entries", "read_entries"}
# What a coordinator hears of a case that they do not see: the code, and that it waits for them.
TOLD_TO_COORDINATORS = {"consent.glass_", "cases.worker_requested"}
# Their own former place in the team, which opens nothing.
OWN_PLACE = {"left", "lapsed", "denied", "withdrawn", "expired", "unsigned", "excluded"}


def test_every_case_table_holds_something_to_hide(town):
    # Reads are logged by the API; here the population went through commands only.
    empty = [
        table
        for table, column in CASE_TABLES.items()
        if not town.rows(f"SELECT 1 FROM {table} WHERE {column} = %s LIMIT 1", town.case)
    ]
    assert set(empty) <= {"read_entries"}
    assert len(CASE_TABLES) >= 22


def test_without_a_person_every_table_is_empty(gate, town, record_testsuite_property):
    rows = 0
    for table in ALL_TABLES:
        outcome = gate.outcome(None, town.story.now, f"SELECT * FROM {table}")
        # Ids of the folders of this database are nobody's; each part must know them.
        assert outcome in ("0", "refused 42501") or table == "shared_folders", table
        rows += town.rows(f"SELECT count(*) FROM {table}")[0][0]
    record_testsuite_property("rls_rows_hidden_without_context", rows)
    print(f"\n{rows} rows in {len(ALL_TABLES)} tables, none without a context")
    assert rows > 500


@pytest.mark.parametrize("unset", [[], ["app.now"], ["app.professional"]], ids=str)
def test_half_a_context_shows_nothing(gate, town, unset):
    with gate.as_person(town.people["lead"].id, town.story.now) as cursor:
        for name in unset:
            cursor.execute("SELECT set_config(%s, '', true)", (name,))
        found = cursor.execute("SELECT count(*) AS n FROM notes").fetchone()
    assert (found["n"] > 0) == (not unset)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_whoever_the_household_did_not_let_in_sees_no_row(gate, town, who):
    for table in CASE_TABLES:
        rows = seen(gate, town, who, table)
        if table == "participations" and who in OWN_PLACE:
            assert [row["professional_id"] for row in rows] == [str(town.people[who].id)]
        elif table == "access_grants" and who in {"lapsed", "expired"}:
            assert all(row["valid_until"] <= town.story.now.isoformat() for row in rows)
        elif table in ("break_glass_openings", "erasures") and who == "coordinator":
            assert {row["case_id"] for row in rows} == {str(town.case)}
        elif table == "alerts" and who == "coordinator":
            assert all(row["kind"].startswith(tuple(TOLD_TO_COORDINATORS)) for row in rows)
        else:
            assert rows == [], table


@pytest.mark.parametrize("who", INSIDERS)
def test_those_inside_see_exactly_their_categories(gate, town, who):
    key = town.people[who].id
    mask = town.story.world.may_see(key, town.case, town.story.now)
    in_team = who != "liaison"
    by_row = {"notes", "note_revisions", "tasks", "documents", "document_versions"}
    by_row |= {"plan_goals", "plan_actions", "plan_answers"}
    for table in by_row & set(ALL_TABLES):
        shown = {row["category"] for row in seen(gate, town, who, table)}
        assert shown == {int(c) for c in Category if in_team and mask & c}, table
    by_category = {
        **dict.fromkeys(("terms", "instalments", "arrears_entries"), in_team and mask & 2),
        "members": mask & 1,
        "tenancies": in_team and mask & 2,
        **dict.fromkeys(("procedures", "acts", "deadlines", "hearings", "postings"), mask & 4),
        **dict.fromkeys(("welfare_steps", "welfare_oppositions"), mask & 4),
        **dict.fromkeys(("consents", "provisions", "handovers", "exclusions"), who == "lead"),
        **dict.fromkeys(("break_glass_openings", "sealed_contacts"), who == "lead"),
        **dict.fromkeys(("proposal_sources", "intervision_agreements"), who == "lead"),
        "follow_up_sources": who == "lead",
        "worker_requests": in_team and mask & 1,
        "bundle_ticks": in_team and mask & 4,
        "accompaniments": in_team and mask & 4,
        # Each of them has a piece of another category beside the procedure.
        **dict.fromkeys(
            ("defence_bundles", "bundle_pieces", "bundle_downloads"), in_team and mask & 6 == 6
        ),
        **dict.fromkeys(("households", "participations", "reference_assignments"), in_team),
        **dict.fromkeys(("cases", "access_grants"), True),
    }
    for table in by_category.keys() & set(ALL_TABLES):
        wanted = by_category[table]
        assert bool(seen(gate, town, who, table)) == bool(wanted), table
    (grants,) = {row["principal_id"] for row in seen(gate, town, who, "access_grants")}
    assert grants == str(key)
    for table in JOURNALS - (OF_THE_LEAD if who == "lead" else set()):
        assert seen(gate, town, who, table) == []


def test_the_journals_of_a_case_say_who_and_what_and_hold_no_content(gate, town):
    for table in OF_THE_LEAD:
        shown = str(seen(gate, town, "lead", table))
        assert [each.mark for each in town.canaries if each.mark in shown] == [], table
    assert seen(gate, town, "lead", "audit_entries")


def test_asked_but_not_in_means_the_code_and_the_question_only(gate, town):
    for who, asked in (("invited", "participations"), ("receiver", "handovers")):
        shown = {table for table in CASE_TABLES if seen(gate, town, who, table)}
        assert shown - {"alerts"} == {"cases", asked} | (
            {"reference_assignments"} if who == "receiver" else set()
        )


def test_outside_its_window_a_grant_shows_nothing(gate, town):
    key = town.people["partner"].id
    end = max(given.until for given in town.story.world.dossiers[town.case].consents.values())
    with gate.as_person(key, end) as cursor:
        assert cursor.execute("SELECT * FROM notes").fetchall() == []
        assert cursor.execute("SELECT * FROM may_see").fetchall() == []


@pytest.mark.parametrize("who", [*OUTSIDERS, *ASKED])
def test_an_outsider_writes_nothing(gate, town, who):
    """INSERT in their own name, UPDATE and DELETE without reading a column, in every table."""
    key, now = town.people[who].id, town.story.now
    # Of a slice each asks one third of the tables.
    share = slice(None) if WHOLE else slice([*OUTSIDERS, *ASKED].index(who) % 3, None, 3)
    for table, column in list(CASE_TABLES.items())[share]:
        # Journals take what anybody says about themselves, and show it to nobody.
        if table not in JOURNALS:
            outcome = gate.outcome(key, now, copies(town, table, who))
            assert outcome.startswith("refused"), f"INSERT {table}: {outcome}"
        change = (f"UPDATE {table} SET {column} = %s", (town.case,))
        allowed = ("0", "refused 42501", "refused 23505")
        own = table == "participations" and who in {*OWN_PLACE, "invited"}
        own |= table in ("handovers", "reference_assignments", "alerts") and who == "receiver"
        own |= table == "alerts" and who == "invited"
        if not own:
            assert gate.outcome(key, now, change) in allowed, f"UPDATE {table}"
        outcome = gate.outcome(key, now, f"DELETE FROM {table}")
        assert outcome in ("0", "refused 42501"), f"DELETE {table}: {outcome}"


@pytest.mark.parametrize("who", ["partner", "healer", "liaison"])
def test_an_insider_writes_only_what_is_theirs(gate, town, who):
    key, now = town.people[who].id, town.story.now
    theirs = {
        "partner": {
            *("notes", "tasks", "acts", "deadlines", "hearings", "alerts"),
            *("documents", "document_versions", "worker_requests"),
            *("plan_goals", "plan_actions", "terms", "instalments", "arrears_entries"),
            *("bundle_ticks", "defence_bundles", "bundle_downloads"),
            "accompaniments",
            *("welfare_steps", "welfare_oppositions"),
        },
        "healer": {"notes", "tasks", "alerts", "worker_requests"},
        "liaison": {"postings"},
    }[who] | JOURNALS
    for table in CASE_TABLES.keys() - theirs - {"note_revisions"}:
        outcome = gate.outcome(key, now, copies(town, table, who))
        assert outcome.startswith("refused"), f"INSERT {table}: {outcome}"
    for table in CASE_TABLES:
        assert gate.outcome(key, now, f"DELETE FROM {table}") in ("0", "refused 42501"), table
    closed = {"consents", "handovers", "members", "households", "tenancies", "cases"}
    closed |= {"exclusions", "documents", "document_versions", "worker_requests"}
    closed |= {"sealed_contacts", "break_glass_openings"}
    closed |= {"plan_goals", "plan_actions", "plan_answers"}
    closed |= {"bundle_ticks", "defence_bundles", "bundle_pieces", "bundle_downloads"}
    for table in closed & set(ALL_TABLES):
        change = (f"UPDATE {table} SET {CASE_TABLES[table]} = %s", (town.case,))
        assert gate.outcome(key, now, change) in ("0", "refused 42501"), table


def test_nothing_above_left_a_trace(town):
    assert town.rows("SELECT count(*) FROM notes WHERE case_id = %s", town.case) == [(12,)]
