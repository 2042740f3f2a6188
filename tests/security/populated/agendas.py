"""An agenda and follow-ups in the sessions beside the two cases."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from tests.security.matrix.stage import Stage
from tests.security.populated.circles import PEERS


def populate(stage: Stage) -> None:
    """An item in the draft, a published version, and three follow-ups: of the session, of a table
    over the case's proposal, and one of those that became a task."""
    for case, (leading, invited) in PEERS.items():
        ids = stage.ids[case]
        session = f"/intervision-sessions/{ids['session_id']}"
        body = {"kind": "topic", "title": "T", "minutes": 20}
        drafted = stage.does(leading, f"{session}/agenda/items", body, version=1)
        ids["item_id"] = drafted["items"][1]["id"]
        stage.does(leading, f"{session}/agenda/versions", version=2)
        owner = {"owner_id": str(stage.who(invited[0]))}
        body = {"words": "W", "due_on": "2026-12-01", **owner}
        ids["follow_up_id"] = stage.does(leading, f"{session}/follow-ups", body)["id"]
        who, words = stage.who(invited[0]), ["W", "O"]
        ids["follow_up_id of writeFollowUpTask"] = leave(stage.superuser, who, ids, words)
        leave(stage.superuser, who, ids, words, task_id=ids["task_id"])


def leave(
    superuser: psycopg.Connection,
    owner: UUID,
    ids: dict[str, Any],
    words: Sequence[str],
    *,
    task_id: Any = None,
) -> UUID:
    """A follow-up of a table over the proposal; with a task, what the reference worker wrote."""
    values = {"owner": owner, "words": words[0], "outcome": words[1], "task": task_id}
    values |= {name: ids[name] for name in ("series_id", "session_id", "proposal_id")}
    (made,) = superuser.execute(_LEAVE, values).fetchone() or (None,)
    if task_id is not None:
        superuser.execute(_SEAL, {"made": made, "case": ids["case_id"], "task": task_id})
    return UUID(str(made))


def draft(superuser: psycopg.Connection, session_id: Any) -> UUID:
    """The agenda of a session that was planned by nobody; its opening item."""
    values = {"session": session_id}
    superuser.execute("INSERT INTO agendas (session_id, version) VALUES (%(session)s, 1)", values)
    (item,) = superuser.execute(_DRAFT, values).fetchone() or (None,)
    return UUID(str(item))


_LEAVE = """
WITH at_table AS (
  INSERT INTO session_tables (id, version, session_id, number, proposal_id)
  SELECT gen_random_uuid(), 1, %(session_id)s, 9, %(proposal_id)s
  WHERE NOT EXISTS (SELECT 1 FROM session_tables WHERE proposal_id = %(proposal_id)s)
  RETURNING id
), one AS (
  SELECT id FROM at_table
  UNION ALL
  SELECT id FROM session_tables WHERE proposal_id = %(proposal_id)s
), made AS (
  INSERT INTO follow_ups (id, version, series_id, session_id, table_id, proposal_id, owner_id,
    due_on, becomes, created_by)
  SELECT gen_random_uuid(), 1, %(series_id)s, %(session_id)s, one.id,
    %(proposal_id)s, %(owner)s, '2026-12-01', 'case', %(owner)s
  FROM one RETURNING id
), said AS (
  INSERT INTO follow_up_words (follow_up_id, words, outcome)
  SELECT id, %(words)s, %(outcome)s FROM made
)
SELECT id FROM made
"""
_SEAL = """
INSERT INTO follow_up_sources (follow_up_id, case_id, task_id) VALUES (%(made)s, %(case)s, %(task)s)
"""
_DRAFT = """
INSERT INTO agenda_items (id, session_id, position, kind, minutes)
VALUES (gen_random_uuid(), %(session)s, 1, 'follow_ups', 15) RETURNING id
"""
