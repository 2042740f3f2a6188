"""The operations of the OpenAPI document, and a sound request for each that takes a body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

from services.evictions.counting.rulefile import RULES

# The shipped one, as the network's second version of it.
RULE_SET = (RULES / "bxl-2023-09.toml").read_text().replace("version = 1", "version = 2", 1)
METHODS = ("get", "post", "put", "patch", "delete")
# Ids that belong to a case, by the name they have in a path.
CASE_BOUND = frozenset(
    {
        *("case_id", "member_id", "participation_id", "handover_id", "note_id", "task_id"),
        *("consent_id", "procedure_id", "hearing_id", "deadline_id", "posting_id", "alert_id"),
        *("act_id", "closing_id", "term_id", "instalment_id"),
        "accompaniment_id",
        *("exclusion_id", "document_id", "request_id", "opening_id", "substitution_id"),
        *("goal_id", "action_id"),
        "erasure_id",
        *("tick_id", "bundle_id"),
        *("opposition_id", "step_id"),
        "agreement_id",
        # What a session says of it: to nobody but who sits there and who answers for it.
        *("proposal_id", "table_id", "minutes_id"),
    }
)
# Of operations that are being merged: they count from the day the document names them.
COMING = frozenset({"document_id", "request_id", "opening_id", "substitution_id", "number"})
# Not ids: which version of a thing that is named before it. The value is one that is absent.
NUMBERS = {"number": "999"}
# Ids of the network, which everybody in it may know, and one's own.
OF_THE_NETWORK = frozenset(
    {
        *("professional_id", "protocol_id", "login_session_id", "feed_id", "list_id", "row_id"),
        *("change_id", "recomputation_id", "court_id", "correction_id", "confirmation_id"),
        "rule_set",
        *("webhook_id", "webhook_delivery_id", "delivery_id"),
        # Of sessions, which know no case; the matrix asks who attends them (`session_groups`).
        *("series_id", "session_id"),
        *("item_id", "follow_up_id"),
        "ballot_id",
    }
)


@dataclass(frozen=True)
class Call:
    name: str
    method: str
    path: str
    takes: bool
    expects_version: bool
    uploads: bool = False
    # The required arguments, each with a sound value.
    query: dict[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def at(self, ids: dict[str, UUID | str]) -> str:
        return self.path.format(**{name: ids[name] for name in self.parameters})

    def sample(self, colleague: UUID) -> dict[str, Any]:
        """A sound request: headers, arguments, and the body that `bodies` has for it."""
        request: dict[str, Any] = {"query_string": self.query}
        request["headers"] = {"If-Match": '"v1"'} if self.expects_version else {}
        if self.uploads:
            # A new operation needs a sound body there, or nothing about it is proven.
            content = (BytesIO(FILES.get(self.name, b"A letter.\n")), "letter.txt", "text/plain")
            request["data"] = {**bodies(colleague)[self.name], "file": content}
        elif self.takes:
            request["json"] = bodies(colleague)[self.name]
        return request


def operations(document: dict[str, Any], *, at_home: bool = False) -> Iterator[Call]:
    """The household's own view knows no professional: only `at_home` are its operations here."""
    for path, item in document["paths"].items():
        if path.startswith("/api/v1/household") and not at_home:
            continue
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
                    "multipart/form-data" in item[method].get("requestBody", {}).get("content", {}),
                    {
                        each["name"]: ARGUMENTS[each["name"]]
                        for each in given
                        if each.get("in") == "query" and each.get("required")
                    },
                )


# Files that are rows, by operation.
FILES = {"uploadHearingList": b"canton;rol;datum\n"}
# Required arguments of a query, by name: a new one needs a sound value here.
ARGUMENTS = {
    **{"role": "generalist", "member": "11111111-1111-4111-8111-111111111111"},
    "name": "an",
    **{"from": "2026-01-01", "until": "2026-12-31"},
}


def of_sessions(colleague: UUID) -> dict[str, dict[str, Any]]:
    """The same, for series and sessions of intervisions."""
    times = {"starts_at": "2026-06-03T13:00:00+02:00", "ends_at": "2026-06-03T16:00:00+02:00"}
    terms = {"name": "S", "host_ids": [str(colleague)]}
    return {
        "startSeries": {"kind": "intervision", **terms},
        "changeSeries": terms,
        "addSeriesMembers": {"professional_ids": [str(colleague)]},
        "planSessions": times,
        "moveSession": times,
        "inviteToSession": {"professional_ids": [str(colleague)]},
        "answerSession": {"comes": True},
        "holdSession": {"present": []},
        **of_tables(colleague),
        "addAgendaItem": {"kind": "topic", "title": "T", "minutes": 20},
        "changeAgendaItem": {"title": "T", "minutes": 20},
        "planFollowUp": {"words": "W", "owner_id": str(colleague), "due_on": "2026-12-01"},
        "finishFollowUp": {"outcome": "O"},
        "dropFollowUp": {"outcome": "O"},
        "snoozeFollowUp": {"until": "2026-03-01"},
        "writeFollowUpTask": {"title": "T", "category": "tenancy"},
        "tagSessionNeeds": {"tags": ["housing"]},
        **of_ballots(colleague),
    }


def of_tables(colleague: UUID) -> dict[str, dict[str, Any]]:
    """The same, for tables and minutes."""
    someone = {"professional_id": str(colleague)}
    return {
        "makeTables": {"tables": [{"topic": "T"}]},
        "allocateSeats": {"dry_run": True},
        "moveSeat": {**someone, "table_id": str(colleague), "note": "N"},
        "declareConflict": {"proposal_id": str(colleague)},
        "inviteIn": someone,
        "signUndertaking": {"number": 1, "language": "fr"},
        **{key: {"body": "B"} for key in ("beginMinutes", "reviseMinutes", "addToMinutes")},
        "copyMinutesToCase": {"category": "tenancy", "body": "W"},
    }


def of_ballots(colleague: UUID) -> dict[str, dict[str, Any]]:
    rules = {"opens_at": "2026-04-02T08:00:00Z", "closes_at": "2026-04-07T08:00:00Z"}
    return {
        "planBallot": rules,
        "changeBallot": rules,
        "castPaper": {"choices": [{"proposal_id": str(colleague), "points": 1}]},
        "voidBallot": {"reason": "R"},
    }


def bodies(colleague: UUID) -> dict[str, dict[str, Any]]:
    """operationId -> a body that passes every schema."""
    by_law = {"recipient_kind": "role", "recipient_role": "lawyer", "categories": ["identity"]}
    someone = {"organisation_id": str(colleague), "name": "A", "email": "a@b.example"}
    said = {"evidence": "oral", "witness": "W", "member_id": str(colleague), "kind": "cosigned"}
    return {
        "registerOrganisation": {"name": "New", "sector": "housing", "kind": "generalist"},
        "registerProfessional": {
            **someone,
            **{"language": "fr", "roles": ["worker"], "issuer": "https://i", "subject": "s"},
        },
        "registerWebhook": {"url": "https://hooks.example/alerts", "kinds": []},
        "changeWebhook": {"url": "https://hooks.example/new", "state": "active"},
        "publishProtocol": {"title": "T", "body": "B"},
        **of_sessions(colleague),
        "acknowledgeAlert": {"acting": "reference_worker"},
        "retryAlerts": {"ids": [str(colleague)]},
        "openCase": {"language": "fr", "members": [{"role": "adult", "pseudonym": "P"}]},
        "addMember": {"role": "child", "pseudonym": "P", "birth_date": "2020-02-02"},
        "endMembership": {"left_on": "2026-02-18"},
        "returnMember": {"joined_on": "2026-02-18"},
        "correctMember": {"role": "child", "pseudonym": "P"},
        "previewSplit": {"member_ids": [str(colleague)]},
        "splitHousehold": {
            "members": [{"member_id": str(colleague), "pseudonym": "P"}],
            "left_on": "2026-02-18",
        },
        "proposeClosing": {"reason": "solved", "reviewer_id": str(colleague)},
        "refuseClosing": {"reason": "R"},
        "reopenCase": {"reason": "R"},
        "watchCase": {"review_on": "2027-01-01"},
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
        "moveNote": {"category": "work", "reason": "R"},
        "setExclusion": {"professional_id": str(colleague), "reason": "R"},
        "renewConsent": {
            **{"evidence": "oral", "witness": "W", "language": "fr"},
            "valid_until": "2027-02-01T00:00:00Z",
        },
        "loadRuleSet": {"source": RULE_SET, "reason": "R"},
        "changeRule": {
            **{"rule_set": "BXL-2023-09", "rule_id": "BRU-04", "delay": 41, "reason": "R"},
            "valid_until": "2027-01-01",
        },
        "confirmRuleSet": {
            **{"version": 1, "lawyer": "L", "bar": "B"},
            "confirmed_on": "2026-02-02",
        },
        "changeHoliday": {
            **{"day": "2026-06-02", "reason": "R"},
            "names": {"en": "H", "fr": "F", "nl": "F"},
        },
        "previewRuleChange": {"retires": False},
        "correctCourt": {"reason": "R", "also_known_as": ["Quartier"]},
        "giveMobileNumber": {"number": "+32470123456"},
        "verifyMobileNumber": {"code": "012345"},
        "changeNotificationPreferences": {
            "choices": [{"about": "digest", "channel": "email", "timing": "never"}],
            "quiet_hours": {"starts_at": "20:00", "ends_at": "07:00"},
            "zone": "Europe/Brussels",
            "digest": {"rhythm": "weekly", "at": "09:00", "weekday": 2},
        },
        "changeSettings": {"notes_after_withdrawal": "sealed"},
        "changeEscalationRules": {"steps": [{"role": "coordinator", "wait_minutes": 60}]},
        "nameTeamLead": {"leads": False},
        "uploadDocument": {"category": "tenancy", "kind": "other", "title": "T"},
        "addDocumentVersion": {"dated_on": "2026-02-02"},
        "tickChecklist": {"items": ["tasks"]},
        "requestWorker": {"reason": "R"},
        "answerWorkerRequest": {"answer": "A"},
        "nameSubstitute": {
            **{"substitute_id": str(colleague), "first_day": "2026-02-18"},
            "last_day": "2026-12-31",
        },
        "breakGlass": {
            **{"case_code": "BX-7K2Q", "danger": "violence"},
            "reason": "A reason of twenty characters.",
        },
        "reviewBreakGlass": {"verdict": "justified", "comment": "C"},
        "requestErasure": {"ground": "household_request"},
        "holdCase": {"until": "2026-12-31T00:00:00Z", "reason": "R"},
        "sealContacts": {"address": "A", "phone": "P"},
        "recordConsent": {
            **{"purpose": "P", "evidence": "oral", "witness": "W", "language": "fr"},
            **{"valid_until": "2027-01-01T00:00:00Z", "provisions": [by_law]},
        },
        "writeGoal": {"category": "tenancy", "words": "W"},
        "changeGoal": {"words": "W", "position": 1},
        "planAction": {"category": "tenancy", "what": "W", "due_on": "2026-04-01"},
        "changeAction": {"what": "W"},
        "dropAction": {"reason": "R"},
        "answerGoal": said,
        "answerAction": said,
        "openProcedure": {"canton": "Ixelles", "roll_number": "26A1"},
        "recordAct": {"kind": "petition", "acted_on": "2026-02-20", "received_on": "2026-02-21"},
        "correctAct": {"kind": "petition", "acted_on": "2026-02-19", "reason": "R"},
        "withdrawException": {"reason": "R"},
        "strikeAct": {"reason": "R"},
        "chooseRegime": {"regime": "BRU_LEASE"},
        "setHearing": {"starts_at": "2026-05-05T09:00:00+02:00", "room": "1"},
        "moveHearing": {"starts_at": "2026-05-06T09:00:00+02:00", "room": "1"},
        "changeHearing": {"room": "2", "kind": "pleading"},
        "recordHearingResult": {"result": "judged"},
        "askAlong": {"role": "companion", "outside": "O"},
        "callOffHearing": {"because": "struck_from_roll"},
        "overrideDeadline": {"date": "2026-05-01", "reason": "R"},
        "liftOverride": {"reason": "R"},
        "tickBundleItem": {"item": "legal_aid", "state": "not_applicable", "reason": "R"},
        "previewBundle": {"language": "fr", "words": "W", "leave_out": ["work"]},
        "freezeBundle": {"language": "fr", "words": "W", "leave_out": ["work"]},
        "setConfidentiality": {
            **{"item": "note", "object_id": str(colleague)},
            "confidential_to": None,
        },
        "answerHouseholdRequest": {"outcome": "refused", "answer": "A"},
        "setTerm": {
            "kind": "payment_plan",
            "instalments": [{"due_on": "2026-06-01", "amount_eur": "150.00"}],
        },
        "payInstalment": {"paid_on": "2026-02-17"},
        "missTerm": {},
        "resumeTerm": {},
        "cancelTerm": {"reason": "R"},
        "recordArrears": {"day": "2026-02-01", "kind": "rent_due", "amount_eur": "650.00"},
        "answerOwnGoal": {"kind": "cosigned"},
        "answerOwnAction": {"kind": "cosigned"},
        "enterHousehold": {"code": "AAAA-AAAA-AAAA"},
        "giveOwnConsent": {
            **{"purpose": "P", "valid_until": "2026-12-01T00:00:00Z"},
            "provisions": [by_law],
        },
        "refuseSomebody": {"professional_id": str(colleague), "reason": "R"},
        "askForAnotherWorker": {"reason": "R"},
        "askRequest": {"kind": "correction", "about": "A", "words": "W"},
        "uploadHearingList": {},
        "acceptHearingListRow": {},
        "opposeWelfareCentre": {"opposed_on": "2026-02-17", "how": "orally"},
        "recordWelfareCentreTold": {"done_on": "2026-02-17", "done_by": "clerk"},
        "postDate": {"kind": "hearing_moved", "starts_at": "2026-05-06T09:00:00+02:00"},
        "recordAgreement": {"answer": "refused", "evidence": "oral", "witness": "W"},
        "draftProposal": {"case_id": str(colleague), "vignette": "V", "question": "Q"},
        "editProposal": {"vignette": "V", "question": "Q"},
        "readProposal": {"approved": True},
        "attachToProposal": {},
    }
