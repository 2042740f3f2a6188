"""As the API's role in SQL, somebody of the network tries to become more than they are."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.security.database.sql import copies, seen

pytestmark = pytest.mark.usefixtures("mails")


def attacks(town: Any) -> dict[str, tuple[str, list[Any]]]:
    """Name -> (who, statements). Each must be refused or touch no row."""
    case, now = town.case, town.story.now
    person = {key: actor.id for key, actor in town.people.items()}
    place = {
        key: town.rows("SELECT id FROM participations WHERE professional_id = %s", actor.id)
        for key, actor in town.people.items()
    }
    mine = "SELECT id FROM reference_assignments WHERE case_id = %s"
    grant = "INSERT INTO access_grants VALUES (%s, %s, 'reference', 1023, '-infinity', 'infinity')"
    assign = "INSERT INTO reference_assignments VALUES (%s, %s, %s::tstzrange, %s)"
    before = "[2020-01-01, 2020-02-01)"
    other = town.ids["elsewhere"]
    return {
        "give myself a grant": ("stranger", [(grant, (case, person["stranger"]))]),
        "widen my grant": ("partner", ["UPDATE access_grants SET category_mask = 1023"]),
        "delete a denial's effect": ("denied", ["DELETE FROM provisions"]),
        "end a colleague's participation": (
            "partner",
            [
                (
                    "UPDATE participations SET state = 'ended' WHERE id = %s",
                    place["healer"][0],
                )
            ],
        ),
        "end everybody's participation, as liaison": (
            "liaison",
            ["UPDATE participations SET state = 'ended'"],
        ),
        "make myself reference worker": (
            "stranger",
            [(assign, (case, person["stranger"], f"[{now.isoformat()},)", uuid4()))],
        ),
        "have been reference worker before": (
            "stranger",
            [(assign, (case, person["stranger"], before, uuid4()))],
        ),
        "replace the reference worker": (
            "partner",
            [("UPDATE reference_assignments SET professional_id = %s", (person["partner"],))],
        ),
        "read who leads": ("stranger", [(mine, (case,))]),
        "open a case under a hidden id": (
            "stranger",
            [
                (
                    "INSERT INTO cases (id, version, code, state, opened_at, opened_by)"
                    " VALUES (%s, 1, 'BX-2222', 'open', %s, %s)",
                    (case, now, person["stranger"]),
                )
            ],
        ),
        "administrator: a role for myself": (
            "stranger",
            [
                (
                    "INSERT INTO professional_roles VALUES (%s, 'coordinator')",
                    (person["stranger"],),
                )
            ],
        ),
        "worker: a role for myself": (
            "neighbour",
            [("INSERT INTO professional_roles VALUES (%s, 'liaison')", (person["neighbour"],))],
        ),
        "worker: a canton for myself": (
            "other_liaison",
            [
                (
                    "INSERT INTO professional_cantons VALUES (%s, 'Schaerbeek 1')",
                    (person["other_liaison"],),
                )
            ],
        ),
        "worker: take a colleague's role away": ("neighbour", ["DELETE FROM professional_roles"]),
        "worker: move to another organisation": (
            "neighbour",
            [
                (
                    "UPDATE professionals SET organisation_id = %s",
                    (town.people["partner"].organisation_id,),
                )
            ],
        ),
        "sign for another organisation": (
            "stranger",
            [
                (
                    "INSERT INTO protocol_signatures SELECT id, %s, now(), %s FROM protocols"
                    " ORDER BY number DESC LIMIT 1",
                    (town.people["unsigned"].organisation_id, person["stranger"]),
                )
            ],
        ),
        "read identities": ("neighbour", ["SELECT * FROM identities"]),
        "read sessions": ("neighbour", ["SELECT * FROM login_sessions"]),
        "read stored answers": ("neighbour", ["SELECT * FROM idempotency_keys"]),
        "read deliveries": ("neighbour", ["SELECT * FROM deliveries"]),
        "read the journal": ("coordinator", ["SELECT * FROM audit_entries"]),
        "read who read": ("coordinator", ["SELECT * FROM read_entries"]),
        "read events": ("coordinator", ["SELECT * FROM outbox_events"]),
        "write the journal as somebody else": (
            "stranger",
            [
                (
                    "INSERT INTO audit_entries (at, actor_id, action, subject_kind)"
                    " VALUES (now(), %s, 'x', 'y')",
                    (person["lead"],),
                )
            ],
        ),
        "move my note to another file": (
            "healer",
            [("UPDATE notes SET case_id = %s", (other,))],
        ),
        "change a note's author": (
            "healer",
            [("UPDATE notes SET author_id = %s", (person["partner"],))],
        ),
        "overwrite a wording": ("healer", ["UPDATE note_revisions SET body = 'x'"]),
        "end a stranger's session": (
            "neighbour",
            [("UPDATE login_sessions SET revoked_at = %s", (now,))],
        ),
    }


ATTACKS = (
    "give myself a grant",
    "widen my grant",
    "delete a denial's effect",
    "end a colleague's participation",
    "end everybody's participation, as liaison",
    "make myself reference worker",
    "have been reference worker before",
    "replace the reference worker",
    "read who leads",
    "open a case under a hidden id",
    "administrator: a role for myself",
    "worker: a role for myself",
    "worker: a canton for myself",
    "worker: take a colleague's role away",
    "worker: move to another organisation",
    "sign for another organisation",
    "read identities",
    "read sessions",
    "read stored answers",
    "read deliveries",
    "read the journal",
    "read who read",
    "read events",
    "write the journal as somebody else",
    "move my note to another file",
    "change a note's author",
    "overwrite a wording",
    "end a stranger's session",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_or_touches_nothing(gate, town, attack):
    who, statements = attacks(town)[attack]
    outcome = gate.outcome(town.people[who].id, town.story.now, *statements)
    assert outcome == "0" or outcome.startswith("refused"), outcome


def test_every_attack_is_listed(town):
    assert set(ATTACKS) == set(attacks(town))


# Each is a right over one's own row that reaches further than the command it is for.
@pytest.mark.parametrize("column", ["case_id", "role", "accepted_at", "ends_at"])
def test_ones_own_place_cannot_be_made_more_of(gate, town, column):
    values = {
        "case_id": town.ids["elsewhere"],
        "role": "lawyer",
        "accepted_at": town.story.now.replace(year=2020),
        "ends_at": town.story.now.replace(year=2040),
    }
    change = (f"UPDATE participations SET {column} = %s", (values[column],))
    outcome = gate.outcome(town.people["partner"].id, town.story.now, change)
    assert outcome == "0" or outcome.startswith("refused"), outcome


@pytest.mark.parametrize("who", ["left", "lapsed", "withdrawn"])
def test_a_place_that_ended_cannot_be_taken_up_again(gate, town, who):
    again = "UPDATE participations SET state = 'accepted', ends_at = NULL"
    outcome = gate.outcome(town.people[who].id, town.story.now, again)
    assert outcome == "0" or outcome.startswith("refused"), outcome


def test_a_refused_handover_opens_no_other_file(gate, town):
    """The receiver of any handover, once, would be reference worker of any case."""
    key, now = town.people["refuser"].id, town.story.now
    aim = ("UPDATE handovers SET case_id = %s, state = 'proposed'", (town.ids["elsewhere"],))
    close = (
        "UPDATE reference_assignments SET period = tstzrange(lower(period), %s)",
        (now,),
    )
    take = (
        "INSERT INTO reference_assignments VALUES (%s, %s, tstzrange(%s, NULL), %s)",
        (town.ids["elsewhere"], key, now, uuid4()),
    )
    read = "SELECT * FROM members"
    outcome = gate.outcome(key, now, aim, close, take, read)
    assert outcome == "0" or outcome.startswith("refused"), outcome


def test_a_closed_task_cannot_be_changed_unseen(gate, town):
    """An UPDATE that names no column needs no right to read."""
    outcome = gate.outcome(
        town.people["healer"].id, town.story.now, "UPDATE tasks SET state = 'done'"
    )
    own = len(seen(gate, town, "healer", "tasks"))
    assert outcome == str(own) or outcome.startswith("refused"), outcome


def test_alerts_of_the_procedure_cannot_be_silenced_without_it(gate, town):
    quiet = "UPDATE alerts SET state = 'cancelled'"
    outcome = gate.outcome(town.people["healer"].id, town.story.now, quiet)
    known = seen(gate, town, "healer", "alerts")
    assert not [row for row in known if row["kind"].startswith("evictions.")]
    assert outcome == str(len(known)) or outcome.startswith("refused"), outcome


@pytest.mark.parametrize(
    ("table", "parent"),
    [("note_revisions", "note_id"), ("acts", "procedure_id"), ("hearings", "procedure_id")],
)
def test_a_row_hangs_only_under_a_parent_of_its_own_case(gate, town, table, parent):
    """The neighbour leads a case of their own and knows an id of ours."""
    query, (values,) = copies(town, table, "neighbour")
    row = values.obj | {"case_id": str(town.ids["elsewhere"])}
    row |= {"number": 99} if "number" in row else {}
    outcome = gate.outcome(town.people["neighbour"].id, town.story.now, (query, [Jsonb(row)]))
    assert outcome.startswith("refused"), f"{table}.{parent}: {outcome}"


def test_a_hidden_case_is_refused_like_an_absent_one(gate, town):
    """No difference in the error tells which ids exist."""
    key, now = town.people["stranger"].id, town.story.now
    told = Counter(
        gate.outcome(
            key,
            now,
            (
                "INSERT INTO reference_assignments VALUES (%s, %s, tstzrange(%s, NULL), %s)",
                (case, key, now, uuid4()),
            ),
        )
        for case in (town.case, uuid4())
    )
    assert len(told) == 1, told


def test_nothing_above_left_a_trace(town):
    assert town.rows("SELECT count(*) FROM notes WHERE case_id = %s", town.case) == [(12,)]
