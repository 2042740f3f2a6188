"""A series and a session beside each of the two cases; peers of the first are in its team."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from tests.security.matrix.stage import Stage
from tests.security.populated import ballots

# Who facilitates, and who is invited.
PEERS = {
    "this_case": ("facilitator", ("reference_worker", "generalist")),
    "another_case": ("facilitator_elsewhere", ("neighbour", "neighbour_second")),
}


def populate(stage: Stage) -> None:
    for case, (leading, invited) in PEERS.items():
        stage.ids[case] |= _circle(stage, leading, [str(stage.who(key)) for key in invited])
        file = UUID(str(stage.ids[case]["case_id"]))
        stage.ids[case]["proposal_id"] = bring(
            stage.superuser, stage.who(invited[0]), file, ["V", "Q", "R"]
        )["proposal_id"]
        _beside(stage, case)
        stage.ids[case] |= ballots.populate(stage, case, leading)


def _beside(stage: Stage, case: str) -> None:
    """A text beside the proposal, and a session where the case is not proposed yet: its reference
    worker leads it, so that no peer in the team is asked for the case's sake alone."""
    lead = stage.who(PEERS[case][1][0])
    query = "INSERT INTO proposal_attachments (proposal_id, number, words) VALUES (%s, 1, 'W')"
    stage.superuser.execute(query, (stage.ids[case]["proposal_id"],))
    (session,) = stage.superuser.execute(_FREE, {"who": lead}).fetchone() or (None,)
    stage.ids[case]["session_id of draftProposal"] = session


def bring(
    superuser: psycopg.Connection, proposer: UUID, case: UUID, words: Sequence[str]
) -> dict[str, Any]:
    """A draft of a proposal, in a series that its proposer leads."""
    (series, session, proposal) = superuser.execute(
        _BRING, {"who": proposer, "case": case, **dict(zip("vqr", words, strict=True))}
    ).fetchone() or (None, None, None)
    return {"series_id": series, "session_id": session, "proposal_id": proposal}


_BRING = """
WITH series AS (
  INSERT INTO intervision_series (id, version, kind, name, facilitator_id, languages, capacity,
    quorum, created_by, created_at)
  VALUES (gen_random_uuid(), 1, 'intervision', 'S', %(who)s, '["fr"]', 9, 1, %(who)s, now())
  RETURNING id
), session AS (
  INSERT INTO intervision_sessions (id, version, series_id, number, starts_at, ends_at, host_id)
  SELECT gen_random_uuid(), 1, series.id, 1, '2027-01-05 13:00Z', '2027-01-05 16:00Z',
         (SELECT organisation_id FROM professionals WHERE id = %(who)s) FROM series
  RETURNING id
), proposal AS (
  INSERT INTO proposals (id, version, session_id, proposer_id, pseudonym, vignette, question,
    remark, tags)
  SELECT gen_random_uuid(), 1, session.id, %(who)s, 'Blue heron', %(v)s, %(q)s, %(r)s, '[]'
  FROM session RETURNING id
), source AS (
  INSERT INTO proposal_sources (proposal_id, case_id) SELECT id, %(case)s FROM proposal
)
SELECT series.id, session.id, proposal.id FROM series, session, proposal
"""


_FREE = """
WITH series AS (
  INSERT INTO intervision_series (id, version, kind, name, facilitator_id, languages, capacity,
    quorum, created_by, created_at)
  VALUES (gen_random_uuid(), 1, 'intervision', 'S', %(who)s, '["fr"]', 9, 1, %(who)s, now())
  RETURNING id
)
INSERT INTO intervision_sessions (id, version, series_id, number, starts_at, ends_at, host_id)
SELECT gen_random_uuid(), 1, series.id, 1, '2027-02-02 13:00Z', '2027-02-02 16:00Z',
       (SELECT organisation_id FROM professionals WHERE id = %(who)s) FROM series
RETURNING id
"""


def _circle(stage: Stage, leading: str, invited: list[str]) -> dict[str, Any]:
    host = str(stage.house(leading))
    body = {"kind": "intervision", "name": "Circle", "host_ids": [host], "quorum": 1}
    series = stage.does(leading, "/intervision-series", body)["id"]
    people = {"professional_ids": invited}
    stage.does(leading, f"/intervision-series/{series}/members", people)
    times = {"starts_at": "2026-04-08T13:00:00+02:00", "ends_at": "2026-04-08T16:00:00+02:00"}
    (session,) = stage.does(leading, f"/intervision-series/{series}/sessions", times)["items"]
    return {
        "series_id": series,
        "session_id": session["id"],
        "professional_id of withdrawInvitation": invited[-1],
    }
