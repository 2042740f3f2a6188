"""Steps that tests of ballots take: the people over HTTP, the workers by their turns."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.intervisions.steps import path_of
from tests.once.beginnings import beginning
from tests.people import Network
from workers.timetable import ballot_chores

OPENS = datetime(2026, 5, 27, 7, 0, tzinfo=UTC)
CLOSES = datetime(2026, 6, 2, 10, 0, tzinfo=UTC)
TIMES = {"opens_at": OPENS.isoformat(), "closes_at": CLOSES.isoformat()}


def propose(network: Network, session: Any, proposer: str, **given: Any) -> str:
    """A proposal that is visible, put in place as the owner: how it becomes so is tested apart."""
    values = {"tags": [], "waiting_weeks": 0, "state": "visible"} | given
    row = {"id": uuid4(), "session": session["id"], "proposer": network[proposer].id, **values}
    row |= {"tags": Jsonb(values["tags"]), "name": f"Name {row['id'].hex[:8]}"}
    network.database.execute(
        "INSERT INTO proposals (id, version, session_id, proposer_id, pseudonym, vignette,"
        " question, tags, impasse, waiting_weeks, state) VALUES (%(id)s, 1, %(session)s,"
        " %(proposer)s, %(name)s, 'V', 'Q', %(tags)s, false, %(waiting_weeks)s, %(state)s)",
        row,
    )
    return str(row["id"])


@beginning
def three_options(
    network: Network, session: Any, proposer: str, waiting_weeks: tuple[int, ...] = (0, 0, 0)
) -> list[str]:
    return [propose(network, session, proposer, waiting_weeks=weeks) for weeks in waiting_weeks]


def withdraw(network: Network, proposal_id: str) -> None:
    network.database.execute(
        "UPDATE proposals SET state = 'withdrawn' WHERE id = %s", (proposal_id,)
    )


def plan_ballot(network: Network, session: Any, *, status: int = 201, **terms: Any) -> Any:
    path = f"{path_of(session)}/ballot"
    return network["facilitator"].post(path, TIMES | terms, status=status)


def see_ballot(network: Network, session: Any, who: str = "facilitator") -> Any:
    return network[who].get(f"{path_of(session)}/ballot")


def turn(network: Network) -> None:
    """What the workers do about ballots, until there is nothing left of it."""
    for row in ballot_chores(network.runtime.case_keys):
        busy = True
        while busy:
            with network.runtime.transaction("chore") as uow:
                busy = bool(row.run(uow=uow))


@beginning
def open_ballot(network: Network, session: Any, **terms: Any) -> Any:
    """Planned, and opened by the workers a minute after its hour."""
    plan_ballot(network, session, **terms)
    network.clock.set(OPENS + timedelta(minutes=1))
    turn(network)
    return see_ballot(network, session)


def close(network: Network, at: datetime = CLOSES) -> None:
    network.clock.set(at)
    turn(network)


def vote(
    network: Network, ballot: Any, who: str, choices: dict[str, Any], *, status: int = 204
) -> Any:
    marks = [{"proposal_id": each, "points": points} for each, points in choices.items()]
    path = f"/api/v1/ballots/{ballot['id']}/papers"
    return network[who].call("POST", path, {"choices": marks}, status=status)


def result(network: Network, ballot: Any, who: str = "facilitator", *, status: int = 200) -> Any:
    return network[who].get(f"/api/v1/ballots/{ballot['id']}/result", status=status)
