"""One cell of the matrix, asked over HTTP and judged: what came, and why it is wrong if it is."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from tests.security.matrix.operations import FILES, NUMBERS, Call, bodies
from tests.security.matrix.policy import Cell
from tests.security.matrix.stage import Stage, file_of

STATUS = {"forbidden": 403, "hidden": 404, "unauthenticated": 401, "broken": 422}
# What may differ between two answers to the same question.
PASSING = {"Date", "X-Request-Id"}
NAMES_OF_CASES = {"id", "code", "id elsewhere", "code elsewhere"}
# The version a thing has by now, if it is not its first.
VERSIONS = {
    "endParticipation": 2,
    "sealContacts": 2,
    "changeSettings": 0,
    "changeEscalationRules": 0,
    "changeNotificationPreferences": 0,
    "endMembership": 1,
    # Of the session and of its two invitations.
    **dict.fromkeys(("moveSession", "cancelSession", "holdSession"), 3),
    # Of the draft, after one item and one publication.
    **dict.fromkeys(("addAgendaItem", "changeAgendaItem", "removeAgendaItem"), 3),
    "publishAgenda": 3,
}


@dataclass
class Asking:
    """`calls`: the operations of the API's own document, by name."""

    stage: Stage
    calls: dict[str, Call]
    asked: set[Cell] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    absent: dict[tuple[str, ...], tuple[Any, ...]] = field(default_factory=dict)

    def ask(self, cell: Cell) -> None:
        """Inside what the household said about the actor (`Stage.said`)."""
        call = self.calls[cell.operation]
        with self.stage.undone():
            answer = self._send(cell, call, self._ids(cell, call))
        self.asked.add(cell)
        reason = self._fault(cell, call, answer)
        if reason is not None:
            self.wrong.append(f"{cell}: {cell.answer}, but {reason}")

    def answer(self, cell: Cell) -> Any:
        """What they get, of which the caller takes back what it did."""
        call = self.calls[cell.operation]
        return self._send(cell, call, self._ids(cell, call))

    def _fault(self, cell: Cell, call: Call, answer: Any) -> str | None:
        status, found = answer.status_code, self.stage.found_in(answer, cell.actor)
        if cell.answer == "allowed":
            if not (200 <= status < 300 or status == cell.past):
                return f"{status} {answer.text[:300]}"
        elif status != STATUS[cell.answer]:
            return f"{status} {answer.text[:300]}"
        if cell.answer == "hidden":
            absent = self._told_of_absent(cell, call)
            if _told(answer) != absent:
                return f"told apart from an absent one: {_told(answer)} {absent}"
        if not found <= cell.texts:
            return f"shown {sorted(found - cell.texts)}"
        # The id and the code of a case stand in many answers; a list of cases is made of them.
        if cell.shows is not None and found - (NAMES_OF_CASES - cell.shows) != cell.shows:
            return f"showed {sorted(found)} instead of {sorted(cell.shows)}"
        return None

    def _ids(self, cell: Cell, call: Call) -> dict[str, Any]:
        """Of the case in question; the most special name that is known for each."""
        case = "another_case" if cell.relation == "another_case" else "this_case"
        known, found = self.stage.ids[case], {}
        named = ("code", "member_id", "note_id", "case_id", "proposal_id")
        for name in [*call.parameters, *named]:
            names = [f"{name} of {cell.operation}", f"{name} of {cell.actor}", name]
            if cell.relation == "closed_part":
                names[:0] = [f"{name} hidden from {cell.actor}", f"{name} in health"]
            found[name] = next((known[each] for each in names if each in known), uuid4())
        return found

    def _told_of_absent(self, cell: Cell, call: Call) -> tuple[Any, ...]:
        """Asked once for each thing that was said about the actor."""
        key = (cell.operation, cell.actor, cell.consent)
        if key not in self.absent:
            with self.stage.undone():
                self.absent[key] = _told(self._send(cell, call, self._absent(call)))
        return self.absent[key]

    def ask_after_a_while(self, operation: str, actor: str) -> int:
        """The status for somebody whose login was ten minutes ago."""
        then = int(time.time()) - 600
        self.stage.tokens[actor] = self.stage.issuer.token(sub=actor, auth_time=then)
        cell = Cell(operation, actor, "none", "this_case", "", frozenset(), None, None)
        call = self.calls[operation]
        with self.stage.undone():
            answer = self._send(cell, call, self._ids(cell, call))
        self.stage.tokens.clear()
        return int(answer.status_code)

    def _absent(self, call: Call) -> dict[str, Any]:
        absent = {name: NUMBERS.get(name, uuid4()) for name in call.parameters}
        absent |= {"code": "BX-2222"}
        return {"member_id": uuid4(), "note_id": uuid4(), "proposal_id": uuid4(), **absent}

    def _send(self, cell: Cell, call: Call, ids: dict[str, Any]) -> Any:
        query = {
            name: ids["member_id"] if name == "member" else call.query[name] for name in call.query
        }
        request: dict[str, Any] = {"query_string": query, "headers": {}}
        if call.expects_version:
            request["headers"] = {"If-Match": f'"v{VERSIONS.get(call.name, 1)}"'}
        if call.takes or call.uploads:
            body = self._body(cell, call, ids)
            if call.uploads:
                request["data"] = {
                    **body,
                    "file": file_of(FILES.get(call.name, b"A letter.").decode()),
                }
            else:
                request["json"] = body
        who = None if cell.actor == "anonymous" else cell.actor
        return self.stage.call(who, call.method, call.at(ids), **request)

    def _body(self, cell: Cell, call: Call, ids: dict[str, Any]) -> dict[str, Any]:
        stage = self.stage
        body = dict(bodies(stage.who("outsider"))[call.name])
        if cell.relation == "closed_part" and "category" in body and call.name != "moveNote":
            body["category"] = "health"
        if call.name == "breakGlass":
            body["case_code"] = ids["code"]
        body |= self._named(call.name, ids)
        if cell.actor not in stage.cast.actors:
            return body
        own: dict[str, UUID] = {
            "registerProfessional": stage.house(cell.actor),
            "nameSubstitute": self._mate(cell.actor),
        }
        names = {"registerProfessional": "organisation_id", "nameSubstitute": "substitute_id"}
        if call.name in own:
            body[names[call.name]] = str(own[call.name])
        return body

    def _named(self, operation: str, ids: dict[str, Any]) -> dict[str, Any]:
        """What a body says of things of the case."""
        member = str(ids["member_id"])
        host = {"host_ids": [str(self.stage.house("facilitator"))]}
        by_member = {
            **{"startSeries": host, "changeSeries": host, **self._at_tables()},
            "planFollowUp": {"owner_id": str(self.stage.who("facilitator"))},
            "castPaper": {"choices": [{"proposal_id": str(ids["proposal_id"]), "points": 1}]},
            **{"answerGoal": {"member_id": member}, "answerAction": {"member_id": member}},
            "previewSplit": {"member_ids": [member]},
            "splitHousehold": {"members": [{"member_id": member, "pseudonym": "Fresh"}]},
            "setConfidentiality": {"object_id": str(ids["note_id"]), "confidential_to": member},
            "draftProposal": {"case_id": str(ids.get("case_id") or uuid4())},
            "proposeClosing": {"reviewer_id": str(self.stage.who("second_look"))},
        }
        return by_member.get(operation, {})

    def _at_tables(self) -> dict[str, dict[str, str]]:
        """Of the session of this case; to another session they are nobody and nothing."""
        ids, peer = self.stage.ids["this_case"], str(self.stage.who("generalist"))
        proposal = str(ids["proposal_id of declareConflict"])
        return {
            "declareConflict": {"proposal_id": proposal},
            "inviteIn": {"professional_id": peer},
            "moveSeat": {
                "professional_id": str(self.stage.who("reference_worker")),
                "table_id": str(ids["table_id"]),
            },
        }

    def _mate(self, key: str) -> UUID:
        """A worker of the same organisation."""
        actors = self.stage.cast.actors
        return next(
            (
                each.id
                for each in actors.values()
                if each.organisation_id == self.stage.house(key)
                and each.id != self.stage.who(key)
                and "worker" in each.roles
            ),
            uuid4(),
        )


def _told(answer: Any) -> tuple[Any, ...]:
    """Status, body but its error_id, and headers but the passing ones."""
    kept = {name: value for name, value in answer.headers.items() if name not in PASSING}
    body = answer.get_json(silent=True)
    return answer.status_code, {**(body or {}), "error_id": ""}, kept
