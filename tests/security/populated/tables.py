"""A table of a session over a case, with somebody at it and minutes of what was said."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from tests.security.matrix.stage import Stage

# Who brings the case and sits at its table, and the other peer, who sits at another.
AT_TABLES = {
    "this_case": ("reference_worker", "generalist"),
    "another_case": ("neighbour", "neighbour_second"),
}
# Where a proposal of the session itself is asked about, and not the draft of another.
_OF_A_TABLE = (
    *("declareConflict", "withdrawConflict"),
    *("inviteIn", "listInvitedIn", "takeBackInvitedIn"),
)


def populate(stage: Stage) -> None:
    for case, keys in AT_TABLES.items():
        ids, people = stage.ids[case], [stage.who(key) for key in keys]
        session, file = UUID(str(ids["session_id"])), UUID(str(ids["case_id"]))
        proposal = _visible(stage.superuser, people[0], session, file)
        made = sit(stage.superuser, session, proposal, people, ["B", "A"])
        ids |= made
        ids |= {f"proposal_id of {each}": proposal for each in _OF_A_TABLE}
        ids["professional_id of takeBackInvitedIn"] = people[1]


def sit(
    superuser: psycopg.Connection,
    session: UUID,
    proposal: UUID,
    people: Sequence[UUID],
    words: Sequence[str],
) -> dict[str, Any]:
    """The first of them over the proposal, with the notes; a second over a topic."""
    values = {"session": session, "proposal": proposal, "first": people[0], "last": people[-1]}
    values |= dict(zip(("body", "more"), words, strict=True))
    (table, minutes) = superuser.execute(_SIT, values).fetchone() or (None, None)
    return {"table_id": table, "minutes_id": minutes}


def _visible(
    superuser: psycopg.Connection, proposer: UUID, session: UUID, case: UUID
) -> UUID | None:
    values = {"who": proposer, "session": session, "case": case}
    (proposal,) = superuser.execute(_VISIBLE, values).fetchone() or (None,)
    return proposal


_VISIBLE = """
WITH proposal AS (
  INSERT INTO proposals (id, version, session_id, proposer_id, pseudonym, vignette, question, tags,
    state)
  VALUES (gen_random_uuid(), 1, %(session)s, %(who)s, 'Grey owl', 'V', 'Q', '[]', 'visible')
  RETURNING id
), source AS (
  INSERT INTO proposal_sources (proposal_id, case_id) SELECT id, %(case)s FROM proposal
)
SELECT id FROM proposal
"""
_SIT = """
WITH coming AS (
  INSERT INTO session_invitations (id, version, session_id, professional_id, state, invited_at)
  SELECT gen_random_uuid(), 1, %(session)s, v.who, 'accepted', now()
  FROM (SELECT DISTINCT unnest(ARRAY[%(first)s, %(last)s]::uuid[]) AS who) v
  ON CONFLICT (session_id, professional_id) DO UPDATE SET state = 'accepted'
), plan AS (
  INSERT INTO seat_plans (session_id, version) VALUES (%(session)s, 1)
), over_case AS (
  INSERT INTO session_tables (id, version, session_id, number, proposal_id)
  VALUES (gen_random_uuid(), 1, %(session)s, 1, %(proposal)s) RETURNING id
), over_topic AS (
  INSERT INTO session_tables (id, version, session_id, number, topic)
  VALUES (gen_random_uuid(), 1, %(session)s, 2, 'T') RETURNING id
), seats AS (
  INSERT INTO seats (session_id, professional_id, table_id, placed, note)
  SELECT %(session)s, %(first)s, id, 'moved', 'N' FROM over_case
  UNION ALL
  SELECT %(session)s, %(last)s, id, 'automatic', NULL FROM over_topic
  WHERE %(last)s::uuid <> %(first)s::uuid
), signed AS (
  INSERT INTO undertakings (session_id, professional_id, text_version, language, signed_at)
  SELECT %(session)s, v.who, 1, 'fr', now()
  FROM (SELECT DISTINCT unnest(ARRAY[%(first)s, %(last)s]::uuid[]) AS who) v
), tie AS (
  INSERT INTO declared_conflicts (session_id, proposal_id, professional_id)
  SELECT %(session)s, %(proposal)s, %(last)s WHERE %(last)s::uuid <> %(first)s::uuid
), asked AS (
  INSERT INTO invited_in (proposal_id, professional_id, invited_by)
  VALUES (%(proposal)s, %(last)s, %(first)s)
), said AS (
  INSERT INTO minutes (id, version, session_id, table_id, proposal_id, note_taker_id, latest)
  SELECT gen_random_uuid(), 1, %(session)s, id, %(proposal)s, %(first)s, 1 FROM over_case
  RETURNING id
), wording AS (
  INSERT INTO minutes_revisions (minutes_id, number, author_id, body)
  SELECT id, 1, %(first)s, %(body)s FROM said
), addendum AS (
  INSERT INTO minutes_addenda (minutes_id, number, author_id, body)
  SELECT id, 1, %(first)s, %(more)s FROM said
)
SELECT over_case.id, said.id FROM over_case, said
"""
