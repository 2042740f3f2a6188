"""Steps that several tests of intervisions take, each over HTTP as its person."""

from typing import Any

from tests.once.beginnings import beginning
from tests.people import Network

HOST_KEYS = ("rw1", "rw2", "rw3")
INVITED = (
    *("cass1", "colleague", "rw1", "rw2", "cpas2"),
    *("specialist", "ssm2", "rw3", "mm2", "rw4"),
)
FIRST = {"starts_at": "2026-06-03T13:00:00+02:00", "ends_at": "2026-06-03T16:00:00+02:00"}


def start_series(network: Network, *, by: str = "facilitator", **terms: Any) -> Any:
    hosts = [str(network[key].actor.organisation_id) for key in HOST_KEYS]
    body = {"kind": "intervision", "name": "Intervision Marolles", "host_ids": hosts, **terms}
    return network[by].post("/api/v1/intervision-series", body)


def add_members(network: Network, series: Any, *keys: str, by: str = "facilitator") -> Any:
    people = {"professional_ids": [network[key].id for key in keys or INVITED]}
    path = f"/api/v1/intervision-series/{series['id']}/members"
    return network[by].post(path, people, status=200)


def plan(network: Network, series: Any, *, by: str = "facilitator", **times: Any) -> Any:
    """The sessions that were planned, the first of them on 3 June unless `times` says otherwise."""
    path = f"/api/v1/intervision-series/{series['id']}/sessions"
    made = network[by].post(path, FIRST | times)["items"]
    network.clock.advance(seconds=1)
    return made


@beginning
def planned_session(network: Network, *members: str, **terms: Any) -> Any:
    """One session with everybody invited, as its facilitator sees it."""
    series = start_series(network, **terms)
    add_members(network, series, *members)
    return see(network, plan(network, series)[0])


def see(network: Network, session: Any, by: str = "facilitator") -> Any:
    return network[by].get(path_of(session))


def path_of(session: Any) -> str:
    return f"/api/v1/intervision-sessions/{session['id']}"


def answer(network: Network, session: Any, who: str, *, comes: bool = True) -> Any:
    network.clock.advance(seconds=1)
    return (
        network[who].call("PUT", f"{path_of(session)}/answer", {"comes": comes}, status=200).json()
    )


@beginning
def all_come(network: Network, session: Any, *who: str) -> Any:
    for key in who or INVITED:
        answer(network, session, key)
    return see(network, session)


def command(
    network: Network,
    session: Any,
    what: str,
    body: Any = None,
    *,
    status: int = 200,
    by: str = "facilitator",
) -> Any:
    """One that needs to know the session as it is now."""
    version = f'"v{see(network, session, by)["version"]}"'
    return network[by].post(f"{path_of(session)}/{what}", body, status=status, If_Match=version)


def hold(network: Network, session: Any, *present: str) -> Any:
    """It takes place at its hour, with these people."""
    return command(
        network,
        session,
        "attendance",
        {"present": [network[key].id for key in present]},
    )
