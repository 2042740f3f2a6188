"""A case filled through the API until every operation has something to be about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.shared.categories import NAMES
from tests.security.matrix.stage import CANTON, ROLE_OF, Stage, file_of, open_sessions
from tests.security.populated import agendas, circles, home, tables


@dataclass(frozen=True)
class Parts:
    """Who plays which part in a case."""

    opener: str
    lead: str
    invited: str
    receiver: str
    stands_in: str
    liaison: str
    canton: str
    breaker: str
    second_look: str


HERE = Parts(
    *("former_reference_worker", "reference_worker", "invited", "receiver", "substitute"),
    *("liaison", CANTON, "break_glass_holder", "second_look"),
)
ELSEWHERE = Parts(
    *("neighbour_second", "neighbour", "invited_elsewhere", "spare", "far_signs"),
    *("liaison_far", "Ixelles", "uln_signs", "second_look_elsewhere"),
)


def populate(stage: Stage) -> None:
    newest = stage.does("coordinator", "/protocols", {"title": "T", "body": "B"})
    for signatory in ("network_administrator", "administrator", "uln_signs", "cpas_signs"):
        stage.does(signatory, f"/protocols/{newest['id']}/signatures")
    for signatory in ("ssm_signs", "law_signs", "jpl_signs", "far_signs"):
        stage.does(signatory, f"/protocols/{newest['id']}/signatures")
    stage.ids["this_case"] = fill(stage, HERE, stage.mark)
    stage.ids["another_case"] = fill(stage, ELSEWHERE, lambda *_, **__: stage.mark("other"))
    home.portal(stage, HERE.lead, stage.ids["this_case"], stage.mark)
    _team(stage)
    mine = open_sessions(stage, [*stage.cast.actors])
    for key, session in mine.items():
        stage.ids["this_case"][f"login_session_id of {key}"] = session
    stage.ids["another_case"]["login_session_id"] = mine["uns_signs"]
    for case, owner in (("this_case", HERE.lead), ("another_case", ELSEWHERE.lead)):
        stage.ids[case]["feed_id"] = stage.does(owner, "/me/calendar-feeds")["id"]
    for case, owner in (("this_case", "administrator"), ("another_case", "far_signs")):
        stage.ids[case] |= _webhook(stage, owner)
    circles.populate(stage)
    tables.populate(stage)
    agendas.populate(stage)
    known = {"protocol_id": newest["id"], "professional_id": stage.who("spare")}
    known |= _law(stage) | _courts(stage)
    for ids in stage.ids.values():
        ids.update(known)
    for case, lead in (("this_case", HERE.lead), ("another_case", ELSEWHERE.lead)):
        stage.ids[case]["professional_id of listHeldCases"] = stage.who(lead)
    stage.superuser.execute("UPDATE document_versions SET scan_state = 'clean', scanned_at = now()")
    stage.clock.advance(minutes=5)


def _law(stage: Stage) -> dict[str, Any]:
    """A holiday that was drafted, and its preview as if the workers had made it."""
    names = {"en": "H", "fr": "F", "nl": "F"}
    body = {"day": "2026-06-01", "reason": "R", "names": names}
    change = stage.does("network_administrator", "/holidays", body)["id"]
    run = stage.does("network_administrator", f"/rule-changes/{change}/previews", {})["id"]
    stage.superuser.execute("UPDATE recomputations SET state = 'previewed'")
    body = {"version": 1, "lawyer": "L", "bar": "B", "confirmed_on": "2026-02-02"}
    path = "/rule-sets/BXL-2023-09/confirmations"
    confirmed = stage.does("network_administrator", path, body)["id"]
    return {
        "change_id": change,
        "recomputation_id": run,
        "confirmation_id": confirmed,
        "rule_set": "BXL-2023-09",
    }


def _courts(stage: Stage) -> dict[str, Any]:
    """A court, and what the network says of it."""
    query = "SELECT id FROM courts WHERE code = 'Uccle'"
    (court,) = stage.superuser.execute(query).fetchone() or ()
    body = {"reason": "R", "also_known_as": ["Uccle-Calevoet"]}
    said = stage.does("network_administrator", f"/courts/{court}/corrections", body)
    return {"court_id": str(court), "correction_id": said["corrections"][-1]["id"]}


def _webhook(stage: Stage, owner: str) -> dict[str, Any]:
    """An endpoint of somebody's organisation, and a test event that was given up."""
    body = {"url": "https://hooks.example/alerts", "kinds": []}
    made = stage.does(owner, "/webhooks", body)["webhook"]["id"]
    trial = stage.does(owner, f"/webhooks/{made}/test")["id"]
    stage.superuser.execute(
        "UPDATE webhook_deliveries SET state = 'failed' WHERE id = %s", (trial,)
    )
    return {"webhook_id": made, "webhook_delivery_id": trial, "delivery_id": trial}


def _team(stage: Stage) -> None:
    """Everybody who was let in before anything was permitted to them."""
    case = stage.ids["this_case"]["case_id"]
    for key in (*ROLE_OF, "former_participant", "unsigned_participant", "lapsed_participant"):
        ends_at = (stage.now + timedelta(minutes=1)).isoformat() if "lapsed" in key else None
        made = invite(stage, HERE.lead, case, key, ROLE_OF.get(key, "specialist"), ends_at)
        stage.does(key, f"/invitations/{made['id']}/acceptance")
        if key == "generalist":
            stage.ids["this_case"]["participation_id"] = made["id"]
        if key == "former_participant":
            stage.does(HERE.lead, f"/cases/{case}/team/{made['id']}/end", version=2)


def invite(
    stage: Stage, lead: str, case: Any, key: str, role: str, ends_at: str | None = None, **more: Any
) -> Any:
    body = {"professional_id": str(stage.who(key)), "role": role, "reason": "R", **more}
    return stage.does(lead, f"/cases/{case}/team", body | ({"ends_at": ends_at} if ends_at else {}))


def fill(stage: Stage, parts: Parts, mark: home.Mark) -> dict[str, UUID | str]:
    """The ids, by the name that a path gives them; what only one operation needs, `x of that`."""
    case = _opened(stage, parts, mark)
    ids: dict[str, UUID | str] = {"case_id": case["id"], "code": case["code"]}
    for what in ("id", "code"):
        stage.marks[case[what]] = what if parts is HERE else f"{what} elsewhere"
    living = sorted(case["household"]["members"], key=lambda each: str(each["pseudonym"]))
    names = ("member_id", "member_id of openCompartment", "member_id of other_adult")
    ids |= dict(zip(names, (each["id"] for each in living), strict=True))
    _handed_over(stage, parts, ids)
    _tenancy(stage, parts, ids, mark)
    _papers(stage, parts, ids, mark)
    _sealed(stage, parts, ids, mark)
    _agreed(stage, parts, ids, mark)
    _procedure(stage, parts, ids, mark)
    _term(stage, parts, ids, mark)
    _opposed(stage, parts, ids)
    home.plan(stage, parts.lead, ids, mark)
    home.compartments(stage, parts.lead, ids, mark)
    home.closing(stage, parts.lead, parts.second_look, ids, mark)
    _bundled(stage, parts, ids)
    _asked(stage, parts, ids, mark)
    _stance(stage, parts, ids, mark)
    home.retention(stage, parts.lead, ids, mark)
    return ids


def _opened(stage: Stage, parts: Parts, mark: home.Mark) -> Any:
    body = {"language": "fr", "commune": mark("tenancy"), "members": home.members(mark)}
    return stage.does(parts.opener, "/cases", body)


def _handed_over(stage: Stage, parts: Parts, ids: dict[str, Any]) -> None:
    """The one who opened it left it to the reference worker, and is nobody to it since."""
    stage.clock.advance(seconds=1)
    body = {"to_id": str(stage.who(parts.lead)), "reason": "R", "former_stays": False}
    made = stage.does(parts.opener, f"/cases/{ids['case_id']}/handovers", body)
    items = [line["item"] for line in made["checklist"]]
    stage.does(parts.lead, f"/handovers/{made['id']}/checklist", {"items": items})
    stage.does(parts.lead, f"/handovers/{made['id']}/acceptance")
    stage.clock.advance(seconds=1)


def _tenancy(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> None:
    body = {
        "lease_kind": "social",
        "address": mark("tenancy"),
        "landlord": mark("tenancy", to_adults="nobody"),
    }
    stage.does(parts.lead, f"/cases/{ids['case_id']}/tenancy", body)


def _papers(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> None:
    """A note, a task and a document in every category."""
    case = f"/cases/{ids['case_id']}"
    for category in NAMES:
        note = {"category": category, "body": mark(category)}
        task = {"category": category, "title": mark(category, to_adults="nobody")}
        document = stage.call(
            *(parts.lead, "POST", f"/api/v1{case}/documents"),
            data={
                **{"category": category, "kind": "other", "title": mark(category)},
                "file": file_of(mark(category, to_adults="nobody")),
            },
        )
        assert document.status_code == 201, document.text
        made = {
            "note_id": stage.does(parts.lead, f"{case}/notes", note)["id"],
            "task_id": stage.does(parts.lead, f"{case}/tasks", task)["id"],
            "document_id": document.get_json()["id"],
        }
        if category in ("tenancy", "health"):
            suffix = " in health" if category == "health" else ""
            ids |= {f"{name}{suffix}": key for name, key in made.items()}
    ids["number"] = "1"


def _sealed(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> None:
    path = f"/cases/{ids['case_id']}/members/{ids['member_id']}/compartment"
    stage.does(parts.lead, path)
    body = {"address": mark("sealed"), "phone": mark("sealed")}
    stage.does(parts.lead, path, body, method="PUT")


def _agreed(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> None:
    """Somebody to whom it says yes and somebody whom it refuses; neither is asked about."""
    case = f"/cases/{ids['case_id']}"
    says = {"effect": "permit", "recipient_kind": "person", "categories": ["residence"]}
    body = {
        **{"purpose": mark("file", to_adults="nobody"), "evidence": "oral"},
        "witness": mark("file", to_adults="nobody"),
        **{"language": "fr", "valid_until": (stage.now + timedelta(days=90)).isoformat()},
        "provisions": [{**says, "recipient_id": str(stage.who("law_signs"))}],
    }
    ids["consent_id"] = stage.does(parts.lead, f"{case}/consents", body)["id"]
    body = {
        "professional_id": str(stage.who("ssm_signs")),
        "reason": mark("file", to_adults="nobody"),
    }
    ids["exclusion_id"] = stage.does(parts.lead, f"{case}/exclusions", body)["id"]


def _procedure(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> None:
    case = f"/cases/{ids['case_id']}"
    body = {"canton": parts.canton, "roll_number": mark("procedure")}
    ids["procedure_id of setHearing"] = stage.does(parts.lead, f"{case}/procedures", body)["id"]
    body = {"canton": parts.canton, "roll_number": mark("procedure")}
    ids["procedure_id"] = stage.does(parts.lead, f"{case}/procedures", body)["id"]
    path = f"/procedures/{ids['procedure_id']}"
    body = {"kind": "petition", "acted_on": "2026-02-10"}
    ids["act_id"] = stage.does(parts.lead, f"{path}/acts", body)["acts"][0]["id"]
    # A date that nothing ends: it stays in its first version.
    body = {"kind": "welfare_decision", "acted_on": "2026-02-11"}
    stage.does(parts.lead, f"{path}/acts", body)
    body = {"starts_at": "2026-03-31T09:00:00+02:00", "room": mark("procedure")}
    view = stage.does(parts.lead, f"{path}/hearings", body)
    ids |= {"hearing_id": view["hearings"][0]["id"], "deadline_id": _running(view)}
    body = {"role": "companion", "outside": mark("procedure", to_adults="nobody")}
    made = stage.does(parts.lead, f"/hearings/{ids['hearing_id']}/accompaniments", body)
    ids["accompaniment_id"] = made["hearings"][0]["accompaniments"][0]["id"]
    ids["posting_id"] = _posted(stage, parts, ids, mark)


def _bundled(stage: Stage, parts: Parts, ids: dict[str, Any]) -> None:
    """A frozen bundle with a piece that the team may read, and one with a piece of health."""
    stage.superuser.execute("UPDATE document_versions SET scan_state = 'clean'")
    path = f"/procedures/{ids['procedure_id']}"
    for suffix, left_out in (("", "health"), (" in health", "tenancy")):
        body = {"item": "other", "state": "present", "number": 1}
        body["document_id"] = ids[f"document_id{suffix}"]
        made = stage.does(parts.lead, f"{path}/bundle-ticks", body)
        ticks = {each["document_id"]: each["id"] for each in made["items"][-1]["ticks"]}
        ids[f"tick_id{suffix}"] = ticks[body["document_id"]]
        body = {"language": "fr", "words": "W", "leave_out": [left_out]}
        ids[f"bundle_id{suffix}"] = stage.does(parts.lead, f"{path}/bundles", body)["id"]
    stage.call(parts.lead, "GET", f"/api/v1/bundles/{ids['bundle_id']}/content")


def _posted(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> Any:
    """By the liaison, while the household lets them see the procedure: not for longer."""
    says = {"effect": "permit", "recipient_kind": "role", "recipient_role": "liaison"}
    body = {
        **{"purpose": "P", "evidence": "oral", "witness": "W", "language": "fr"},
        "valid_until": (stage.now + timedelta(days=9)).isoformat(),
        "provisions": [{**says, "categories": ["procedure"]}],
    }
    given = stage.does(parts.lead, f"/cases/{ids['case_id']}/consents", body)
    body = {"kind": "hearing_moved", "starts_at": "2026-04-21T09:00:00+02:00"}
    path = f"/procedures/{ids['procedure_id']}/postings"
    made = stage.does(parts.liaison, path, body | {"room": mark("procedure", to_adults="nobody")})
    path = f"/cases/{ids['case_id']}/consents/{given['id']}/withdrawal"
    stage.does(parts.lead, path)
    return made["id"]


def _opposed(stage: Stage, parts: Parts, ids: dict[str, Any]) -> None:
    """The tenant's no to telling the welfare centre, while that is still to be done."""
    path = f"/procedures/{ids['procedure_id of setHearing']}"
    body = {"opposed_on": "2026-02-17", "how": "orally"}
    made = stage.does(parts.lead, f"{path}/welfare-oppositions", body)
    ids["opposition_id"] = made["id"]
    body = {"kind": "petition", "acted_on": "2026-02-16"}
    ids["step_id"] = stage.does(parts.lead, f"{path}/acts", body)["welfare_steps"][0]["id"]


def _asked(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> None:
    """What waits for somebody: an invitation, a handover, a wish, a substitute, a review."""
    case = f"/cases/{ids['case_id']}"
    place = invite(
        *(stage, parts.lead, ids["case_id"], parts.invited, "specialist"),
        reason=mark("invitation"),
    )
    for name in ("", " of acceptInvitation", " of declineInvitation"):
        ids[f"participation_id{name}"] = place["id"]
    body = {"to_id": str(stage.who(parts.receiver)), "former_stays": False}
    body["reason"] = mark("handover")
    ids["handover_id"] = stage.does(parts.lead, f"{case}/handovers", body)["id"]
    body = {"reason": mark("identity", to_adults="nobody")}
    ids["request_id"] = stage.does(parts.lead, f"{case}/worker-requests", body)["id"]
    body = {"substitute_id": str(stage.who(parts.stands_in)), "first_day": "2026-02-18"}
    body["last_day"] = "2026-12-31"
    ids["substitution_id"] = stage.does(parts.lead, "/me/substitutions", body)["id"]
    reason = f"{mark('emergency')}, and it is urgent"
    body = {"case_code": ids["code"], "danger": "violence", "reason": reason}
    ids["opening_id"] = stage.does(parts.breaker, "/break-glass", body)["id"]


def _term(stage: Stage, parts: Parts, ids: dict[str, Any], mark: Callable[[str], str]) -> None:
    """A payment plan agreed with the landlord, and a line of the ledger."""
    body = {
        **{"kind": "payment_plan", "words": mark("tenancy")},
        "instalments": [{"due_on": "2026-06-01", "amount_eur": "150.00"}],
    }
    made = stage.does(parts.lead, f"/cases/{ids['case_id']}/terms", body)
    ids |= {"term_id": made["id"], "instalment_id": made["instalments"][0]["id"]}
    body = {"day": "2026-02-01", "kind": "cost", "amount_eur": "9.50", "words": mark("tenancy")}
    stage.does(parts.lead, f"/cases/{ids['case_id']}/arrears", body)


def _stance(stage: Stage, parts: Parts, ids: dict[str, Any], mark: home.Mark) -> None:
    """A yes to intervision, and an impasse."""
    case = f"/cases/{ids['case_id']}"
    said = {"answer": "agreed", "evidence": "oral", "witness": mark("file", to_adults="nobody")}
    ids["agreement_id"] = stage.does(parts.lead, f"{case}/intervision-agreements", said)["id"]
    stage.does(parts.lead, f"{case}/impasse")


def _running(view: dict[str, Any]) -> str:
    """A date that is as it was first written."""
    return next(each["id"] for each in view["deadlines"] if each["version"] == 1)
