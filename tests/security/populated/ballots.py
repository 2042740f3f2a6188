"""Ballots beside each of the two cases: one is planned, one open, one counted."""

from typing import Any
from uuid import UUID

from services.intervisions.ballots.ballot_box import digest_of, new_box
from tests.security.matrix.stage import Stage

_TIMES = {
    "planned": ("2026-04-01T08:00:00Z", "2026-04-07T08:00:00Z"),
    # For whoever asks, at whatever hour of the tests.
    "open": ("2026-01-01T08:00:00Z", "2026-12-30T08:00:00Z"),
    "closed": ("2026-01-01T08:00:00Z", "2026-01-02T08:00:00Z"),
}
_SESSION = """
INSERT INTO intervision_sessions (id, version, series_id, number, starts_at, ends_at, host_id)
SELECT gen_random_uuid(), 1, series_id, 10 + (SELECT count(*) FROM intervision_sessions),
       '2026-12-31 13:00Z', '2026-12-31 16:00Z', host_id
FROM intervision_sessions WHERE id = %(session)s RETURNING id
"""
_INVITED = """
INSERT INTO session_invitations (id, version, session_id, professional_id, state, invited_at)
SELECT gen_random_uuid(), 1, %(made)s, professional_id, 'invited', now()
FROM session_invitations WHERE session_id = %(session)s
"""
_PROPOSAL = """
INSERT INTO proposals (id, version, session_id, proposer_id, pseudonym, vignette, question, tags,
  state)
SELECT gen_random_uuid(), 1, %(made)s, s.facilitator_id, 'Grey heron', 'V', 'Q', '[]', 'visible'
FROM intervision_sessions i JOIN intervision_series s ON s.id = i.series_id
WHERE i.id = %(made)s RETURNING id
"""
_BALLOT = """
INSERT INTO ballots (id, version, session_id, points, self_vote, priority_order, places, opens_at,
  closes_at, state, planned_by, electors, quorum, seed_digest, seed, turnout, papers_digest, result)
SELECT gen_random_uuid(), 1, i.id, 3, false, '[]', 1, %(opens)s, %(closes)s, %(state)s,
  s.facilitator_id, 2, 1, %(digest)s,
  CASE WHEN %(state)s = 'closed' THEN %(seed)s::bytea END, 0, '',
  CASE WHEN %(state)s = 'closed' THEN '{"lines": [], "ties": [], "lost_points": 0}'::jsonb END
FROM intervision_sessions i JOIN intervision_series s ON s.id = i.series_id
WHERE i.id = %(made)s RETURNING id
"""
_OPTION = "INSERT INTO ballot_options VALUES (%(ballot)s, %(proposal)s, 0, NULL, 0, false)"
_ELECTORS = """
INSERT INTO ballot_electors SELECT %(ballot)s, professional_id FROM session_invitations
WHERE session_id = %(made)s
"""


def populate(stage: Stage, case: str, leading: str) -> dict[str, Any]:
    """By the owner's connection: how a ballot opens and closes is tested apart."""
    session = stage.ids[case]["session_id"]
    opens, closes = _TIMES["planned"]
    planned = stage.does(
        leading,
        f"/intervision-sessions/{session}/ballot",
        {"opens_at": opens, "closes_at": closes},
    )
    votable, ballot = _running(stage, session, "open")
    _, counted = _running(stage, session, "closed")
    return {
        "ballot_id": planned["id"],
        "ballot_id of castPaper": ballot,
        "proposal_id of castPaper": votable,
        "ballot_id of getBallotResult": counted,
    }


def _running(stage: Stage, session: Any, state: str) -> tuple[UUID, UUID]:
    """In a session of its own, with the same people."""
    ((made,),) = stage.superuser.execute(_SESSION, {"session": session}).fetchall()
    stage.superuser.execute(_INVITED, {"made": made, "session": session})
    ((proposal,),) = stage.superuser.execute(_PROPOSAL, {"made": made}).fetchall()
    box = new_box([proposal], 2)
    opens, closes = _TIMES[state]
    values = {"made": made, "state": state, "opens": opens, "closes": closes}
    values |= {"digest": digest_of(box.seed), "seed": box.seed}
    ((ballot,),) = stage.superuser.execute(_BALLOT, values).fetchall()
    known = {"ballot": ballot, "proposal": proposal, "made": made}
    stage.superuser.execute(_OPTION, known)
    stage.superuser.execute(_ELECTORS, known)
    if state == "open":
        sealed = box.seal(ballot, stage.app.extensions["maillage"].case_keys)
        stage.superuser.execute("INSERT INTO ballot_boxes VALUES (%s, %s)", (ballot, sealed))
    return proposal, ballot
