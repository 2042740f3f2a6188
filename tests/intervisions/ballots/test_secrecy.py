"""The attack of somebody who may read everything but the keys: who gave what?

As the superuser, between any two votes and afterwards: rows, their transactions (xmin), their
places (ctid), hashes, lengths, the write-ahead log. And without being one: through every operation
of the session, and by SQL as the API's role.
"""

import hashlib
import itertools
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from infra.migrations.models import metadata
from services.intervisions.ballots.ballot_box import Box
from services.shared.errors import Unreadable
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring
from tests.intervisions.ballots.steps import (
    CLOSES,
    close,
    open_ballot,
    result,
    see_ballot,
    three_options,
    turn,
    vote,
)
from tests.intervisions.steps import planned_session
from tests.security.database.sql import Gate
from tests.slices import one_of_each

VOTERS = ("rw1", "rw2", "rw3", "rw4")
EVERYBODY = (*VOTERS, "cass1", "facilitator", "mm2", "coordinator")
# Its ages rise by themselves, by the clock of the database.
RISING = "/api/v1/operations/alerts"
# What a vote may touch, and in those the columns that differ from one vote to the next.
TOUCHED = {
    "audit_entries": {"seq", "at", "actor_id", "request_id"},
    "unsealed_entries": {"entry_seq"},
    "ballot_voters": {"professional_id"},
    "ballot_boxes": {"sealed"},
}


@pytest.fixture
def session(circle):
    return planned_session(circle, *VOTERS, "cass1")


@pytest.fixture
def options(circle, session) -> list[str]:
    return three_options(circle, session, "cass1")


@pytest.fixture
def ballot(circle, session, options):
    return open_ballot(circle, session, points=20)


def dump(circle) -> dict[str, set[str]]:
    """Every row of every table, as text."""
    return {
        table: {row for (row,) in circle.rows(f"SELECT to_jsonb(t)::text FROM {table} t")}
        for table in metadata.tables
    }


def left_by(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, list[Any]]:
    """What is there since, less what differs between any two votes."""
    fresh = {table: after[table] - before[table] for table in after}
    return {
        table: [
            {k: v for k, v in json.loads(row).items() if k not in TOUCHED.get(table, set())}
            for row in rows
        ]
        for table, rows in fresh.items()
        if rows
    }


def papers_of(options: list[str]) -> list[dict[str, int]]:
    return [
        {options[0]: 20},
        {options[1]: 1},
        {options[0]: 5, options[1]: 6, options[2]: 7},
        {options[0]: 20},
    ]


def test_what_a_vote_leaves_is_the_same_whatever_was_chosen(circle, ballot, options):
    left, boxes, path = [], [], f"/api/v1/ballots/{ballot['id']}/papers"
    for who, paper in zip(VOTERS, papers_of(options), strict=True):
        before = dump(circle)
        marks = {"choices": [{"proposal_id": k, "points": v} for k, v in paper.items()]}
        circle[who].call("POST", path, marks, status=204, Idempotency_Key=f"key-of-{who}")
        after = dump(circle)
        left.append(left_by(before, after))
        boxes += [json.loads(row)["sealed"] for row in after["ballot_boxes"]]
        assert len(after["ballot_boxes"]) == 1
        for table in set(after) - set(TOUCHED):
            assert after[table] == before[table], table
    assert set(left[0]) == set(TOUCHED)
    assert all(each == left[0] for each in left)
    # The length is that of an empty box, and two boxes have nothing in common but their mark.
    assert {len(each) for each in boxes} == {len(boxes[0])}
    mark = boxes[0].index(":") + 1
    for one, other in itertools.combinations(boxes, 2):
        assert one[:mark] == other[:mark]
        assert one[mark : mark + 16] != other[mark : mark + 16]


def test_no_value_anywhere_is_a_hash_of_a_paper(circle, ballot, options):
    """Every paper that could have been cast, as a body and as it is stored, under usual hashes."""
    vote(circle, ballot, "rw1", {options[0]: 2})
    whole = "\n".join(itertools.chain(*dump(circle).values())).lower()
    path = f"/api/v1/ballots/{ballot['id']}/papers"
    for option, points in itertools.product(options, range(1, 21)):
        mark = {"proposal_id": option, "points": points}
        for text in (
            json.dumps({"choices": [mark]}),
            json.dumps({"choices": [mark]}, separators=(",", ":")),
            json.dumps({option: points}),
            f"{option}={points}\n",
        ):
            for said in (text, f"POST {path}?\n{text}", f"POST {path}\n{text}"):
                for name in ("sha256", "sha1", "md5"):
                    assert hashlib.new(name, said.encode()).hexdigest() not in whole


def test_no_paper_stands_in_the_log_of_the_database_before_the_closing(
    circle, cluster, ballot, options
):
    def logged() -> bytes:
        circle.database.execute("CHECKPOINT")
        return b"".join(path.read_bytes() for path in Path(cluster.data, "pg_wal").glob("0*"))

    for who, paper in zip(VOTERS, papers_of(options), strict=True):
        vote(circle, ballot, who, paper)
    written = logged()
    assert [each for each in options if each.encode() in written] == []
    close(circle)
    assert any(each.encode() in logged() for each in options)


def test_afterwards_no_transaction_place_or_id_joins_papers_and_voters(circle, ballot, options):
    given = papers_of(options)
    for who, paper in zip(VOTERS, given, strict=True):
        vote(circle, ballot, who, paper)
    sealed = circle.rows("SELECT sealed FROM ballot_boxes")[0][0]
    close(circle)
    papers = circle.rows("SELECT xmin::text, id::text, to_jsonb(p) FROM ballot_papers p")
    voters = circle.rows("SELECT xmin::text, professional_id::text FROM ballot_voters")
    assert len(papers) == len(voters) == len(VOTERS)
    # All papers are of one transaction, which is none of a voter, of an audit entry of a vote, or
    # of the box: joined on it they are all or nobody's.
    (counted,) = {row[0] for row in papers}
    votes = circle.rows(
        "SELECT xmin::text, id FROM (SELECT xmin, seq AS id, action FROM"
        " audit_entries) a WHERE action = 'cast_paper'"
    )
    assert counted not in {row[0] for row in (*voters, *votes)}
    # Columns of a paper: a random id, the ballot, the points. No instant, no person, no number.
    assert {tuple(sorted(row[2])) for row in papers} == {("ballot_id", "choices", "id")}
    people = {row[1] for row in voters}
    assert not people & set(re.findall(r"[0-9a-f-]{36}", json.dumps([row[2] for row in papers])))
    assert all(row[1][14] == "4" for row in papers)
    # The key is gone, and no box that somebody kept opens any more, for whoever has the house's.
    assert _keys(circle).is_destroyed(_id(ballot))
    with pytest.raises(Unreadable):
        _keys(circle).open(_id(ballot), sealed)
    assert circle.rows("SELECT * FROM ballot_boxes") == []


def test_a_key_that_comes_back_with_a_backup_is_destroyed_again(circle, ballot, options, settings):
    vote(circle, ballot, "rw1", {options[0]: 1})
    (path,) = settings.case_keys.glob("*.key")
    backup = path.read_bytes()
    close(circle)
    assert not path.exists()
    path.write_bytes(backup)
    turn(circle)
    assert not path.exists()


def _id(ballot) -> UUID:
    return UUID(ballot["id"])


def _keys(circle) -> CaseKeys:
    keys = circle.runtime.case_keys
    assert keys is not None
    assert isinstance(circle.runtime.keyring, Keyring)
    return keys


def test_in_the_box_papers_stand_in_no_order_of_their_coming():
    """Whatever the order of six votes, the same bytes; and they leave in an order of chance."""
    options = tuple(UUID(int=number) for number in range(3))
    papers = [{options[0]: 3}, {options[1]: 1}, {options[0]: 1, options[2]: 2}]
    boxes = set()
    for order in itertools.permutations(papers):
        box = Box(options=options, electors=5)
        for paper in order:
            box = box.with_paper(paper)
        boxes.add(box)
    (box,) = boxes
    firsts = [box.read()[0] for _ in range(3000)]
    assert all(850 < firsts.count(paper) < 1150 for paper in papers)


def test_while_it_is_open_no_operation_tells_anybody_that_others_voted(
    circle, session, ballot, options
):
    """Every GET of the API about the session, by everybody: byte for byte as before the votes."""
    # One of those who vote, and one of those who do not.
    people = one_of_each(EVERYBODY, VOTERS[:3].__contains__)
    before = _answers(circle, people, session, ballot)
    assert len(before) > 10 * len(people)
    assert sum(status == 200 for status, *_ in before.values()) > 2 * len(people)
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {options[0]: 13})
    after = _answers(circle, people, session, ballot)
    told = {key for key in before if before[key] != after[key]}
    voted = [who for who in people if who in VOTERS[:3]]
    assert told == {(who, "/api/v1/intervision-sessions/{session_id}/ballot") for who in voted}
    for who in voted:
        assert see_ballot(circle, session, who) == json.loads(
            before[who, "/api/v1/intervision-sessions/{session_id}/ballot"][2]
        ) | {"voted": True, "version": see_ballot(circle, session, who)["version"]}
    assert result(circle, ballot, status=404)["code"] == "not-found"


def _answers(circle, people, session, ballot) -> dict[tuple[str, str], tuple[int, str | None, str]]:
    document = circle["rw1"].get("/api/openapi.json")
    ids = {"session_id": session["id"], "series_id": session["series_id"]}
    ids |= {"ballot_id": ballot["id"]}
    paths = [
        path
        for path, item in document["paths"].items()
        if path != RISING and "get" in item and set(re.findall(r"{(\w+)}", path)) <= set(ids)
    ]
    found = {}
    for who, path in itertools.product(people, paths):
        answered = circle[who].call("GET", path.format(**ids))
        # A refusal has an id of its own each time; what it says is its code.
        said = answered.text if answered.ok else answered.json()["code"]
        found[who, path] = (answered.status_code, answered.headers.get("ETag"), said)
    return found


def test_while_it_is_open_no_statement_of_the_apis_role_tells_it(circle, cluster, ballot, options):
    gate = Gate(cluster, "maillage_api")
    others = [who for who in EVERYBODY if who not in VOTERS[:3]]
    before = {who: _readable(gate, circle, who) for who in others}
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {options[0]: 13})
    for who in others:
        assert _readable(gate, circle, who) == before[who], who
    at = circle.clock.now()
    votable = ("SELECT * FROM votable_proposals(%s)", (_id(ballot),))
    for who in EVERYBODY:
        mine = circle[who].actor.id
        attends = who not in ("mm2", "coordinator")
        assert gate.outcome(mine, at, votable) == str(len(options) * attends)
        for forbidden in (
            "UPDATE ballots SET closes_at = closes_at",
            "UPDATE ballots SET points = 20",
            "UPDATE ballots SET state = 'closed', result = '{}', seed = ''",
            "INSERT INTO ballot_papers (id, ballot_id, choices)"
            " SELECT gen_random_uuid(), id, '{}' FROM ballots",
            "INSERT INTO ballot_boxes SELECT id, '' FROM ballots",
            "INSERT INTO ballot_electors SELECT id, app_professional() FROM ballots",
            "DELETE FROM ballot_voters",
            "UPDATE ballot_voters SET professional_id = professional_id",
        ):
            outcome = gate.outcome(mine, at, forbidden)
            assert outcome.startswith("refused") or outcome == "0", (who, forbidden, outcome)
        stolen = (
            "INSERT INTO ballot_voters SELECT id, %s FROM ballots",
            (circle["rw4"].actor.id,),
        )
        outcome = gate.outcome(mine, at, stolen)
        assert outcome == ("1" if who == "rw4" else "0") or outcome.startswith("refused")
    gate.connection.close()


def _readable(gate: Gate, circle, who: str) -> dict[str, Any]:
    """All that this person's statements show, but the sealed box, which everybody who may still
    vote is given as it is now."""
    found = {}
    for table in sorted(metadata.tables):
        columns = [each.name for each in metadata.tables[table].columns if each.name != "sealed"]
        query = f"SELECT {', '.join(columns)} FROM {table}"
        with gate.as_person(circle[who].actor.id, circle.clock.now()) as cursor:
            try:
                found[table] = sorted(str(row) for row in cursor.execute(query).fetchall())
            except psycopg.Error as refused:
                found[table] = [str(refused)]
    return found


def test_who_is_reminded_is_known_to_nobody_else(circle, cluster, ballot, options):
    """Or the facilitator could read off whom the last call went to who had not voted."""
    vote(circle, ballot, "rw1", {options[0]: 1})
    circle.clock.set(CLOSES - timedelta(days=1))
    turn(circle)
    gate, at = Gate(cluster, "maillage_api"), circle.clock.now()
    query = "SELECT FROM alerts WHERE kind = 'intervisions.ballot_closing'"
    seen = {who: gate.outcome(circle[who].actor.id, at, query) for who in EVERYBODY}
    missing = {"rw2", "rw3", "rw4", "cass1"}
    assert seen == {who: "1" if who in missing else "0" for who in EVERYBODY}
    gate.connection.close()


def test_no_answer_but_the_result_has_a_place_for_what_was_given(circle):
    """In the API's own description: nothing to fill in by mistake."""
    schemas = circle["rw1"].get("/api/openapi.json")["components"]["schemas"]
    telling = {"turnout", "papers", "lines", "ties", "lost_points", "rank", "chosen", "seed"}
    found = {name for name, shape in schemas.items() if telling & set(shape.get("properties", {}))}
    assert found == {"BallotResultOut", "BallotLineOut"}
    assert "points" not in schemas["BallotOptionOut"]["properties"]


def test_a_box_that_somebody_put_back_is_noticed(circle, session, ballot, options):
    """Votes are lost then: the ballot is void, and says why."""
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {options[0]: 1})
    (kept,) = circle.rows("SELECT sealed FROM ballot_boxes")
    vote(circle, ballot, "rw4", {options[1]: 1})
    circle.database.execute("UPDATE ballot_boxes SET sealed = %s", kept)
    close(circle)
    over = see_ballot(circle, session)
    assert (over["state"], over["void_code"]) == ("void", "box_altered")


def test_a_box_whose_key_is_away_waits_and_is_given_up_after_a_week(
    circle, session, ballot, options, settings
):
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {options[0]: 1})
    (path,) = settings.case_keys.glob("*.key")
    kept = path.rename(path.with_suffix(".away"))
    with pytest.raises(Unreadable):
        close(circle)
    assert see_ballot(circle, session)["state"] == "counting"
    kept.rename(path)
    turn(circle)
    assert result(circle, ballot)["turnout"] == 3


def _lose_key(circle, ballot, settings) -> None:
    (path,) = settings.case_keys.glob("*.key")
    path.unlink()


def _destroy_key(circle, ballot, settings) -> None:
    _keys(circle).destroy(_id(ballot))


def _spoil_box(circle, ballot, settings) -> None:
    circle.database.execute("UPDATE ballot_boxes SET sealed = 'QUJD'")


def _remove_box(circle, ballot, settings) -> None:
    circle.database.execute("DELETE FROM ballot_boxes")


def _spoil_key(circle, ballot, settings) -> None:
    (path,) = settings.case_keys.glob("*.key")
    path.write_text("no key: !", encoding="ascii")


@pytest.mark.parametrize(
    ("spoil", "days", "code"),
    [
        (_remove_box, 0, "box_altered"),
        (_spoil_key, 8, "box_unreadable"),
        (_destroy_key, 0, "box_unreadable"),
        (_lose_key, 8, "box_unreadable"),
        (_spoil_box, 0, "box_altered"),
    ],
)
def test_a_box_that_nobody_will_open_is_void(
    circle, session, ballot, options, settings, spoil, days, code
):
    for who in ("rw1", "rw2", "rw3"):
        vote(circle, ballot, who, {options[0]: 1})
    spoil(circle, ballot, settings)
    close(circle, CLOSES + timedelta(days=days))
    assert see_ballot(circle, session)["void_code"] == code


def test_a_box_that_somebody_made_without_the_key_takes_no_vote(circle, ballot, options):
    for forged in ("QUJD", "case-key-1:QUJD", "", "ü"):
        circle.database.execute("UPDATE ballot_boxes SET sealed = %s", (forged,))
        refused = vote(circle, ballot, "rw1", {options[0]: 1}, status=503)
        assert refused.json()["code"] == "ballot-box-unreadable"
    assert circle.rows("SELECT * FROM ballot_voters") == []
