"""What sessions keep: words about a case go with it, and by themselves after their period."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from infra.cli import main
from services.retention import purging
from services.retention.classes import CLASSES
from tests.guards.erasures import canaries, confirmed, set_state
from tests.intervisions import conftest as circles
from tests.intervisions.agendas.steps import act
from tests.intervisions.ballots.steps import result
from tests.intervisions.proposals.steps import draft, open_case
from tests.intervisions.steps import path_of, planned_session
from tests.once.beginnings import beginning
from tests.retention.session_steps import OURS, THEIRS, told
from workers.operators.retention import apply_all

WORDS = CLASSES["intervisions"].period
VOTERS = CLASSES["voters"].period


@pytest.fixture
def people_file() -> Path:
    return Path(circles.__file__).parent / "circle.toml"


@pytest.fixture
@beginning
def held(network):
    network.clock.set(circles.START)
    return told(network)


def recounted(cluster, monkeypatch, held, capsys) -> str:
    url = make_url(cluster.url("maillage_owner")).render_as_string(hide_password=False)
    monkeypatch.setenv("OWNER_DATABASE_URL", url)
    capsys.readouterr()
    assert main(["ballot", "recount", held.ballot["id"]]) == 0
    return capsys.readouterr().out


def rows_of(network, *tables: str) -> dict[str, int]:
    counts = {each: network.rows(f"SELECT count(*) FROM {each}")[0][0] for each in tables}
    return {each: count for each, count in counts.items() if count}


def places_of(network, word: str) -> int:
    return canaries(network).count(word)


SAID_IN = {
    *("proposals", "proposal_attachments", "minutes_revisions", "minutes_addenda", "seats"),
    *("follow_up_words", "intervision_agreements", "tasks"),
}


def said_in(network, word: str) -> set[str]:
    return {
        table
        for table in (each for kept in CLASSES.values() for each in kept.tables)
        if network.rows(f"SELECT 1 FROM {table} t WHERE to_jsonb(t)::text LIKE %s", f"%{word}%")
    }


def erase(network, held, erasing, owner_database, who="rw1") -> None:
    set_state(owner_database, network, held.cases[who], "closed")
    confirmed(network, held.cases[who])
    erasing.take_turn(network.runtime)


def test_a_case_that_is_erased_takes_what_was_said_of_it_at_sessions(
    network, held, erasing, owner_database, cluster, monkeypatch, capsys
):
    assert said_in(network, OURS) == SAID_IN
    theirs = places_of(network, THEIRS)
    before = result(network, held.ballot)
    erase(network, held, erasing, owner_database)
    assert places_of(network, OURS) == 0
    assert places_of(network, THEIRS) == theirs
    assert recounted(cluster, monkeypatch, held, capsys).startswith("The same: 3 papers")
    after = result(network, held.ballot)
    assert [each["points"] for each in after["lines"]] == [
        each["points"] for each in before["lines"]
    ]
    links = ("proposal_sources", "follow_up_sources", "intervision_agreements", "impasses")
    assert rows_of(network, *links) == dict.fromkeys(
        ("proposal_sources", "intervision_agreements", "impasses"), 1
    )
    (kept,) = network["rw3"].get(f"/api/v1/cases/{held.cases['rw3']['id']}/intervision-minutes")[
        "items"
    ]
    assert THEIRS in network["rw3"].get(f"/api/v1/minutes/{kept['id']}")["body"]


def test_nothing_is_asked_of_anybody_any_more_about_a_case_that_is_gone(
    network, held, erasing, owner_database
):
    """Nobody could read what there is to do: it is over, and no reminder comes."""
    done, *open_ones = held.follow_ups
    erase(network, held, erasing, owner_database)
    for each in open_ones:
        shown = network["rw1"].get(f"/api/v1/follow-ups/{each['id']}")
        assert (shown["state"], shown["words"], shown["outcome"]) == ("dropped", None, None)
    assert network["rw1"].get(f"/api/v1/follow-ups/{done['id']}")["state"] == "done"
    (other,) = network["rw3"].get("/api/v1/follow-ups")["items"]
    assert (other["state"], other["words"]) == ("open", f"{THEIRS} ouvert")
    due = (
        "SELECT split_part(rung, ' ', 1) FROM alerts"
        " WHERE kind = 'intervisions.follow_up_due' AND state = 'planned'"
    )
    assert network.rows(due) == [(other["id"],)]


def test_an_answer_kept_for_a_repetition_shows_nothing_either(
    network, held, erasing, owner_database
):
    stored = "SELECT count(*) FROM idempotency_keys WHERE position(%s::bytea IN body) > 0"
    assert network.rows(stored, OURS.encode()) == [(1,)]
    erase(network, held, erasing, owner_database)
    assert network.rows(stored, OURS.encode()) == [(0,)]
    assert network.rows(stored, THEIRS.encode()) == [(1,)]


def ends(network):
    return network.rows("SELECT ends_at FROM intervision_sessions")[0][0]


def due(network) -> dict[str, int]:
    with network.runtime.transaction() as uow:
        found = {each.name: each.count for each in purging.due(uow=uow)}
    return {name: found[name] for name in ("intervisions", "voters") if found[name]}


def forget(network) -> None:
    with network.runtime.transaction("chore") as uow:
        purging.forget_old_rows(uow=uow)


def test_words_are_forgotten_two_years_after_the_session(network, held):
    network.clock.set(ends(network) + WORDS - timedelta(seconds=1))
    forget(network)
    both = places_of(network, OURS), places_of(network, THEIRS)
    assert both[0] > 10
    network.clock.advance(seconds=2)
    before = canaries(network)
    assert due(network)["intervisions"] >= 1
    assert canaries(network) == before
    for _ in range(3):
        forget(network)
    gone = (
        *("minutes", "minutes_revisions", "minutes_addenda", "proposal_attachments"),
        *("declared_conflicts", "invited_in"),
    )
    assert set(rows_of(network, *gone)) <= {"declared_conflicts", "invited_in"}
    words = "SELECT DISTINCT vignette, question, tags, remark, region FROM proposals"
    assert network.rows(words) == [("", "", [], None, None)]
    assert {note for (note,) in network.rows("SELECT note FROM seats")} <= {None, ""}
    # What is left to do, and the cases' own, stay.
    said = network["rw1"].get(f"/api/v1/follow-ups/{held.follow_ups[1]['id']}")
    assert (said["state"], said["words"]) == ("open", f"{OURS} ouvert")
    tasks = network["rw1"].get(f"/api/v1/cases/{held.cases['rw1']['id']}/tasks")["items"]
    assert OURS in str(tasks)
    assert due(network) == {}
    for who in ("rw1", "mm2"):
        shown = network[who].get(f"{path_of(held.session)}/proposals")["items"]
        assert {each["vignette"] for each in shown} == {""}


def test_what_was_never_brought_to_a_session_is_forgotten_too(network):
    network.clock.set(circles.START)
    session = planned_session(network)
    draft(network, session, open_case(network), vignette=f"Une mère, {OURS}.")
    network.clock.set(ends(network) + WORDS)
    forget(network)
    assert places_of(network, OURS) == 1
    network.clock.advance(seconds=1)
    forget(network)
    assert places_of(network, OURS) == 0
    assert network.rows("SELECT state FROM proposals") == [("withdrawn",)]


def test_a_follow_up_keeps_its_words_from_its_closing_on(network, held):
    network.clock.set(ends(network) + 2 * WORDS)
    apply_all(network.runtime, lambda _: None)
    left = {words for (words,) in network.rows("SELECT words FROM follow_up_words")}
    assert left == {f"{OURS} ouvert", f"{OURS} dossier", f"{THEIRS} ouvert"}
    # Who was kept from the table that speaks of it stays kept from it.
    assert rows_of(network, "declared_conflicts", "seats")["declared_conflicts"] == 1
    _, still, of_case = held.follow_ups
    (other,) = network["rw3"].get("/api/v1/follow-ups")["items"]
    for each, who in ((still, "rw1"), (of_case, "rw1"), (other, "rw3")):
        act(network, each, "drop", {"outcome": "Passé."}, by=who)
    forget(network)
    assert rows_of(network, "follow_up_words")["follow_up_words"] == 3
    network.clock.advance(days=WORDS.days, seconds=1)
    apply_all(network.runtime, lambda _: None)
    gone = ("follow_up_words", "declared_conflicts", "invited_in", "seats")
    assert rows_of(network, *gone) == {}
    kept = rows_of(network, "follow_ups", "undertakings", "session_invitations", "ballot_papers")
    assert kept["follow_ups"] == 5
    assert kept["ballot_papers"] == 3


def test_who_voted_is_forgotten_after_a_year_and_the_count_stays(
    network, held, cluster, monkeypatch, capsys
):
    network.clock.set(network.rows("SELECT closes_at FROM ballots")[0][0] + VOTERS)
    assert due(network) == {}
    network.clock.advance(seconds=1)
    assert due(network) == {"voters": 1}
    forget(network)
    assert rows_of(network, "ballot_voters", "ballot_electors") == {}
    said = recounted(cluster, monkeypatch, held, capsys)
    assert "Who voted is forgotten" in said
    assert "The same: 3 papers" in said
    assert [each["points"] for each in result(network, held.ballot, "mm2")["lines"]] == [6, 3]
    network["mm2"].get(f"{path_of(held.session)}/ballot")
    network.database.execute(
        "INSERT INTO ballot_papers (id, ballot_id, choices)"
        " SELECT gen_random_uuid(), ballot_id, choices FROM ballot_papers LIMIT 1"
    )
    assert main(["ballot", "recount", held.ballot["id"]]) == 1
    assert "4 papers" in capsys.readouterr().out


def test_in_batches_to_the_end(network, held, monkeypatch):
    network.clock.set(ends(network) + 2 * WORDS)
    monkeypatch.setattr(purging, "ROWS_AT_ONCE", 1)
    said: list[str] = []
    apply_all(network.runtime, said.append)
    assert any(line.endswith("rows of intervisions deleted.") for line in said)
    assert due(network) == {}
