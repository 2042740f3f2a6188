"""`maillage ballot recount`: the same papers give the same result, and a changed one is found."""

import json
from contextlib import contextmanager

import pytest
from sqlalchemy import make_url

from infra.cli import main
from tests.families import family
from tests.intervisions.ballots.steps import close, open_ballot, propose, result, vote
from tests.intervisions.steps import planned_session
from tests.once.beginnings import beginning
from tests.once.emptying import copied, put_back

VOTERS = ("rw1", "rw2", "rw3", "rw4")
OF_A_BALLOT = ("ballots", "ballot_options", "ballot_papers")


@beginning
def counted(circle):
    """Four papers, a tie that the draw decides, and one proposal that nobody chose."""
    session = planned_session(circle, *VOTERS, "cass1")
    one, other, third = (propose(circle, session, "cass1") for _ in range(3))
    ballot = open_ballot(circle, session, places=1)
    vote(circle, ballot, "rw1", {one: 2, other: 1})
    vote(circle, ballot, "rw2", {other: 1})
    vote(circle, ballot, "rw3", {one: 1, other: 1})
    vote(circle, ballot, "rw4", {third: 2})
    close(circle)
    return ballot


@pytest.fixture
def closed(circle, cluster, monkeypatch):
    ballot = counted(circle)
    url = make_url(cluster.url("maillage_owner")).render_as_string(hide_password=False)
    monkeypatch.setenv("OWNER_DATABASE_URL", url)
    return ballot


def recount(ballot, capsys) -> tuple[int, str]:
    code = main(["ballot", "recount", ballot["id"]])
    return code, capsys.readouterr().out


def test_the_same_result_line_by_line(circle, closed, capsys):
    code, said = recount(closed, capsys)
    assert code == 0
    assert said.startswith("The same: 4 papers, as announced.\n")
    told = result(circle, closed)
    for line in told["lines"]:
        assert f"{line['rank']}. {line['proposal_id']}: {line['points']} points" in said
    assert said.count("gets a table") == 1
    assert "tie at 3" in said
    assert "by draw" in said


@contextmanager
def put_back_afterwards(circle):
    """The ballot as it was counted, for whoever tampers with it next."""
    kept = [(name, lines) for name, lines in copied(circle.database) if name in OF_A_BALLOT]
    assert len(kept) == len(OF_A_BALLOT)
    yield
    circle.database.execute("; ".join(f"DELETE FROM {name}" for name in OF_A_BALLOT))
    put_back(circle.database, kept)


SWAP = """
    UPDATE ballot_papers p SET choices = CASE choices
      WHEN (SELECT min(choices::text)::jsonb FROM ballot_papers)
      THEN (SELECT max(choices::text)::jsonb FROM ballot_papers) ELSE choices END
"""


@family(
    "tamper, found",
    [
        (SWAP, "the papers are not those of which the digest was announced"),
        (SWAP, "the papers are not those of which the journal holds the digest"),
        ("DELETE FROM ballot_papers WHERE id = (SELECT min(id::text)::uuid FROM ballot_papers)",
         "3 papers, 4 people who voted, 4 announced"),
        ("INSERT INTO ballot_papers (id, ballot_id, choices)"
         " SELECT gen_random_uuid(), ballot_id, choices FROM ballot_papers LIMIT 1",
         "5 papers, 4 people who voted, 4 announced"),
        ("UPDATE ballot_papers SET choices = jsonb_build_object((SELECT min(proposal_id::text)"
         " FROM ballot_options), 9)", "4 papers against the rules (ballot-too-many-points)"),
        ("UPDATE ballots SET seed = decode(repeat('00', 32), 'hex')",
         "the seed is not the one that was fixed at the opening"),
        ("UPDATE ballots SET result = jsonb_set(result, '{lines,0,points}', '99')",
         "99 points"),
        ("UPDATE ballot_options SET priority = 0 WHERE proposal_id = (SELECT proposal_id FROM"
         " ballot_options o ORDER BY (SELECT b.result -> 'lines' -> 1 ->> 'proposal_id' FROM"
         " ballots b) = o.proposal_id::text DESC LIMIT 1)", "the result is not the announced one"),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_found(circle, closed, capsys, tamper, found):
    circle.database.execute("SET session_replication_role = replica")
    with put_back_afterwards(circle):
        circle.database.execute(tamper)
        code, said = recount(closed, capsys)
    assert code == 1
    assert found in said
    assert "The same" not in said


def test_nobody_changes_what_was_counted(circle, closed):
    """The trigger, also for the owner: what `replica` above had to put off."""
    circle.database.execute("SET session_replication_role = origin")
    for change in ("seed = ''", "result = '{}'", "turnout = 9", "points = 9", "state = 'open'"):
        with pytest.raises(Exception, match="ballot"):
            circle.database.execute(f"UPDATE ballots SET {change}")
    (kept,) = circle.rows("SELECT result FROM ballots")
    assert json.loads(json.dumps(kept[0]))["papers"] == 4


def test_a_ballot_that_was_not_counted_is_exit_code_2(circle, closed, capsys):
    assert main(["ballot", "recount", "11111111-1111-4111-8111-111111111111"]) == 2
    assert "is not a ballot that was closed and counted" in capsys.readouterr().err
