"""Every operation of sessions with hostile values, by people whom it lets in: the fuzzing of the
whole API (tests/security/test_fuzz.py) asks about sessions that are not there."""

from collections import Counter
from itertools import cycle
from random import Random
from typing import Any
from uuid import uuid4

from tests.intervisions.agendas.steps import add_item, follow_up, publish
from tests.intervisions.ballots.steps import plan_ballot
from tests.intervisions.tables.steps import BRAVO, gathered
from tests.security.matrix.operations import bodies, operations
from tests.security.test_fuzz import HOSTILE
from tests.slices import SEED, WHOLE

# Of the values of each field.
SHARE = 1.0 if WHOLE else 0.03
OURS = ("series_id", "session_id", "proposal_id", "table_id", "minutes_id", "ballot_id", "item_id")
ASKING = ("facilitator", "rw1")
# What ends something comes last.
ENDINGS = ("cancel", "end", "void", "withdraw", "remove", "finalise", "hold", "close", "drop")
PARENTS = (
    ("/seating", "/seating"),
    ("/agenda", "/agenda?draft=true"),
    ("/ballot", "/ballot"),
)


def test_nothing_that_is_sent_to_a_session_is_an_internal_error(circle, figures):
    dice, told, turns = Random(SEED), Counter(), cycle(ASKING)
    ids = _lived(circle)
    sound = bodies(circle["colleague"].id)
    document = circle["rw1"].get("/api/openapi.json")
    for call in sorted(operations(document), key=lambda each: each.name.startswith(ENDINGS)):
        if not {*call.parameters} & {*OURS, "follow_up_id"}:
            continue
        known = sound.get(call.name, {})
        values = [{}, known, *({**known, name: bad} for name in known for bad in HOSTILE)]
        hostile = [each for each in values[2:] if dice.random() < SHARE]
        for number, body in enumerate(values[:2] + hostile):
            # In a slice both of them ask what is sound, and share the rest.
            for who in ASKING if WHOLE or number == 1 else (next(turns),):
                if not _is_json(body):
                    continue
                answer = _sent(circle, who, call, ids, body)
                told[answer.status_code] += 1
                assert answer.status_code < 500, f"{call.name} {str(body)[:300]}: {answer.text}"
    assert told[200] + told[201] + told[204] > 20
    figures("hostile values to sessions", requests=sum(told.values()), faults=0)


def _lived(circle) -> dict[str, Any]:
    tables = gathered(circle)
    tables.make()
    tables.allocate()
    tables.sign("rw1")
    begun = tables.begin(1, "rw1", "Un plan.")
    left = follow_up(circle, tables.session, "rw1", by="rw1", table_id=tables.table(1)["id"])
    item = add_item(circle, tables.session, "Tour")
    publish(circle, tables.session)
    ballot = plan_ballot(circle, tables.session)
    made = {
        **{"session_id": tables.session["id"], "series_id": tables.session["series_id"]},
        **{"proposal_id": tables.proposals[BRAVO], "table_id": tables.table(1)["id"]},
        **{"minutes_id": begun["id"], "follow_up_id": left["id"]},
        "ballot_id": ballot["id"],
        **{"item_id": item["items"][-1]["id"], "case_id": tables.cases[BRAVO]["id"]},
    }
    return made | {"professional_id": circle["ssm2"].id, "number": 1, "agreement_id": uuid4()}


def _sent(circle, who: str, call, ids: dict[str, Any], body: Any) -> Any:
    path = call.at(ids)
    headers = {"If-Match": _version(circle, who, path)} if call.expects_version else {}
    return circle[who].call(call.method, path, body if call.takes else None, **headers)


def _version(circle, who: str, path: str) -> str:
    """Of what it changes, as this person reads it now."""
    base = path
    for part, shown in PARENTS:
        if part in base and "sessions" in base:
            base = base.partition(part)[0] + shown
            break
    else:
        base = "/".join(base.split("/")[:5])
    return circle[who].call("GET", base).headers.get("ETag", '"v1"')


def _is_json(body: Any) -> bool:
    return "\\ud" not in ascii(body)
