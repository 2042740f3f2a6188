"""Steps that several journeys take."""

from datetime import timedelta
from typing import Any

from tests.once.beginnings import beginning
from tests.people import Network
from workers.timetable import TIMETABLE


@beginning
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


@beginning
def set_hearing(network: Network, case: Any, starts_at: str, who: str = "rw1") -> Any:
    """A procedure of the case, and its hearing with the ladder of alerts."""
    procedure = network[who].post(
        f"/api/v1/cases/{case['id']}/procedures",
        {"canton": "Schaerbeek 1", "roll_number": "26A100"},
    )
    path = f"/api/v1/procedures/{procedure['id']}"
    return network[who].post(f"{path}/hearings", {"starts_at": starts_at})


def note(
    network: Network, case: Any, who: str, body: str, *, category: str = "tenancy", **more: Any
) -> Any:
    return network[who].post(
        f"/api/v1/cases/{case['id']}/notes", {"category": category, "body": body, **more}
    )


def propose(
    network: Network, case: Any, frm: str = "rw1", to: str = "rw2", *, stays: bool = False
) -> Any:
    network.clock.advance(seconds=1)
    return network[frm].post(
        f"/api/v1/cases/{case['id']}/handovers",
        {"to_id": network[to].id, "reason": "The household asked", "former_stays": stays},
    )


def take_over(network: Network, handover: Any, who: str) -> Any:
    """Everything looked through and ticked, then accepted."""
    path = f"/api/v1/handovers/{handover['id']}"
    full = [line["item"] for line in network[who].get(path)["checklist"] if not line["empty"]]
    if full:
        network[who].post(f"{path}/checklist", {"items": full}, status=200)
    network.clock.advance(seconds=1)
    return network[who].post(f"{path}/acceptance", status=200)


def reference_of(network: Network, case: Any) -> str:
    (row,) = network.rows(
        "SELECT professional_id FROM reference_assignments"
        " WHERE case_id = %s AND upper_inf(period)",
        case["id"],
    )
    return str(row[0])


def sweep(network: Network) -> None:
    """What the sweepers do now and then, as the workers' role; then everything due goes out."""
    with network.runtime.transaction() as uow:
        for row in TIMETABLE:
            row.run(uow=uow)
    network.work()


def mails_about(network: Network, who: str, words: str) -> list[Any]:
    return [mail for mail in network.mails(who) if words in mail["subject"]]


def want_all_at_once(network: Network, *who: str) -> None:
    """They choose no digest: what asks for nothing comes as a mail of its own."""
    path = "/api/v1/me/notification-preferences"
    choice = {"about": "digest", "channel": "email", "timing": "at_once"}
    for each in who:
        now = network[each].call("GET", path, status=200)
        body = {**now.json(), "choices": [choice]}
        network[each].call("PUT", path, body, status=200, If_Match=now.headers["ETag"])
