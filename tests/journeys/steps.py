"""Steps that several journeys take."""

from datetime import timedelta
from typing import Any

from tests.network import Network


def open_shared_case(network: Network, *, liaison_sees: tuple[str, ...] = ("procedure",)) -> Any:
    """The tenant and two children, pseudonymous; consent for CPAS-N, lawyers and the liaison."""
    rw1 = network["rw1"]
    case = rw1.post(
        "/api/v1/cases",
        {
            "language": "fr",
            "commune": "Schaerbeek",
            "members": [
                {"role": "adult", "pseudonym": "Tenant"},
                {"role": "child", "pseudonym": "Child"},
                {"role": "child", "pseudonym": "Child"},
            ],
        },
    )
    shared = ["identity", "tenancy", "procedure"]
    consent(
        network,
        case,
        {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")},
        shared,
    )
    consent(network, case, {"recipient_kind": "role", "recipient_role": "lawyer"}, shared)
    consent(
        network, case, {"recipient_kind": "role", "recipient_role": "liaison"}, list(liaison_sees)
    )
    return case


def org(network: Network, who: str) -> str:
    return str(network[who].actor.organisation_id)


def consent(network: Network, case: Any, recipient: dict[str, str], categories: list[str]) -> Any:
    """Oral, before a witness, for half a year."""
    until = network.clock.now() + timedelta(days=181)
    return network["rw1"].post(
        f"/api/v1/cases/{case['id']}/consents",
        {
            "purpose": "Keep the home",
            "evidence": "oral",
            "witness": "The receptionist",
            "language": "fr",
            "valid_until": until.isoformat(),
            "provisions": [{**recipient, "categories": categories}],
        },
    )


def join(network: Network, case: Any, who: str, role: str) -> Any:
    """Invited by the reference worker, accepted by themselves."""
    place = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/team",
        {"professional_id": network[who].id, "role": role, "reason": "Needed"},
    )
    return network[who].post(f"/api/v1/invitations/{place['id']}/acceptance", status=200)
