"""The operations of the OpenAPI document, and a sound request for each that takes a body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

METHODS = ("get", "post", "put", "patch", "delete")
# Ids that belong to a case, by the name they have in a path.
CASE_BOUND = frozenset(
    {
        *("case_id", "member_id", "participation_id", "handover_id", "note_id", "task_id"),
        *("consent_id", "procedure_id", "hearing_id", "deadline_id", "posting_id", "alert_id"),
    }
)
# Ids of the network, which everybody in it may know, and one's own.
OF_THE_NETWORK = frozenset({"professional_id", "protocol_id", "session_id"})


@dataclass(frozen=True)
class Call:
    name: str
    method: str
    path: str
    takes: bool
    expects_version: bool

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def at(self, ids: dict[str, UUID | str]) -> str:
        return self.path.format(**{name: ids[name] for name in self.parameters})


def operations(document: dict[str, Any]) -> Iterator[Call]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                given = item[method].get("parameters", [])
                names = {each.get("name") for each in given}
                yield Call(
                    item[method]["operationId"],
                    method.upper(),
                    path,
                    "requestBody" in item[method],
                    "If-Match" in names,
                )


def bodies(colleague: UUID) -> dict[str, dict[str, Any]]:
    """operationId -> a body that passes every schema."""
    by_law = {"recipient_kind": "role", "recipient_role": "lawyer", "categories": ["identity"]}
    someone = {"organisation_id": str(colleague), "name": "A", "email": "a@b.example"}
    return {
        "registerOrganisation": {"name": "New", "sector": "housing", "kind": "generalist"},
        "registerProfessional": {
            **someone,
            **{"language": "fr", "roles": ["worker"], "issuer": "https://i", "subject": "s"},
        },
        "publishProtocol": {"title": "T", "body": "B"},
        "openCase": {"language": "fr", "members": [{"role": "adult", "pseudonym": "P"}]},
        "addMember": {"role": "child", "pseudonym": "P", "birth_date": "2020-02-02"},
        "endMembership": {"left_on": "2026-03-01"},
        "recordTenancy": {"lease_kind": "social", "rent_eur": "1.00", "months_of_arrears": "2"},
        "replaceTenancy": {"lease_kind": "social", "rent_eur": "1.00"},
        "invite": {
            **{"professional_id": str(colleague), "role": "generalist", "reason": "R"},
            "ends_at": "2027-01-01T00:00:00Z",
        },
        "proposeHandover": {"to_id": str(colleague), "reason": "R", "former_stays": True},
        "writeNote": {"category": "tenancy", "body": "B"},
        "amendNote": {"body": "B", "reason": "R"},
        "addTask": {
            **{"category": "tenancy", "title": "T", "due_on": "2026-04-01"},
            "remind_at": "2026-03-30T08:00:00Z",
        },
        "recordConsent": {
            **{"purpose": "P", "evidence": "oral", "witness": "W", "language": "fr"},
            **{"valid_until": "2027-01-01T00:00:00Z", "provisions": [by_law]},
        },
        "openProcedure": {"canton": "Ixelles", "roll_number": "26A1"},
        "recordAct": {"kind": "petition", "acted_on": "2026-02-20", "received_on": "2026-02-21"},
        "setHearing": {"starts_at": "2026-05-05T09:00:00+02:00", "room": "1"},
        "moveHearing": {"starts_at": "2026-05-06T09:00:00+02:00", "room": "1"},
        "overrideDeadline": {"date": "2026-05-01", "reason": "R"},
        "postDate": {"kind": "hearing_moved", "starts_at": "2026-05-06T09:00:00+02:00"},
    }
