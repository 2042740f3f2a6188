"""F47, S073, S074: a secret vote, frozen at opening, counted so that anybody can count it again."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url

from services.intervisions.ballots.count import Option, Rules, count, papers_digest
from tests.intervisions.ballots.steps import (
    CLOSES,
    OPENS,
    TIMES,
    close,
    open_ballot,
    plan_ballot,
    propose,
    result,
    see_ballot,
    three_options,
    turn,
    vote,
    withdraw,
)
from tests.intervisions.steps import answer, command, path_of, planned_session

VOTERS = ("rw1", "rw2", "rw3", "rw4")


@pytest.fixture
def session(circle):
    return planned_session(circle, *VOTERS, "cass1")


@pytest.fixture
def options(circle, session) -> list[str]:
    return three_options(circle, session, "cass1", waiting_weeks=(1, 2, 3))


def problem(answered) -> str:
    return answered.json()["code"]


def test_the_whole_way_from_planning_to_a_result_that_anybody_counts_again(circle, session):
    prison = propose(circle, session, "rw1", tags=["prison_past"])
    waiting = propose(circle, session, "rw2", waiting_weeks=9)
    plain = propose(circle, session, "rw3", waiting_weeks=2)
    propose(circle, session, "rw3", state="in_reading")
    planned = plan_ballot(circle, session, places=2)
    assert (planned["state"], planned["points"], planned["options"]) == ("planned", 3, [])
    assert planned["self_vote"] is False
    rehearsal = circle["rw1"].get(f"/api/v1/ballots/{planned['id']}/dry-run")
    assert [each["proposal_id"] for each in rehearsal["options"]] == [prison, waiting, plain]
    assert rehearsal["electors"] == 5

    circle.clock.set(OPENS)
    turn(circle)
    ballot = see_ballot(circle, session, "rw1")
    assert (ballot["state"], ballot["electors"], ballot["elector"]) == ("open", 5, True)
    assert {each["proposal_id"] for each in ballot["options"]} == {prison, waiting, plain}
    circle.work()
    assert any("Vote pour la séance 1" in mail["Subject"] for mail in circle.mails("rw1"))

    vote(circle, ballot, "rw1", {plain: 1, waiting: 1})
    vote(circle, ballot, "rw2", {plain: 1, prison: 2})
    vote(circle, ballot, "rw4", {waiting: 1})
    assert see_ballot(circle, session, "rw1")["voted"] is True
    assert see_ballot(circle, session, "rw3")["voted"] is False
    close(circle)
    told = result(circle, ballot, "rw3")
    assert [(line["proposal_id"], line["points"], line["chosen"]) for line in told["lines"]] == [
        (prison, 2, True),
        (waiting, 2, True),
        (plain, 2, False),
    ]
    assert [(tie["rule"], tie["decisive"]) for tie in told["ties"]] == [
        ("priority_public", False),
        ("waiting_time", True),
    ]
    assert (told["turnout"], told["electors"], told["has_quorum"]) == (3, 5, False)
    circle.work()
    assert any(
        "terminé" in mail["Subject"] or "voorbij" in mail["Subject"] or "over" in mail["Subject"]
        for mail in circle.mails("rw2")
    )
    assert count_again(told) == [line["proposal_id"] for line in told["lines"]]


def count_again(told) -> list[str]:
    """By nothing but what the answer holds."""
    options = [
        Option(
            id=UUID(each["proposal_id"]),
            priority=each["priority"],
            waiting_weeks=each["waiting_weeks"],
            void=each["withdrawn"],
        )
        for each in told["options"]
    ]
    papers = [{UUID(key): points for key, points in paper.items()} for paper in told["papers"]]
    seed = bytes.fromhex(told["seed"])
    assert hashlib.sha256(seed).hexdigest() == told["seed_digest"]
    assert papers_digest(papers) == told["papers_digest"]
    again = count(options, papers, Rules(points=told["points"], places=told["places"]), seed)
    assert [line.points for line in again.lines] == [line["points"] for line in told["lines"]]
    return [str(line.option) for line in again.lines]


def test_nobody_votes_twice(circle, session, options):
    ballot = open_ballot(circle, session)
    vote(circle, ballot, "rw1", {options[0]: 3})
    assert problem(vote(circle, ballot, "rw1", {options[1]: 3}, status=409)) == "already-voted"
    vote(circle, ballot, "rw2", {options[2]: 1})
    vote(circle, ballot, "rw3", {options[2]: 1})
    close(circle)
    points = {each["proposal_id"]: each["points"] for each in result(circle, ballot)["lines"]}
    assert points == {options[0]: 3, options[1]: 0, options[2]: 2}


def test_of_votes_of_one_person_at_once_one_counts(circle, session, options):
    ballot = open_ballot(circle, session)
    marks = [{"proposal_id": options[0], "points": 1}]
    path = f"/api/v1/ballots/{ballot['id']}/papers"
    tries = [who for who in VOTERS for _ in range(4)]
    with ThreadPoolExecutor(len(tries)) as pool:
        answers = list(
            pool.map(lambda who: circle[who].call("POST", path, {"choices": marks}), tries)
        )
    # A pool that is full sends away; whoever is sent away tries again.
    told = dict.fromkeys(VOTERS, 0)
    for who, answered in zip(tries, answers, strict=True):
        assert answered.status_code in (204, 409, 503), answered.text
        told[who] += answered.status_code == 204
    assert set(told.values()) <= {0, 1}
    for who in VOTERS:
        circle[who].call("POST", path, {"choices": marks})
    close(circle)
    counted = result(circle, ballot)
    assert counted["turnout"] == len(VOTERS)
    assert counted["lines"][0]["points"] == len(VOTERS)


@pytest.mark.parametrize(
    ("late", "status"), [(timedelta(microseconds=-1), 204), (timedelta(0), 409)]
)
def test_a_vote_at_the_closing_is_late_however_late_the_workers_are(
    circle, session, options, late, status
):
    ballot = open_ballot(circle, session)
    circle.clock.set(CLOSES + late)
    vote(circle, ballot, "rw1", {options[0]: 1}, status=status)
    assert see_ballot(circle, session)["state"] == ("open" if status == 204 else "counting")
    result(circle, ballot, status=404)


def test_a_vote_that_waited_for_the_closing_is_late(circle, cluster, session, options):
    """Whoever closes or calls off holds the box first: the vote finds none."""
    ballot = open_ballot(circle, session)
    url = make_url(cluster.url("postgres")).set(drivername="postgresql").render_as_string()
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url) as closing:
        closing.execute("SELECT FROM ballot_boxes FOR UPDATE")
        waiting = pool.submit(vote, circle, ballot, "rw1", {options[0]: 1}, status=409)
        while not _waits_for_a_lock(circle):
            assert not waiting.done()
        closing.execute("DELETE FROM ballot_boxes")
        closing.commit()
        assert problem(waiting.result()) == "ballot-not-open"
    assert circle.rows("SELECT * FROM ballot_voters") == []


def _waits_for_a_lock(circle) -> bool:
    return bool(circle.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


def test_the_closing_waits_for_a_vote_that_came_in_time(circle, cluster, session, options):
    ballot = open_ballot(circle, session)
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {options[0]: 1})
    url = make_url(cluster.url("postgres")).set(drivername="postgresql").render_as_string()
    with psycopg.connect(url) as voting:
        voting.execute("SELECT FROM ballot_boxes FOR UPDATE")
        close(circle)
        assert see_ballot(circle, session)["state"] == "counting"
    turn(circle)
    assert result(circle, ballot)["turnout"] == 3


def test_a_vote_before_the_opening_is_early(circle, session, options):
    ballot = plan_ballot(circle, session)
    circle.clock.set(OPENS - timedelta(seconds=1))
    turn(circle)
    refused = vote(circle, ballot, "rw1", {options[0]: 1}, status=409)
    assert problem(refused) == "ballot-not-open"


def test_an_absent_organisation_has_no_vote(circle, session, options):
    """Declined before, declined since, invited since, never invited, facilitating only."""
    answer(circle, session, "rw1", comes=False)
    ballot = open_ballot(circle, session)
    people = {"professional_ids": [circle["specialist"].id]}
    circle["facilitator"].post(f"{path_of(session)}/invitations", people)
    answer(circle, session, "rw2", comes=False)
    for who in ("rw1", "rw2", "specialist", "facilitator"):
        refused = vote(circle, ballot, who, {options[0]: 1}, status=403)
        assert problem(refused) == "not-an-elector"
    vote(circle, ballot, "mm2", {options[0]: 1}, status=404)
    # Back in the session, they are the elector they were at the opening.
    answer(circle, session, "rw2")
    vote(circle, ballot, "rw2", {options[0]: 1})


def test_a_vote_stays_when_its_voter_leaves(circle, session, options):
    ballot = open_ballot(circle, session)
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {options[0]: 1})
    answer(circle, session, "rw2", comes=False)
    close(circle)
    assert result(circle, ballot)["turnout"] == 3


Paper = Callable[[list[str]], dict[str, object]]


AGAINST_THE_RULES: list[tuple[Paper, str | None]] = [
    (lambda _: {"11111111-1111-4111-8111-111111111111": 1}, "ballot-option-unknown"),
    (lambda options: {options[0]: 4}, "ballot-too-many-points"),
    (lambda options: {options[0]: 2, options[1]: 2}, "ballot-too-many-points"),
    (lambda options: {options[0]: -1}, "ballot-points-invalid"),
    (lambda options: {options[0]: 4, options[1]: -1}, "ballot-points-invalid"),
    (lambda options: {options[0]: 0}, "ballot-points-invalid"),
    (lambda options: {options[0]: 1.5}, None),
    (lambda options: {options[0]: True}, None),
    (lambda options: {options[0]: "1"}, None),
    (lambda _: {}, None),
]


def test_a_paper_against_the_rules_is_refused_and_leaves_the_vote(circle, session, options):
    ballot = open_ballot(circle, session)
    for paper, code in AGAINST_THE_RULES:
        refused = vote(circle, ballot, "rw1", paper(options), status=422)
        assert code in (None, problem(refused)), paper(options)
        assert circle.rows("SELECT * FROM ballot_voters") == [], paper(options)
    vote(circle, ballot, "rw1", {options[0]: 3})


def test_one_proposal_in_two_lines_is_refused(circle, session, options):
    ballot = open_ballot(circle, session)
    twice = {"choices": [{"proposal_id": options[0], "points": 1}] * 2}
    path = f"/api/v1/ballots/{ballot['id']}/papers"
    assert problem(circle["rw1"].call("POST", path, twice)) == "ballot-option-twice"


def test_points_for_ones_own_follow_the_rule(circle, session):
    own = propose(circle, session, "rw1")
    ballot = open_ballot(circle, session, self_vote=False)
    refused = vote(circle, ballot, "rw1", {own: 1}, status=422)
    assert problem(refused) == "ballot-own-proposal"
    vote(circle, ballot, "rw2", {own: 1})


def test_where_it_is_allowed_one_votes_for_ones_own(circle, session):
    own = propose(circle, session, "rw1")
    ballot = open_ballot(circle, session, self_vote=True)
    vote(circle, ballot, "rw1", {own: 3})


def test_until_it_opens_the_rules_change_and_not_after(circle, session, options):
    planned = plan_ballot(circle, session)
    path = f"/api/v1/ballots/{planned['id']}"
    lead = circle["facilitator"]
    changed = lead.call("PUT", path, TIMES | {"points": 5}, status=200, If_Match='"v1"').json()
    assert (changed["points"], changed["version"]) == (5, 2)
    lead.call("PUT", path, TIMES | {"points": 6}, status=412, If_Match='"v1"')
    circle["rw1"].call("PUT", path, TIMES, status=403, If_Match='"v2"')
    circle.clock.set(OPENS)
    turn(circle)
    ballot = see_ballot(circle, session)
    tag = f'"v{ballot["version"]}"'
    frozen = lead.call("PUT", path, TIMES | {"points": 4}, status=409, If_Match=tag)
    assert problem(frozen) == "ballot-frozen"
    # What is proposed or changed from now on is not in it.
    later = propose(circle, session, "rw4")
    circle.database.execute("UPDATE proposals SET waiting_weeks = 99")
    assert see_ballot(circle, session)["options"] == ballot["options"]
    vote(circle, ballot, "rw1", {later: 1}, status=422)


def test_a_proposal_withdrawn_meanwhile_counts_for_nobody(circle, session, options):
    ballot = open_ballot(circle, session)
    vote(circle, ballot, "rw1", {options[0]: 2, options[1]: 1})
    withdraw(circle, options[0])
    shown = {each["proposal_id"]: each for each in see_ballot(circle, session, "rw2")["options"]}
    assert shown[options[0]]["withdrawn"] is True
    assert shown[options[0]]["pseudonym"] is None
    refused = vote(circle, ballot, "rw2", {options[0]: 1}, status=422)
    assert problem(refused) == "ballot-option-withdrawn"
    vote(circle, ballot, "rw2", {options[1]: 1})
    vote(circle, ballot, "rw3", {options[1]: 1})
    close(circle)
    told = result(circle, ballot)
    assert told["lost_points"] == 2
    assert told["lines"][-1] | {"rank": None, "points": 0, "chosen": False} == told["lines"][-1]
    assert told["lines"][-1]["proposal_id"] == options[0]
    assert count_again(told)[0] == options[1]


def test_below_the_quorum_the_result_says_so(circle):
    session = planned_session(circle, *VOTERS, quorum=4)
    option = propose(circle, session, "rw4")
    ballot = open_ballot(circle, session, self_vote=True)
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {option: 1})
    close(circle)
    told = result(circle, ballot)
    assert (told["quorum"], told["turnout"], told["has_quorum"]) == (4, 3, False)


def test_a_box_with_fewer_than_three_papers_is_destroyed_unread(circle, session, options):
    """Of two papers each of the two knows the other's."""
    ballot = open_ballot(circle, session)
    vote(circle, ballot, "rw1", {options[0]: 1})
    vote(circle, ballot, "rw2", {options[0]: 1})
    close(circle)
    over = see_ballot(circle, session)
    assert (over["state"], over["void_code"]) == ("void", "too_few_papers")
    result(circle, ballot, status=404)
    assert circle.rows("SELECT * FROM ballot_papers") == circle.rows("SELECT * FROM ballot_boxes")
    plan_ballot(circle, session, **_later())


def _later() -> dict[str, str]:
    return {
        "opens_at": (CLOSES + timedelta(hours=1)).isoformat(),
        "closes_at": (CLOSES + timedelta(hours=20)).isoformat(),
    }


def test_its_facilitator_calls_it_off_with_a_reason(circle, session, options):
    ballot = open_ballot(circle, session)
    vote(circle, ballot, "rw1", {options[0]: 1})
    path = f"/api/v1/ballots/{ballot['id']}/void"
    body, tag = {"reason": "Une proposition manquait."}, f'"v{ballot["version"]}"'
    circle["rw1"].call("POST", path, body, status=403, If_Match=tag)
    over = circle["facilitator"].call("POST", path, body, status=200, If_Match=tag).json()
    assert (over["state"], over["void_code"]) == ("void", "by_facilitator")
    assert see_ballot(circle, session, "rw2")["void_reason"] == "Une proposition manquait."
    vote(circle, ballot, "rw2", {options[0]: 1}, status=409)
    assert circle.rows("SELECT * FROM ballot_boxes") == []
    again = f'"v{over["version"]}"'
    circle["facilitator"].call("POST", path, body, status=409, If_Match=again)
    circle.work()
    assert len([m for m in circle.mails("rw1") if "Vote pour la séance" in m["Subject"]]) == 1
    plan_ballot(circle, session, **_later())


def test_once_its_time_is_over_it_is_counted_and_not_called_off(circle, session, options):
    ballot = open_ballot(circle, session)
    circle.clock.set(CLOSES)
    tag = f'"v{see_ballot(circle, session)["version"]}"'
    path = f"/api/v1/ballots/{ballot['id']}/void"
    late = circle["facilitator"].call("POST", path, {"reason": "R"}, status=409, If_Match=tag)
    assert problem(late) == "ballot-over"


def test_only_who_has_not_voted_is_reminded_once_a_day_before(circle, session, options):
    ballot = open_ballot(circle, session)
    vote(circle, ballot, "rw1", {options[0]: 1})
    circle.clock.set(CLOSES - timedelta(days=1))
    for _ in range(2):
        turn(circle)
        circle.work()
    said = circle.rows(
        "SELECT recipient_id::text FROM alerts WHERE kind = 'intervisions.ballot_closing'"
    )
    assert {who for (who,) in said} == {circle[key].id for key in ("rw2", "rw3", "rw4", "cass1")}


def test_one_ballot_at_a_time_within_the_session_by_its_facilitator(circle, session, options):
    path = f"{path_of(session)}/ballot"
    circle["rw1"].post(path, TIMES, status=403)
    circle["mm2"].post(path, TIMES, status=404)
    circle["rw1"].get(path, status=404)
    late = {"closes_at": "2026-06-03T16:00:01+02:00"}
    assert plan_ballot(circle, session, status=422, **late)["code"] == "ballot-times"
    plan_ballot(circle, session, priority_order=["prison_past", "prison_past"], status=422)
    plan_ballot(circle, session)
    assert plan_ballot(circle, session, status=409)["code"] == "ballot-exists"


def test_a_supervision_has_no_ballot(circle):
    session = planned_session(circle, "rw1", kind="supervision")
    assert plan_ballot(circle, session, status=422)["code"] == "session-kind"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda circle, session: command(circle, session, "cancellation"), "session_cancelled"),
        (lambda circle, _: circle.clock.set(CLOSES), "never_opened"),
        (
            lambda circle, _: circle.database.execute("UPDATE proposals SET state = 'draft'"),
            "nothing_to_vote_on",
        ),
        (
            lambda circle, _: circle.database.execute(
                "UPDATE session_invitations SET state = 'declined'"
            ),
            "nobody_to_vote",
        ),
    ],
)
def test_a_ballot_that_cannot_open_is_void(circle, session, options, spoil, code):
    plan_ballot(circle, session)
    spoil(circle, session)
    circle.clock.set(max(circle.clock.now(), OPENS))
    turn(circle)
    assert see_ballot(circle, session)["void_code"] == code


def test_a_closed_account_does_not_vote(circle, session, options):
    circle.database.execute(
        "UPDATE professionals SET active = false WHERE id = %s", (circle["rw4"].id,)
    )
    assert open_ballot(circle, session)["electors"] == 4
