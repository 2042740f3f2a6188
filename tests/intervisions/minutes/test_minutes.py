"""F49, J6 step 5: minutes for the table alone, in versions, then final; words back to the case."""

import pytest

from tests.intervisions.tables.steps import BRAVO, Tables, gathered
from tests.journeys.steps import consent, mails_about, org, propose, take_over, want_all_at_once
from tests.once.beginnings import beginning

AT_ONE = ("rw1", "cass1", "ssm2", "specialist", "mm2")
AT_TWO = ("rw3", "colleague", "rw2", "cpas2", "rw4")


@pytest.fixture
@beginning
def tables(circle):
    """Everybody sits, five over Bravo and five over Charlie, as is possible in one way only."""
    tables = gathered(circle)
    tables.make()
    tables.allocate()
    assert tables.at(1) == set(AT_ONE)
    return tables


def revise(tables, minutes, who, body, *, status=201, version=None):
    path = f"/api/v1/minutes/{minutes['id']}"
    shown = version or minutes["version"]
    return tables.network[who].post(
        f"{path}/revisions", {"body": body}, status=status, If_Match=f'"v{shown}"'
    )


def finalise(tables, minutes, who, *, status=200):
    path = f"/api/v1/minutes/{minutes['id']}/finalisation"
    return tables.network[who].post(path, status=status, If_Match=f'"v{minutes["version"]}"')


def final(tables, body="We would ask for a payment plan."):
    return _final(tables.network, tables.session, tables.cases, tables.proposals, body)


@beginning
def _final(network, *of_tables):
    *parts, body = of_tables
    tables = Tables(network, *parts)
    tables.sign(*AT_ONE)
    return finalise(tables, tables.begin(1, "cass1", body), "cass1")


def copy(tables, minutes, who, body, *, status=201, **more):
    path = f"/api/v1/minutes/{minutes['id']}/case-copy"
    return tables.network[who].post(
        path, {"category": "tenancy", "body": body, **more}, status=status
    )


def test_the_undertaking_comes_before_any_content(tables, cluster):
    tables.sign("cass1")
    minutes = tables.begin(1, "cass1", "First words")
    address = f"/api/v1/minutes/{minutes['id']}"
    of_table = f"/api/v1/session-tables/{minutes['table_id']}/minutes"
    assert tables.network["ssm2"].get(of_table, status=403)["code"] == "undertaking-unsigned"
    assert tables.begin(1, "mm2", "More", status=403)["code"] == "undertaking-unsigned"
    for path in (address, f"{address}/revisions"):
        tables.network["ssm2"].call("GET", path, status=404)
    revise(tables, minutes, "ssm2", "Mine", status=404)
    assert tables.sql(cluster, "ssm2", "SELECT * FROM minutes_revisions") == []
    tables.sign("ssm2")
    assert tables.network["ssm2"].get(of_table)["body"] == "First words"


def test_the_undertaking_is_signed_once_in_the_version_in_force(tables):
    path = f"{tables.path}/undertaking"
    texts = {
        language: tables.network["ssm2"].get(f"{path}?language={language}")["text"]
        for language in ("fr", "nl", "en")
    }
    assert len(set(texts.values())) == 3
    body = {"number": 2, "language": "fr"}
    assert tables.network["ssm2"].post(path, body, status=409)["code"] == "undertaking-changed"
    tables.sign("ssm2")
    body = {"number": 1, "language": "fr"}
    assert tables.network["ssm2"].post(path, body, status=409)["code"] == "undertaking-signed"
    refused = tables.network["facilitator"].post(path, body, status=403)
    assert refused["code"] == "not-invited-to-session"
    tables.network["outsider"].post(path, body, status=404)
    signed = {each["name"] for each in tables.table(1)["people"] if each["signed"]}
    assert signed == {"Sami Raes"}


def test_two_revisions_then_final_for_good(tables, cluster):
    tables.sign(*AT_ONE)
    minutes = tables.begin(1, "cass1", "First words")
    assert tables.begin(1, "mm2", "Mine", status=409)["code"] == "minutes-begun"
    second = revise(tables, minutes, "mm2", "Second words")
    assert (second["number"], second["body"]) == (2, "Second words")
    assert revise(tables, minutes, "rw1", "Late", status=412)["code"] == "stale-version"
    assert finalise(tables, second, "mm2", status=403)["code"] == "not-the-note-taker"
    done = finalise(tables, second, "cass1")
    assert done["state"] == "final"
    for again in (
        revise(tables, done, "cass1", "x", status=409),
        finalise(tables, done, "cass1", status=409),
    ):
        assert again["code"] == "minutes-final"
    path = f"/api/v1/minutes/{done['id']}"
    wordings = tables.network["ssm2"].get(f"{path}/revisions")["items"]
    assert [each["body"] for each in wordings] == ["First words", "Second words"]
    added = tables.network["ssm2"].post(f"{path}/addenda", {"body": "And the guarantor"})
    assert (added["body"], added["addenda"][0]["body"]) == ("Second words", "And the guarantor")
    for lawless in (
        "UPDATE minutes SET state = 'draft'",
        "UPDATE minutes SET latest = latest + 1",
    ):
        assert tables.sql(cluster, "cass1", lawless) == 0
    for lawless in (
        "UPDATE minutes_revisions SET body = 'x'",
        "DELETE FROM minutes_revisions",
        "DELETE FROM minutes",
        "UPDATE minutes_addenda SET body = 'x'",
    ):
        assert tables.sql(cluster, "cass1", lawless) == "42501"
    insert = (
        "INSERT INTO minutes_revisions (minutes_id, number, author_id, body)"
        " VALUES (%s, 3, %s, 'x')"
    )
    assert tables.sql(cluster, "cass1", insert, done["id"], tables.network["cass1"].id) == "42501"


def test_words_that_identify_anybody_are_stopped_and_no_guess_is_confirmed(tables):
    tables.sign(*AT_ONE)
    telling = "Call 0471 98 76 53, national number 85.07.30-033.28"
    stopped = tables.begin(1, "cass1", telling, status=422)
    assert stopped["code"] == "minutes-identify"
    assert len(stopped["found"]) == 2
    tables.network.database.execute(
        "UPDATE members SET family_name = 'Verhaegen' WHERE case_id = %s",
        (tables.cases[BRAVO]["id"],),
    )
    minutes = tables.begin(1, "cass1", "Is it Verhaegen?")
    other = revise(tables, minutes, "cass1", "Is it Vandenbroeck?")
    assert revise(tables, other, "cass1", telling, status=422)["code"] == "minutes-identify"


def test_the_other_table_and_the_facilitator_find_nothing(tables, cluster):
    tables.sign(*AT_ONE, *AT_TWO)
    minutes = tables.begin(1, "cass1", "First words")
    address = f"/api/v1/minutes/{minutes['id']}"
    unknown = "/api/v1/minutes/11111111-1111-4111-8111-111111111111"
    strangers = (*AT_TWO, "facilitator", "outsider", "coordinator")
    for who in strangers:
        person = tables.network[who]
        person.call("GET", f"/api/v1/session-tables/{minutes['table_id']}/minutes", status=404)
        for end in ("", "/revisions"):
            answers = [
                person.call("GET", f"{each}{end}", status=404) for each in (address, unknown)
            ]
            codes = {answer.json()["code"] for answer in answers}
            assert codes == {"not-found"}
        revise(tables, minutes, who, "Mine", status=404)
        finalise(tables, minutes, who, status=404)
        person.post(f"{address}/addenda", {"body": "x"}, status=404)
        person.post(f"{address}/note-taker", status=404, If_Match='"v1"')
        copy(tables, minutes, who, "x", status=404)
        for table in ("minutes", "minutes_revisions", "minutes_addenda"):
            assert tables.sql(cluster, who, f"SELECT * FROM {table}") == []
        assert tables.sql(cluster, who, "UPDATE minutes SET latest = 2") == 0
        insert = (
            "INSERT INTO minutes_revisions (minutes_id, number, author_id, body)"
            " VALUES (%s, 2, %s, 'x')"
        )
        refused = tables.sql(cluster, who, insert, minutes["id"], person.id)
        assert refused == "42501"


def test_a_later_exclusion_takes_the_minutes_away(tables, cluster):
    tables.sign(*AT_ONE)
    minutes = tables.begin(1, "ssm2", "First words")
    tables.exclude("ssm2", BRAVO)
    tables.network.clock.advance(seconds=1)
    address = f"/api/v1/minutes/{minutes['id']}"
    for path in (address, f"{address}/revisions"):
        tables.network["ssm2"].call("GET", path, status=404)
    assert tables.sql(cluster, "ssm2", "SELECT * FROM minutes") == []
    revise(tables, minutes, "ssm2", "Mine", status=404)
    # Somebody of the table goes on.
    assert finalise(tables, minutes, "mm2", status=403)["code"] == "not-the-note-taker"
    taken = tables.network["mm2"].post(f"{address}/note-taker", status=200, If_Match='"v1"')
    assert taken["note_taker"] == "Milan Moreau"
    assert finalise(tables, taken, "mm2")["state"] == "final"


def test_the_table_hears_that_its_minutes_are_final(tables):
    want_all_at_once(tables.network, "ssm2", "rw3")
    minutes = final(tables)
    tables.network.work()
    (mail,) = mails_about(tables.network, "ssm2", "définitif")
    words = mail.get_body(("plain",)).get_content()
    assert "payment plan" not in words
    assert minutes["id"] not in words
    assert mails_about(tables.network, "rw3", "final") == []


def test_the_reference_worker_alone_brings_it_into_the_case(tables):
    tables.sign(*AT_ONE)
    draft = tables.begin(1, "cass1", "We would ask for a payment plan.")
    assert copy(tables, draft, "rw1", "x", status=409)["code"] == "minutes-not-final"
    minutes = finalise(tables, draft, "cass1")
    same = copy(tables, minutes, "rw1", " we would ask for a PAYMENT plan. ", status=422)
    assert same["code"] == "words-of-the-session"
    made = copy(tables, minutes, "rw1", "Peers advise to spread what is owed.")
    case = tables.cases[BRAVO]
    assert made["case_id"] == case["id"]
    (note,) = tables.network["rw1"].get(f"/api/v1/cases/{case['id']}/notes")["items"]
    assert (note["id"], note["category"]) == (made["note_id"], "tenancy")
    copy(tables, minutes, "rw1", minutes["body"], personal=True)
    for peer in ("cass1", "ssm2", "mm2"):
        assert copy(tables, minutes, peer, "x", status=404)["code"] == "not-found"
    rows = tables.network.rows(
        "SELECT case_id, before::text || after::text || subject_kind FROM audit_entries"
        " WHERE action = 'write_note'"
    )
    assert {str(key) for key, _ in rows} == {case["id"]}
    named = (minutes["id"], tables.session["id"], tables.proposals[BRAVO])
    assert not [words for _, words in rows for name in named if name in str(words)]
    kinds = tables.network.rows(
        "SELECT DISTINCT case_id FROM audit_entries WHERE subject_kind IN"
        " ('minutes', 'seat_plans', 'session_tables', 'intervision_sessions')"
    )
    assert kinds == [(None,)]


def test_the_reference_worker_reads_them_without_a_seat_and_others_of_the_team_do_not(tables):
    minutes = final(tables)
    case = tables.cases[BRAVO]
    path = f"/api/v1/cases/{case['id']}/intervision-minutes"
    listed = tables.network["rw1"].get(path)["items"]
    assert [each["id"] for each in listed] == [minutes["id"]]
    house = {"recipient_kind": "organisation", "recipient_id": org(tables.network, "rw2")}
    consent(tables.network, case, house, ["tenancy"])
    tables.network.clock.advance(seconds=1)
    tables.network["rw2"].call("GET", path, status=403)
    for nobody in ("facilitator", "cass1", "rw3"):
        tables.network[nobody].call("GET", path, status=404)
    # Whoever takes the case over has no seat there, and reads what was found.
    network = tables.network
    take_over(network, propose(network, case, "rw1", "law2"), "law2")
    (listed,) = tables.network["law2"].get(path)["items"]
    assert tables.network["law2"].get(f"/api/v1/minutes/{listed['id']}")["body"] == minutes["body"]
    copy(tables, minutes, "law2", "In my own words")
    # The former one brought it and still sits there; the case is no longer hers.
    copy(tables, minutes, "rw1", "x", status=404)


def test_no_answer_about_a_table_says_when(tables):
    minutes = final(tables)
    path = f"/api/v1/minutes/{minutes['id']}"
    shown = [
        tables.network["ssm2"].call("GET", each, status=200).text
        for each in (path, f"{path}/revisions", f"{tables.path}/seating")
    ]
    today = tables.network.clock.now().date().isoformat()
    assert not [text for text in shown if today in text or "_at" in text.replace("_attended", "")]


def test_what_was_said_over_a_case_goes_with_it(tables):
    minutes = final(tables)
    tables.network.database.execute(
        "DELETE FROM proposal_sources WHERE proposal_id = %s", (tables.proposals[BRAVO],)
    )
    # As a superuser whose session is a replica's, no trigger spoke: it is asked as the owner.
    tables.network.database.execute("SET session_replication_role = origin")
    tables.network.database.execute(
        "INSERT INTO proposal_sources (proposal_id, case_id) VALUES (%s, %s)",
        (tables.proposals[BRAVO], tables.cases[BRAVO]["id"]),
    )
    tables.network.database.execute(
        "DELETE FROM proposal_sources WHERE proposal_id = %s", (tables.proposals[BRAVO],)
    )
    for table in ("minutes", "minutes_revisions", "minutes_addenda"):
        assert tables.network.rows(f"SELECT 1 FROM {table}") == []
    tables.network["ssm2"].call("GET", f"/api/v1/minutes/{minutes['id']}", status=404)
