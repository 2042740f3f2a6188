"""Two cases, each brought to a table of the session; seats, promises and minutes over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from tests.intervisions.steps import all_come, path_of, planned_session
from tests.once.beginnings import beginning
from tests.people import Network
from tests.security.database.sql import CONTEXT

BRAVO, CHARLIE = "Bravo", "Charlie"


@dataclass
class Tables:
    """`bravo` is the case of rw1 (ULN), in which rw2 (CPAS-N) takes part and which refuses rw4;
    `charlie` that of rw3 (MM). Both are proposals of the session, and nobody has told the session.
    """

    network: Network
    session: Any
    cases: dict[str, Any]
    proposals: dict[str, str]

    @property
    def path(self) -> str:
        return path_of(self.session)

    def see(self, who: str = "facilitator") -> Any:
        return self.network[who].get(f"{self.path}/seating")

    def command(
        self,
        what: str,
        body: Any = None,
        *,
        by: str = "facilitator",
        status: int = 200,
        version: int | None = None,
    ) -> Any:
        shown = version if version is not None else self.see(by)["version"]
        path = f"{self.path}/seating{what}"
        return self.network[by].post(path, body, status=status, If_Match=f'"v{shown}"')

    def make(self, *names: str) -> Any:
        tables = [{"proposal_id": self.proposals[name]} for name in names or (BRAVO, CHARLIE)]
        return _made(self.network, self.path, tables)

    def allocate(self, *, dry_run: bool = False) -> Any:
        return _seated(self.network, self.path, dry_run)

    def move(self, who: str, number: int, *, status: int = 200) -> Any:
        body = {"professional_id": self.network[who].id, "table_id": self.table(number)["id"]}
        return self.command("/moves", {**body, "note": "Asked for it"}, status=status)

    def table(self, number: int, who: str = "facilitator") -> Any:
        return self.see(who)["tables"][number - 1]

    def at(self, number: int, shown: Any = None) -> set[str]:
        """Who sits there, by their keys."""
        return self._keys((shown or self.see())["tables"][number - 1]["people"])

    def unseated(self) -> set[str]:
        return self._keys(self.see()["unseated"])

    def _keys(self, people: Any) -> set[str]:
        key_of = {person.id: key for key, person in self.network.people.items()}
        return {key_of[each["professional_id"]] for each in people}

    def declare(self, who: str, name: str, *, status: int = 201) -> Any:
        body = {"proposal_id": self.proposals[name]}
        return self.network[who].post(f"{self.path}/conflicts", body, status=status)

    def invite_in(self, who: str, name: str, *, by: str = "rw1", status: int = 201) -> Any:
        path = f"/api/v1/proposals/{self.proposals[name]}/invited-in"
        body = {"professional_id": self.network[who].id}
        return self.network[by].post(path, body, status=status)

    def sign(self, *who: str) -> None:
        _signed(self.network, self.path, who)

    def begin(self, number: int, who: str, body: str, *, status: int = 201) -> Any:
        path = f"/api/v1/session-tables/{self.table(number)['id']}/minutes"
        return self.network[who].post(path, {"body": body}, status=status)

    def exclude(self, who: str, case: str) -> Any:
        path = f"/api/v1/cases/{self.cases[case]['id']}/exclusions"
        lead = {BRAVO: "rw1", CHARLIE: "rw3"}[case]
        body = {"professional_id": self.network[who].id, "reason": "The household asked"}
        return self.network[lead].post(path, body)

    def sql(self, cluster: Any, who: str, query: str, *values: Any) -> Any:
        """As the API's role and this person: rows, or the code of the refusal. Nothing is kept."""
        url = make_url(cluster.url("maillage_api")).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string()) as connection:
            at = self.network.clock.now().isoformat()
            connection.execute(CONTEXT, (self.network[who].id, at))
            try:
                found = connection.execute(query, values)
                return found.fetchall() if found.description else found.rowcount
            except psycopg.Error as refusal:
                return refusal.sqlstate
            finally:
                connection.rollback()


@beginning
def _made(network: Network, path: str, tables: list[dict[str, str]]) -> Any:
    return network["facilitator"].post(f"{path}/tables", {"tables": tables})


@beginning
def _seated(network: Network, path: str, dry_run: bool) -> Any:
    shown = network["facilitator"].get(f"{path}/seating")["version"]
    body = {"dry_run": dry_run}
    return network["facilitator"].post(f"{path}/seating", body, status=200, If_Match=f'"v{shown}"')


@beginning
def _signed(network: Network, path: str, who: tuple[str, ...]) -> None:
    for key in who:
        text = network[key].get(f"{path}/undertaking?language=nl")
        body = {"number": text["number"], "language": "nl"}
        network[key].post(f"{path}/undertaking", body)


@beginning
def gathered(network: Network) -> Tables:
    session = planned_session(network)
    all_come(network, session)
    cases = {BRAVO: _case(network, "rw1"), CHARLIE: _case(network, "rw3")}
    _join(network, cases[BRAVO], "rw1", "rw2")
    made = {
        BRAVO: _propose(network, session, cases[BRAVO], "rw1", BRAVO),
        CHARLIE: _propose(network, session, cases[CHARLIE], "rw3", CHARLIE),
    }
    tables = Tables(network, session, cases, made)
    tables.exclude("rw4", BRAVO)
    network.clock.advance(seconds=1)
    return tables


def _case(network: Network, lead: str) -> Any:
    member = {"role": "adult", "pseudonym": "Tenant"}
    body = {"language": "fr", "commune": "Schaerbeek", "members": [member]}
    return network[lead].post("/api/v1/cases", body)


def _join(network: Network, case: Any, lead: str, who: str) -> None:
    body = {"professional_id": network[who].id, "role": "specialist", "reason": "Needed"}
    place = network[lead].post(f"/api/v1/cases/{case['id']}/team", body)
    network[who].post(f"/api/v1/invitations/{place['id']}/acceptance", status=200)


def _propose(network: Network, session: Any, case: Any, by: str, name: str) -> str:
    """Visible to the session, with its sealed source, as if it had been read a second time."""
    key = str(uuid4())
    network.database.execute(
        "INSERT INTO proposals (id, version, session_id, proposer_id, pseudonym, vignette,"
        " question, tags, impasse, waiting_weeks, state) VALUES (%s, 1, %s, %s, %s,"
        " 'A family waits', 'What now?', '[]', false, 3, 'visible')",
        (key, session["id"], network[by].id, name),
    )
    network.database.execute(
        "INSERT INTO proposal_sources (proposal_id, case_id) VALUES (%s, %s)", (key, case["id"])
    )
    return key
