"""Steps around agendas and follow-ups, each over HTTP as its person."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from tests.intervisions.steps import add_members, all_come, hold, path_of, plan, start_series
from tests.people import Network

WORDS = "Prendre contact avec le médiateur de dettes de la commune"


def draft(network: Network, session: Any, by: str = "facilitator") -> Any:
    return network[by].call("GET", f"{path_of(session)}/agenda?draft=true", status=200)


def edit(
    network: Network,
    session: Any,
    method: str,
    path: str,
    body: Any = None,
    *,
    status: int = 200,
    by: str = "facilitator",
) -> Any:
    """With the tag of the draft as it is now."""
    tag = draft(network, session).headers["ETag"]
    address = f"{path_of(session)}/agenda/{path}"
    return network[by].call(method, address, body, status=status, If_Match=tag).json()


def add_item(network: Network, session: Any, title: str, *, status: int = 201, **other: Any) -> Any:
    body = {"kind": "topic", "title": title, "minutes": 30, **other}
    return edit(network, session, "POST", "items", body, status=status)


def publish(network: Network, session: Any) -> Any:
    made = edit(network, session, "POST", "versions", status=201)
    network.clock.advance(seconds=1)
    return made


def agenda(network: Network, session: Any, by: str) -> Any:
    return network[by].get(f"{path_of(session)}/agenda")


def follow_up(
    network: Network,
    session: Any,
    owner: str,
    words: str = WORDS,
    *,
    by: str = "facilitator",
    status: int = 201,
    due_on: str = "2026-12-01",
    **other: Any,
) -> Any:
    body = {"words": words, "owner_id": network[owner].id, "due_on": due_on, **other}
    return network[by].post(f"{path_of(session)}/follow-ups", body, status=status)


def act(
    network: Network,
    made: Any,
    what: str,
    body: Any,
    *,
    by: str,
    status: int = 200,
) -> Any:
    """With the tag of the follow-up as this person sees it."""
    path = f"/api/v1/follow-ups/{made['id']}"
    tag = network[by].call("GET", path, status=200).headers["ETag"]
    return network[by].post(f"{path}/{what}", body, status=status, If_Match=tag)


def done(network: Network, made: Any, by: str) -> Any:
    return act(network, made, "completion", {"outcome": "Fait."}, by=by)


def table_over(network: Network, session: Any, case: Any, proposer: str = "rw1") -> Any:
    """A table whose visible proposal came from this case: rows of slices that have their own
    tests."""
    proposal, table = uuid4(), uuid4()
    network.database.execute(
        "INSERT INTO proposals (id, version, session_id, proposer_id, pseudonym, vignette,"
        " question, tags, impasse, waiting_weeks, state)"
        " VALUES (%s, 1, %s, %s, 'Mistral', 'V', 'Q', '[]', false, 3, 'visible')",
        (proposal, session["id"], network[proposer].id),
    )
    network.database.execute(
        "INSERT INTO proposal_sources (proposal_id, case_id) VALUES (%s, %s)",
        (proposal, case["id"]),
    )
    number = network.rows("SELECT 1 + count(*) FROM session_tables")[0][0]
    network.database.execute(
        "INSERT INTO session_tables (id, version, session_id, number, proposal_id)"
        " VALUES (%s, 1, %s, %s, %s)",
        (table, session["id"], number, proposal),
    )
    sit(network, session, table, proposer)
    return {"id": str(table), "proposal_id": str(proposal)}


def sit(network: Network, session: Any, table: Any, who: str) -> None:
    network.database.execute(
        "INSERT INTO seats (session_id, professional_id, table_id, placed)"
        " VALUES (%s, %s, %s, 'automatic')",
        (session["id"], network[who].id, table),
    )


def series_of(
    network: Network, *members: str, count: int, every_weeks: int = 2, **terms: Any
) -> list[Any]:
    """`count` sessions from 3 June on, each with everybody invited and coming."""
    series = start_series(network, **terms)
    add_members(network, series, *members)
    made = plan(network, series, count=count, every_weeks=every_weeks)
    for session in made:
        all_come(network, session, *members)
    return made


def held(network: Network, session: Any, *present: str) -> Any:
    """At its hour, a second after it began."""
    network.clock.set(datetime.fromisoformat(session["starts_at"]))
    network.clock.advance(seconds=1)
    return hold(network, session, *present)
