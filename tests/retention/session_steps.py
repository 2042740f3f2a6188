"""One session of peers from its proposals to what is left to do, with words that can be found."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.intervisions.agendas import steps as agenda_steps
from tests.intervisions.agendas.steps import follow_up
from tests.intervisions.ballots.steps import close, open_ballot, vote
from tests.intervisions.proposals.steps import act, draft, open_case, reader_of
from tests.intervisions.steps import INVITED, all_come, hold, planned_session
from tests.intervisions.tables.steps import Tables
from tests.people import Network

# A word of everything that was said about the case of rw1, and about that of rw3. No name, number
# or place: the screen lets them through.
OURS, THEIRS = "brimoule", "quatrelune"
BEGINS = datetime(2026, 6, 3, 11, 0, 1, tzinfo=UTC)


@dataclass
class Told:
    """The session was held; `cases` by their reference worker."""

    tables: Tables
    cases: dict[str, Any]
    ballot: Any
    # Of rw1's case: for the network and done, for the network and open, a task and open.
    follow_ups: tuple[Any, Any, Any]

    @property
    def session(self) -> Any:
        return self.tables.session


def told(network: Network) -> Told:
    session = planned_session(network)
    all_come(network, session)
    cases = {who: open_case(network, who) for who in ("rw1", "rw3")}
    proposals = {
        who: _proposal(network, session, cases[who], who, word)
        for who, word in (("rw1", OURS), ("rw3", THEIRS))
    }
    ballot = _voted(network, session, proposals)
    tables = Tables(network, session, cases, proposals)
    numbers = _seated(network, tables)
    network.clock.set(BEGINS)
    tables.sign(*INVITED)
    for who, word in (("rw1", OURS), ("rw3", THEIRS)):
        _minutes(network, tables, numbers[who], who, word)
    follow_ups = _left_to_do(network, tables, numbers)
    hold(network, session, *INVITED)
    network.work()
    return Told(tables, cases, ballot, follow_ups)


def _proposal(network: Network, session: Any, case: Any, who: str, word: str) -> str:
    body = {"answer": "agreed", "evidence": "oral", "witness": f"{word} witness"}
    network[who].post(f"/api/v1/cases/{case['id']}/intervision-agreements", body)
    network[who].post(f"/api/v1/cases/{case['id']}/impasse")
    words = {"vignette": f"Une mère attend, {word}.", "question": f"Que faire, {word} ?"}
    made = draft(network, session, case, who, tags=["mental_suffering"], **words)
    path = f"/api/v1/proposals/{made['id']}"
    network[who].upload(
        f"{path}/attachments",
        "refus.txt",
        f"Un refus, {word}.".encode(),
        headers={"If-Match": f'"v{made["version"]}"'},
    )
    act(network, made, "submission", who=who)
    read = {"approved": True, "remark": f"Bien, {word}."}
    act(network, made, "reading", read, who=reader_of(network, made))
    return str(made["id"])


def _voted(network: Network, session: Any, proposals: dict[str, str]) -> Any:
    ballot = open_ballot(network, session, places=2)
    for who in ("cass1", "ssm2", "rw4"):
        vote(network, ballot, who, {proposals["rw1"]: 2, proposals["rw3"]: 1})
    close(network)
    return ballot


def _seated(network: Network, tables: Tables) -> dict[str, int]:
    """mm2 cannot sit over rw1's case, somebody is invited in to it, and somebody is moved."""
    tables.declare("mm2", "rw1")
    tables.invite_in("colleague", "rw1")
    tables.make("rw1", "rw3")
    tables.allocate()
    numbers = {
        who: number for number in (1, 2) for who in ("rw1", "rw3") if who in tables.at(number)
    }
    body = {
        "professional_id": network["rw4"].id,
        "table_id": tables.table(numbers["rw1"])["id"],
        "note": f"{OURS} note",
    }
    tables.command("/moves", body)
    tables.command("/closing")
    return numbers


def _minutes(network: Network, tables: Tables, number: int, who: str, word: str) -> None:
    begun = tables.begin(number, who, f"Nous proposerions, {word}.")
    path = f"/api/v1/minutes/{begun['id']}"
    tag = f'"v{begun["version"]}"'
    again = network[who].post(f"{path}/revisions", {"body": f"Un plan, {word}."}, If_Match=tag)
    tag = f'"v{again["version"]}"'
    network[who].post(f"{path}/finalisation", status=200, If_Match=tag)
    key = {"Idempotency_Key": f"addendum-{number}"}
    network[who].post(f"{path}/addenda", {"body": f"Et ceci, {word}."}, **key)


def _left_to_do(network: Network, tables: Tables, numbers: dict[str, int]) -> tuple[Any, Any, Any]:
    def left(who: str, word: str, **other: Any) -> Any:
        table = tables.table(numbers[who], who)["id"]
        return follow_up(network, tables.session, who, word, by=who, table_id=table, **other)

    left("rw3", f"{THEIRS} ouvert", becomes="case")
    other = left("rw3", f"{THEIRS} fait")
    agenda_steps.act(network, other, "completion", {"outcome": f"{THEIRS} dit"}, by="rw3")
    done = left("rw1", f"{OURS} fait")
    agenda_steps.act(network, done, "completion", {"outcome": f"{OURS} dit"}, by="rw1")
    still, of_case = left("rw1", f"{OURS} ouvert"), left("rw1", f"{OURS} dossier", becomes="case")
    task = {"title": f"Écrire au propriétaire {OURS}", "category": "tenancy"}
    network["rw1"].post(f"/api/v1/follow-ups/{of_case['id']}/task", task)
    return done, still, of_case
