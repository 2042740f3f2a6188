"""What a case holds besides its team's work: its plan, its household's own choices, its end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.portal.codes import hash_of
from services.shared.categories import NAMES
from tests.security.matrix.stage import AtHome, Stage

Mark = Callable[..., str]
DOOR = "/api/v1/household"
# What is sensitive shows in the household's own view only in somebody's compartment (0016).
SENSITIVE = ("health", "violence", "detention", "residence")


def of(adult: str) -> str:
    """What is in the compartment of an adult, to the adults."""
    return f"of {adult}"


def members(mark: Mark) -> list[dict[str, str]]:
    """What each is called is known to those who live there; anything else of it is one's own."""
    return [
        {
            "role": role,
            "pseudonym": mark("identity"),
            "family_name": mark("identity", to_adults=of(whose)),
        }
        for role, whose in (
            *(("adult", "household_adult"), ("child", "nobody")),
            ("adult", "other_adult"),
        )
    ]


def plan(stage: Stage, lead: str, ids: dict[str, Any], mark: Mark) -> None:
    """A goal and an action in every category, both answered by one adult; one in a compartment."""
    path = f"/cases/{ids['case_id']}/plan"
    for category in NAMES:
        hidden = "nobody" if category in SENSITIVE else None
        words = mark(category, to_adults=hidden)
        goal = stage.does(lead, f"{path}/goals", {"category": category, "words": words})
        what = {"category": category, "what": mark(category, to_adults=hidden)}
        action = stage.does(lead, f"{path}/goals/{goal['id']}/actions", what)
        for answered in (f"goals/{goal['id']}", f"actions/{action['id']}"):
            stage.does(
                lead,
                f"{path}/{answered}/answers",
                {
                    **{"member_id": ids["member_id"], "kind": "objected", "evidence": "oral"},
                    **{"witness": "W", "words": mark(category, to_adults=of("household_adult"))},
                },
            )
        suffix = {"tenancy": "", "health": " in health"}.get(category)
        if suffix is not None:
            ids |= {f"goal_id{suffix}": goal["id"], f"action_id{suffix}": action["id"]}


def compartments(stage: Stage, lead: str, ids: dict[str, Any], mark: Mark) -> None:
    """A goal, a note, a task and a document that one adult alone may know of, for both."""
    path = f"/cases/{ids['case_id']}"
    for adult, member in (
        *(("household_adult", ids["member_id"]), ("other_adult", ids["member_id of other_adult"])),
    ):
        for category in ("income", "violence"):
            kept = {"category": category, "confidential_to": member}

            def text(kind: str = category, adult: str = adult) -> str:
                return mark(kind, to_adults=of(adult))

            stage.does(lead, f"{path}/plan/goals", kept | {"words": text()})
            stage.does(lead, f"{path}/notes", kept | {"body": text()})
            stage.does(lead, f"{path}/tasks", kept | {"title": text()})


def portal(stage: Stage, lead: str, ids: dict[str, Any], mark: Mark) -> dict[str, AtHome]:
    """Both adults enter; each permits something and asks something, in a compartment of theirs."""
    found = {}
    for adult in ("household_adult", "other_adult"):
        member = ids["member_id" if adult == "household_adult" else f"member_id of {adult}"]
        path = f"/cases/{ids['case_id']}/members/{member}/portal-codes"
        code = stage.does(lead, path)["code"]
        found[adult] = stage.adults[adult] = _entered(stage, member, code)
        ids[f"consent_id of {adult}"] = _permits(stage, adult, mark("file", to_adults=of(adult)))
        _asks(stage, adult, mark)
    ids["consent_id hidden from household_adult"] = ids["consent_id of other_adult"]
    ids["consent_id hidden from other_adult"] = ids["consent_id of household_adult"]
    ((first,),) = stage.superuser.execute(
        "SELECT id FROM household_requests WHERE member_id = %s", [ids["member_id"]]
    ).fetchall()
    ids |= {f"request_id of {name}": first for name in ("getHouseholdRequest",)}
    ids["request_id of answerHouseholdRequest"] = first
    return found


def _entered(stage: Stage, member: Any, code: str) -> AtHome:
    answer = stage.call(None, "POST", f"{DOOR}/session", json={"code": code})
    assert answer.status_code == 201, answer.text
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    ((session,),) = stage.superuser.execute(
        "SELECT s.id FROM portal_sessions s JOIN portal_codes c ON c.id = s.code_id"
        " WHERE c.code_hash = %s",
        [hash_of(code)],
    ).fetchall()
    return AtHome(UUID(str(member)), session, cookie, answer.get_json()["csrf_token"])


def _permits(stage: Stage, adult: str, purpose: str) -> Any:
    """To somebody who is asked about nothing."""
    says = {"effect": "permit", "recipient_kind": "person", "categories": ["health"]}
    until = (stage.now + timedelta(days=90)).isoformat()
    return _sends(
        stage,
        adult,
        "consents",
        {
            **{"purpose": purpose, "valid_until": until},
            "provisions": [{**says, "recipient_id": str(stage.who("law_signs"))}],
        },
    )["id"]


def _asks(stage: Stage, adult: str, mark: Mark) -> None:
    own = {"to_adults": of(adult)}
    words = {"about": mark("file", **own), "words": mark("file", **own)}
    _sends(stage, adult, "requests", {"kind": "correction", **words})
    _sends(stage, adult, "worker-requests", {"reason": mark("identity", **own)})
    refused = {"professional_id": str(stage.who("uns_signs")), "reason": mark("file", **own)}
    _sends(stage, adult, "exclusions", refused)


def _sends(stage: Stage, adult: str, path: str, body: Any) -> Any:
    answer = stage.call(adult, "POST", f"{DOOR}/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def closing(stage: Stage, lead: str, eyes: str, ids: dict[str, Any], mark: Mark) -> None:
    """Proposed, and set aside while a handover is proposed too: the two exclude each other."""
    body = {"reason": "other", "reviewer_id": str(stage.who(eyes))}
    body |= {name: mark("closing", to_adults="nobody") for name in ("words", "despite")}
    path = f"/cases/{ids['case_id']}/closings"
    ids["closing_id"] = stage.does(lead, path, body)["id"]
    stage.superuser.execute(
        "UPDATE closings SET state = 'withdrawn', decided_at = now() WHERE id = %s",
        [ids["closing_id"]],
    )


def retention(stage: Stage, lead: str, ids: dict[str, Any], mark: Mark) -> None:
    """The closing waits again; the case is on hold, and its erasure is asked for."""
    stage.superuser.execute(
        "UPDATE closings SET state = 'proposed', decided_at = NULL WHERE id = %s",
        [ids["closing_id"]],
    )
    until = (stage.now + timedelta(days=30)).isoformat()
    body = {"until": until, "reason": mark("file", to_adults="nobody")}
    stage.does(lead, f"/cases/{ids['case_id']}/hold", body, method="PUT")
    ((ids["erasure_id"],),) = stage.superuser.execute(
        "INSERT INTO erasures (id, version, case_id, case_code, ground, state, requested_by,"
        " requested_at) VALUES (gen_random_uuid(), 1, %s, %s, 'unlawful', 'requested', %s, %s)"
        " RETURNING id",
        [ids["case_id"], ids["code"], stage.who(lead), stage.now],
    ).fetchall()
