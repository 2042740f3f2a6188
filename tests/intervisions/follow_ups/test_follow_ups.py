"""J6 (1) and (6): what sessions leave to do comes back until it is closed, and finds its case
through nobody but the reference worker.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.intervisions.agendas.steps import (
    WORDS,
    act,
    agenda,
    done,
    draft,
    follow_up,
    held,
    publish,
    series_of,
    sit,
    table_over,
)
from tests.intervisions.steps import answer, path_of
from tests.journeys.steps import join, open_shared_case, org, sweep
from tests.once.beginnings import beginning

PEOPLE = ("rw1", "rw2", "specialist", "rw3")
CARRIED = "SELECT carried FROM follow_ups ORDER BY carried"


@pytest.fixture
@beginning
def case(circle):
    """Of ULN, with CPAS-N in its team: rw2 is a peer and takes part in the case as well."""
    opened = open_shared_case(circle)
    join(circle, opened, "rw2", "specialist")
    return opened


@pytest.fixture
@beginning
def sessions(circle, case):
    return series_of(circle, *PEOPLE, count=5)


def seen(circle, session, who):
    return {each["id"]: each for each in agenda(circle, session, who)["follow_ups"]}


def test_two_done_and_one_open_that_is_carried_the_third_time_and_flagged(circle, sessions):
    first, second, third, fourth, _ = sessions
    old = follow_up(circle, first, "rw3", "Marker-old")
    held(circle, first, *PEOPLE)
    publish(circle, second)
    assert seen(circle, second, "rw1")[old["id"]]["carried"] == 1
    held(circle, second, *PEOPLE)
    publish(circle, third)
    held(circle, third, *PEOPLE)
    new = [follow_up(circle, third, who, f"Marker-{who}") for who in ("rw1", "rw2")]
    for made, who in zip(new, ("rw1", "rw2"), strict=True):
        done(circle, made, who)
    publish(circle, fourth)
    shown = agenda(circle, fourth, "specialist")["follow_ups"]
    assert [each["state"] for each in shown] == ["open", "done", "done"]
    assert [each["carried"] for each in shown] == [3, 0, 0]
    assert [each["flagged"] for each in shown] == [True, False, False]
    circle.work()
    for who in ("rw3", "facilitator"):
        (mail,) = [each for each in circle.mails(who) if _is_carried(each)]
        assert "Marker" not in str(mail)
    assert not [each for each in circle.mails("rw1") if _is_carried(each)]
    # What was closed since the session before it is not told again.
    held(circle, fourth, *PEOPLE)
    publish(circle, sessions[4])
    assert set(seen(circle, sessions[4], "rw1")) == {old["id"]}


def _is_carried(mail):
    said = str(mail["subject"])
    return "encore ouverte" in said or "nog open" in said or "still open" in said


def test_it_is_carried_once_for_each_session_however_often_that_is_published(circle, sessions):
    first, second, third, *_ = sessions
    follow_up(circle, first, "rw3")
    held(circle, first, *PEOPLE)
    for _ in range(3):
        publish(circle, second)
    assert circle.rows(CARRIED) == [(1,)]
    held(circle, second, *PEOPLE)
    assert circle.rows(CARRIED) == [(1,)]
    # A session that is held without an agenda brings it along as well, and once.
    held(circle, third, *PEOPLE)
    held(circle, third, *PEOPLE)
    assert circle.rows(CARRIED) == [(2,)]


def test_what_is_put_off_is_not_carried_until_its_day(circle, sessions):
    first, second, third, *_ = sessions
    made = follow_up(circle, first, "rw3")
    held(circle, first, *PEOPLE)
    beyond = {"until": "2026-06-18"}
    refused = act(circle, made, "snooze", beyond, by="rw3", status=422)
    assert refused["code"] == "snooze-beyond-next-session"
    assert refused["session_on"] == "2026-06-17"
    act(circle, made, "snooze", {"until": "2026-06-03"}, by="rw3", status=422)
    act(circle, made, "snooze", beyond, by="rw1", status=403)
    put_off = act(circle, made, "snooze", beyond | {"beyond_next_session": True}, by="rw3")
    assert (put_off["snoozed"], put_off["snoozed_until"]) == (True, "2026-06-18")
    publish(circle, second)
    told = seen(circle, second, "rw1")[made["id"]]
    assert (told["snoozed"], told["snoozed_until"], told["carried"]) == (True, None, 0)
    held(circle, second, *PEOPLE)
    publish(circle, third)
    assert seen(circle, third, "rw1")[made["id"]]["carried"] == 1


def test_three_actions_two_become_tasks_and_one_is_for_the_network(circle, case, sessions):
    first, second, *_ = sessions
    table = table_over(circle, first, case)
    of_case = {"table_id": table["id"], "becomes": "case"}
    made = [
        follow_up(circle, first, "rw1", words, by="rw1", **of_case)
        for words in (WORDS, "Vérifier le droit à l’allocation de relogement")
    ]
    network = follow_up(circle, first, "rw3", "Inviter le service énergie à la séance suivante")
    for each, title in zip(made, ("Marker-dettes", "Marker-relogement"), strict=True):
        body = {"title": title, "category": "tenancy", "due_on": "2026-06-20"}
        path = f"/api/v1/follow-ups/{each['id']}"
        task = circle["rw1"].post(f"{path}/task", body)
        assert (task["title"], task["due_on"], task["state"]) == (title, "2026-06-20", "open")
        assert circle["rw1"].get(path)["task_id"] == task["id"]
        again = circle["rw1"].call("POST", f"{path}/task", body, status=409)
        assert again.json()["code"] == "follow-up-has-its-task"
    tasks = circle["rw2"].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    assert {each["title"] for each in tasks} >= {"Marker-dettes", "Marker-relogement"}
    held(circle, first, *PEOPLE)
    publish(circle, second)
    shown = seen(circle, second, "rw1")
    assert set(shown) == {each["id"] for each in (*made, network)}
    assert {each["state"] for each in shown.values()} == {"open"}


def test_it_closes_on_the_morning_after_its_task_and_not_at_its_hour(circle, case, sessions):
    first, second, *_ = sessions
    table = table_over(circle, first, case)
    made = follow_up(circle, first, "rw1", by="rw1", table_id=table["id"], becomes="case")
    held(circle, first, *PEOPLE)
    publish(circle, second)
    path = f"/api/v1/follow-ups/{made['id']}"
    before = circle["rw2"].call("GET", path, status=200)
    circle["rw1"].post(f"{path}/task", {"title": "Marker-task", "category": "tenancy"})
    written = circle["rw2"].call("GET", path, status=200)
    assert (written.content, written.headers["ETag"]) == (before.content, before.headers["ETag"])
    _finish(circle, case)
    sweep(circle)
    finished = circle["rw2"].call("GET", path, status=200)
    assert (finished.content, finished.headers["ETag"]) == (before.content, before.headers["ETag"])
    circle.clock.set(datetime(2026, 6, 4, 3, 59, tzinfo=UTC))
    sweep(circle)
    assert circle["rw2"].get(path)["state"] == "open"
    circle.clock.advance(minutes=1)
    sweep(circle)
    sweep(circle)
    assert circle["rw2"].get(path)["state"] == "done"
    assert [each["state"] for each in seen(circle, second, "rw2").values()] == ["done"]


def _finish(circle, case):
    path = f"/api/v1/cases/{case['id']}/tasks"
    (task,) = [each for each in circle["rw1"].get(path)["items"] if each["title"] == "Marker-task"]
    version = f'"v{task["version"]}"'
    circle["rw1"].call("POST", f"{path}/{task['id']}/completion", status=200, If_Match=version)


def test_the_words_of_the_session_are_not_written_into_the_case(circle, case, sessions):
    table = table_over(circle, sessions[0], case)
    made = follow_up(circle, sessions[0], "rw1", table_id=table["id"], becomes="case")
    path = f"/api/v1/follow-ups/{made['id']}/task"
    for title in (WORDS, WORDS.upper() + " !", f"Marker : {WORDS.lower()}."):
        body = {"title": title, "category": "tenancy"}
        refused = circle["rw1"].call("POST", path, body, status=422)
        assert refused.json()["code"] == "words-of-the-session", title
    assert circle.rows("SELECT count(*) FROM follow_up_sources") == [(0,)]


def test_nobody_but_the_reference_worker_accepts_or_learns_the_case(circle, case, sessions):
    first = sessions[0]
    table = table_over(circle, first, case)
    made = follow_up(circle, first, "rw1", table_id=table["id"], becomes="case")
    path = f"/api/v1/follow-ups/{made['id']}"
    body = {"title": "Marker", "category": "tenancy"}
    for who in ("rw2", "rw3", "facilitator"):
        refused = circle[who].call("POST", f"{path}/task", body, status=403)
        assert refused.json()["code"] == "not-the-reference-worker"
        told = circle[who].get(path)
        assert (told["case_id"], told["task_id"]) == (None, None)
    circle["outsider"].call("POST", f"{path}/task", body, status=404)
    assert circle["rw1"].get(path)["case_id"] == case["id"]
    logged = "SELECT count(*) FROM read_entries WHERE what = 'follow-up'"
    assert circle.rows(logged) == [(1,)]
    of_network = follow_up(circle, first, "rw1", table_id=table["id"])
    refused = circle["rw1"].call("POST", f"/api/v1/follow-ups/{of_network['id']}/task", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "follow-up-of-the-network")
    refused = act(circle, made, "completion", {"outcome": "X"}, by="rw1", status=422)
    assert refused["code"] == "follow-up-closes-with-its-task"


def test_words_of_a_table_are_for_its_people_the_owner_and_the_reference_worker(
    circle, case, sessions
):
    first, second, *_ = sessions
    table = table_over(circle, first, case)
    made = follow_up(
        circle, first, "rw1", "Marker-words", by="rw1", table_id=table["id"], becomes="case"
    )
    held(circle, first, *PEOPLE)
    publish(circle, second)
    path = f"/api/v1/follow-ups/{made['id']}"
    for who in ("rw2", "rw3", "facilitator"):
        told = circle[who].get(path)
        assert (told["words"], told["owner_name"]) == (None, circle["rw1"].get(path)["owner_name"])
        assert (told["due_week"], told["state"]) == ("2026-W49", "open")
        everything = str(agenda(circle, second, who)) + str(circle[who].get("/api/v1/follow-ups"))
        assert "Marker" not in everything
        listed = circle[who].get(f"{path_of(first)}/follow-ups")["items"]
        assert [each["words"] for each in listed] == [None]
    assert circle["rw2"].get(path)["due_on"] is None
    assert circle["facilitator"].get(path)["due_on"] == "2026-12-01"
    assert circle["rw1"].get(path)["words"] == "Marker-words"
    # Who may not read it cannot judge it either.
    act(circle, made, "drop", {"outcome": "X"}, by="facilitator", status=403)
    dropped = act(circle, made, "drop", {"outcome": "Autre voie."}, by="rw1")
    assert (dropped["state"], dropped["outcome"]) == ("dropped", "Autre voie.")
    assert circle["rw2"].get(path)["outcome"] is None
    act(circle, made, "drop", {"outcome": "X"}, by="rw1", status=409)


def test_who_gives_it_and_who_gets_it(circle, case, sessions):
    first = sessions[0]
    table = table_over(circle, first, case)
    of_case = {"table_id": table["id"], "becomes": "case"}
    follow_up(circle, first, "rw1", by="rw2", status=403)
    follow_up(circle, first, "rw1", by="rw2", status=403, **of_case)
    follow_up(circle, first, "rw1", by="outsider", status=404)
    refused = follow_up(circle, first, "rw2", status=422, **of_case)
    assert refused["code"] == "owner-not-attending"
    refused = follow_up(circle, first, "outsider", status=422)
    assert refused["code"] == "owner-not-attending"
    refused = follow_up(circle, first, "rw2", status=422, becomes="case")
    assert refused["code"] == "follow-up-without-proposal"
    refused = follow_up(circle, first, "rw2", status=422, due_on="2026-01-01")
    assert refused["code"] == "follow-up-due-passed"
    follow_up(circle, sessions[1], "rw1", status=404, **of_case)
    made = follow_up(circle, first, "rw3")
    act(circle, made, "completion", {"outcome": "X"}, by="facilitator", status=403)
    stale = f"/api/v1/follow-ups/{made['id']}/drop"
    circle["rw3"].call("POST", stale, {"outcome": "X"}, status=412, If_Match='"v9"')
    circle["outsider"].call("GET", f"/api/v1/follow-ups/{made['id']}", status=404)


def test_its_owner_is_reminded_before_the_day_and_no_more_once_it_is_done(circle, sessions):
    kept = follow_up(circle, sessions[0], "rw3", due_on="2026-05-20")
    other = follow_up(circle, sessions[0], "rw2", due_on="2026-05-20")
    circle.work()
    done(circle, other, "rw2")
    act(circle, kept, "snooze", {"until": "2026-05-19"}, by="rw3")
    circle.work()
    circle.clock.set(datetime(2026, 5, 18, 8, 0, tzinfo=UTC))
    circle.work()
    assert not _due(circle, "rw3")
    circle.clock.advance(days=1)
    circle.work()
    (mail,) = _due(circle, "rw3")
    assert "mediateur" not in str(mail).lower()
    assert not _due(circle, "rw2")
    circle.clock.advance(days=2)
    circle.work()
    assert len(_due(circle, "rw3")) == 1


def _due(circle, who):
    words = ("arrive à échéance", "loopt af", "is due on")
    bodies = [(mail, mail.get_body(("plain",)).get_content()) for mail in circle.mails(who)]
    return [mail for mail, body in bodies if any(each in body for each in words)]


def test_whoever_is_no_longer_invited_sees_nothing_and_hears_nothing(circle, sessions):
    made = follow_up(circle, sessions[0], "rw3", due_on="2026-05-20")
    for session in sessions:
        circle["facilitator"].call(
            "DELETE", f"{path_of(session)}/invitations/{circle['rw2'].id}", status=200
        )
    circle["rw2"].call("GET", f"/api/v1/follow-ups/{made['id']}", status=404)
    circle["rw2"].call("GET", f"{path_of(sessions[0])}/follow-ups", status=404)
    assert circle["rw2"].get("/api/v1/follow-ups")["items"] == []


def test_whoever_comes_for_the_first_time_sees_what_was_left(circle, sessions):
    first, second, *_ = sessions
    made = follow_up(circle, first, "rw3")
    circle["facilitator"].call(
        "POST",
        f"{path_of(second)}/invitations",
        {"professional_ids": [circle["mm2"].id]},
        status=201,
    )
    answer(circle, second, "mm2")
    publish(circle, second)
    assert set(seen(circle, second, "mm2")) == {made["id"]}
    circle["mm2"].call("GET", path_of(first), status=404)
    assert draft(circle, second).json()["follow_ups"][0]["id"] == made["id"]


def test_a_case_that_is_erased_takes_the_words_with_it(circle, case, sessions):
    table = table_over(circle, sessions[0], case)
    made = follow_up(circle, sessions[0], "rw1", table_id=table["id"], becomes="case")
    circle.database.execute("SET session_replication_role = origin")
    circle.database.execute("DELETE FROM proposal_sources")
    assert circle.rows("SELECT count(*) FROM follow_up_words") == [(0,)]
    assert circle["rw1"].get(f"/api/v1/follow-ups/{made['id']}")["words"] is None


def test_several_who_publish_at_once_carry_it_once(circle, sessions):
    first, second, *_ = sessions
    follow_up(circle, first, "rw3")
    held(circle, first, *PEOPLE)
    tag = draft(circle, second).headers["ETag"]
    path = f"{path_of(second)}/agenda/versions"

    def publish_it(_):
        return circle["facilitator"].call("POST", path, If_Match=tag).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(publish_it, range(4)))
    assert sorted(answers) == [201, 412, 412, 412]
    assert circle.rows(CARRIED) == [(1,)]


def test_nothing_a_peer_gets_of_sessions_joins_what_they_get_of_the_case(circle, case, sessions):
    """security.md #9: ids, instants within five minutes, days and texts, the mails among them."""
    first, second, *_ = sessions
    table = table_over(circle, first, case)
    made = follow_up(circle, first, "rw1", by="rw1", table_id=table["id"], becomes="case")
    held(circle, first, *PEOPLE)
    publish(circle, second)
    path = f"/api/v1/follow-ups/{made['id']}"
    body = {"title": "Marker-task", "category": "tenancy", "due_on": "2026-12-01"}
    circle["rw1"].post(f"{path}/task", body)
    circle.clock.advance(minutes=20)
    _finish(circle, case)
    sweep(circle)
    circle.clock.set(datetime(2026, 6, 4, 4, 1, tzinfo=UTC))
    sweep(circle)
    peer, own = circle["rw2"], f"/api/v1/cases/{case['id']}"
    of_sessions = [peer.get(each) for each in (path, "/api/v1/follow-ups")]
    of_sessions += [peer.get(f"{path_of(each)}/follow-ups") for each in (first, second)]
    of_sessions += [agenda(circle, second, "rw2"), peer.get(path_of(second))]
    assert of_sessions[0]["state"] == "done"
    of_case = [peer.get(own), *(peer.get(f"{own}/{each}") for each in ("tasks", "notes"))]
    assert "Marker-task" in str(of_case)
    everybody = circle.rows(
        "SELECT id::text, name FROM professionals UNION SELECT id::text, name FROM organisations"
    )
    known = {each for row in everybody for each in row}
    joined = (_telling(of_sessions) & _telling(of_case)) - known
    assert joined == set()
    moments = [_moments(each) for each in (of_sessions, of_case)]
    assert moments[1]
    near = [(a, b) for a in moments[0] for b in moments[1] if abs(a - b) <= timedelta(minutes=5)]
    assert near == []


def _telling(values):
    """Texts, but for the words that the program itself chooses from a few."""
    few = {"open", "done", "accepted", "specialist", "tenancy", "fr"}
    return {each for each in _leaves(values) if isinstance(each, str)} - few


def _moments(values):
    return [
        datetime.fromisoformat(each.replace("Z", "+00:00"))
        for each in _leaves(values)
        if isinstance(each, str) and len(each) > 18 and each[10:11] == "T"
    ]


def _leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]


def test_whoever_sits_at_the_table_reads_the_words_until_their_seat_is_impossible(
    circle, case, sessions
):
    first = sessions[0]
    table = table_over(circle, first, case)
    for who in ("rw3", "rw2"):
        sit(circle, first, table["id"], who)
    # The owner is anybody of the table; rw2 is of an organisation in the file, so of no seat there.
    of_case = {"table_id": table["id"], "becomes": "case"}
    made = follow_up(circle, first, "rw3", "Marker-words", by="rw3", **of_case)
    refused = follow_up(circle, first, "rw2", by="rw3", status=422, **of_case)
    assert refused["code"] == "owner-not-attending"
    other = follow_up(circle, first, "rw1", "Marker-other", by="rw1", **of_case)
    for each in (made, other):
        path = f"/api/v1/follow-ups/{each['id']}"
        assert "Marker" in circle["rw3"].get(path)["words"]
        assert circle["rw1"].get(path)["words"] is not None
        assert circle["rw2"].get(path)["words"] is None
        assert circle["specialist"].get(path)["words"] is None
    # The household refuses the house of rw3: the seat is none from that commit on.
    body = {"organisation_id": org(circle, "rw3"), "reason": "Marker-reason"}
    circle["rw1"].post(f"/api/v1/cases/{case['id']}/exclusions", body)
    assert circle["rw3"].get(f"/api/v1/follow-ups/{other['id']}")["words"] is None
    assert follow_up(circle, first, "rw1", by="rw3", status=403, **of_case)
