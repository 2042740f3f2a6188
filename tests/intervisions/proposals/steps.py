"""Steps around a proposal, each over HTTP as its person."""

from typing import Any

from tests.intervisions.steps import path_of
from tests.people import Network

CLEAN = {
    "vignette": "Une mère seule avec trois enfants attend un logement depuis 18 mois.",
    "question": "Que faire quand rien ne bouge ?",
}
MEMBERS = [
    {"role": "adult", "pseudonym": "M1", "family_name": "El Amrani", "given_name": "Fatima"},
    {"role": "child", "pseudonym": "M2", "family_name": "El Amrani", "given_name": "Inès"},
]


def open_case(network: Network, who: str = "rw1") -> Any:
    """A case at a known address, which its reference worker alone sees."""
    case = network[who].post("/api/v1/cases", {"language": "fr", "members": MEMBERS})
    tenancy = {
        "address": "Rue Gérard Mercator 12",
        "postal_code": "1030",
        "lease_kind": "main_residence",
        "landlord": "Immo Verhaeghe",
    }
    network[who].post(f"/api/v1/cases/{case['id']}/tenancy", tenancy)
    return case


def agree(network: Network, case: Any, answer: str = "agreed", who: str = "rw1") -> Any:
    body = {"answer": answer, "evidence": "oral", "witness": "A colleague"}
    return network[who].post(f"/api/v1/cases/{case['id']}/intervision-agreements", body)


def draft(network: Network, session: Any, case: Any, who: str = "rw1", **words: Any) -> Any:
    body = {"case_id": case["id"], **CLEAN, **words}
    return network[who].post(f"{path_of(session)}/proposals", body)


def act(
    network: Network,
    proposal: Any,
    what: str,
    body: Any = None,
    *,
    who: str = "rw1",
    status: int = 200,
) -> Any:
    """What is done to a proposal as this person sees it now."""
    path = f"/api/v1/proposals/{proposal['id']}"
    network.clock.advance(seconds=1)
    tag = f'"v{network[who].get(path)["version"]}"'
    return network[who].post(f"{path}/{what}", body, status=status, If_Match=tag)


def edit(network: Network, proposal: Any, who: str = "rw1", **words: Any) -> Any:
    path = f"/api/v1/proposals/{proposal['id']}"
    tag = f'"v{network[who].get(path)["version"]}"'
    return network[who].call("PUT", path, CLEAN | words, status=200, If_Match=tag).json()


def reader_of(network: Network, proposal: Any) -> str:
    ((person,),) = network.rows("SELECT reader_id FROM proposals WHERE id = %s", proposal["id"])
    return next(key for key in network.people if network[key].id == str(person))


def visible(network: Network, session: Any, case: Any, who: str = "rw1", **words: Any) -> Any:
    """Drafted, submitted and approved."""
    proposal = draft(network, session, case, who, **words)
    act(network, proposal, "submission", who=who)
    act(network, proposal, "reading", {"approved": True}, who=reader_of(network, proposal))
    return network[who].get(f"/api/v1/proposals/{proposal['id']}")


def seen_by(network: Network, session: Any, who: str) -> list[Any]:
    found: list[Any] = network[who].get(f"{path_of(session)}/proposals")["items"]
    return found
