"""Two people at the same instant: what one takes away, the other does not bring back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.intervisions.ballots.steps import open_ballot
from tests.intervisions.proposals.steps import act, agree, draft, open_case, reader_of
from tests.intervisions.steps import all_come, path_of, planned_session
from tests.intervisions.tables.steps import BRAVO, gathered
from tests.slices import times

ROUNDS = times(6, 2)


def together(*acts: Callable[[], Any]) -> list[int]:
    """The status of each, begun at once."""
    start = Barrier(len(acts))

    def run(what: Callable[[], Any]) -> int:
        start.wait()
        return int(what().status_code)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_yes_taken_back_while_somebody_approves(circle):
    session = planned_session(circle)
    all_come(circle, session)
    case = open_case(circle)
    for _ in range(ROUNDS):
        said = agree(circle, case)
        made = draft(circle, session, case)
        act(circle, made, "submission")
        reader = circle[reader_of(circle, made)]
        path = f"/api/v1/proposals/{made['id']}"
        tag = reader.call("GET", path).headers["ETag"]
        back = f"/api/v1/cases/{case['id']}/intervision-agreements/{said['id']}/withdrawal"
        first, *read = together(
            lambda back=back: circle["rw1"].call("POST", back, If_Match='"v1"'),
            *[
                lambda path=path, tag=tag, reader=reader: reader.call(
                    "POST", f"{path}/reading", {"approved": True}, If_Match=tag
                )
            ]
            * 2,
        )
        assert first == 200
        assert read.count(200) <= 1
        assert max(read) < 500
        assert circle.rows("SELECT state FROM proposals WHERE id = %s", made["id"]) == [
            ("withdrawn",)
        ]
        assert circle["ssm2"].get(f"{path_of(session)}/proposals")["items"] == []


def test_a_refusal_of_the_household_while_seats_are_allocated(circle):
    tables = gathered(circle)
    tables.make()
    version = f'"v{tables.see()["version"]}"'
    body = {"professional_id": circle["cass1"].id, "reason": "The household asked"}
    path = f"/api/v1/cases/{tables.cases[BRAVO]['id']}/exclusions"
    statuses = together(
        lambda: circle["rw1"].call("POST", path, body),
        lambda: circle["facilitator"].call(
            "POST", f"{tables.path}/seating", {"dry_run": False}, If_Match=version
        ),
    )
    assert statuses == [201, 200]
    assert "cass1" not in tables.at(1)
    mine = circle["cass1"].get(f"{tables.path}/seating")["tables"]
    assert not mine[0]["mine"]


def test_a_no_while_one_votes_and_two_votes_at_once(circle):
    tables = gathered(circle)
    ballot = open_ballot(circle, tables.session)
    body = {"choices": [{"proposal_id": tables.proposals[BRAVO], "points": 1}]}
    path = f"/api/v1/ballots/{ballot['id']}/papers"
    votes = [lambda: circle["ssm2"].call("POST", path, body)] * 3
    assert sorted(together(*votes)) == [204, 409, 409]
    voted, left = together(
        lambda: circle["mm2"].call("POST", path, body),
        lambda: circle["mm2"].call("PUT", f"{tables.path}/answer", {"comes": False}),
    )
    # Refused at the door, or by the rows themselves if the no came after the door.
    assert voted in (204, 403, 409)
    assert left == 200
    who = "SELECT count(*) FROM ballot_voters WHERE professional_id = %s"
    assert circle.rows(who, circle["mm2"].id) == [(int(voted == 204),)]


def test_an_invitation_withdrawn_while_it_is_answered(circle):
    session = planned_session(circle)
    for key in ("ssm2", "mm2", "rw4"):
        gone = f"{path_of(session)}/invitations/{circle[key].id}"
        statuses = together(
            lambda gone=gone: circle["facilitator"].call("DELETE", gone),
            lambda key=key: circle[key].call("PUT", f"{path_of(session)}/answer", {"comes": True}),
        )
        assert max(statuses) < 500, statuses
        state = "SELECT state FROM session_invitations WHERE professional_id = %s"
        ((now,),) = circle.rows(state, circle[key].id)
        assert (now == "withdrawn") == (statuses[0] < 300)
