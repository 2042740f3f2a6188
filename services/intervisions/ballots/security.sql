-- The ballot, row by row (docs/decisions/0042). Applied after services/consent/row_security.sql, which
-- takes all policies away.

-- Planned and called off by who facilitates; opened, closed and counted by the workers alone.
GRANT SELECT, INSERT, UPDATE (version, points, self_vote, priority_order, places, opens_at, closes_at,
  state, void_code, void_reason) ON ballots TO maillage_api;
CREATE POLICY api_read ON ballots FOR SELECT TO maillage_api USING (attends(session_id));
CREATE POLICY api_insert ON ballots FOR INSERT TO maillage_api WITH CHECK (
  facilitates(session_id) AND state = 'planned' AND planned_by = app_professional()
  AND electors IS NULL AND seed_digest IS NULL AND NOT reminded AND NOT key_destroyed);
CREATE POLICY api_update ON ballots FOR UPDATE TO maillage_api
  USING (facilitates(session_id) AND state IN ('planned', 'open'))
  WITH CHECK (facilitates(session_id) AND state IN ('planned', 'void'));
GRANT SELECT ON ballot_options TO maillage_api;
CREATE POLICY api_read ON ballot_options FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM ballots b WHERE b.id = ballot_id));

-- Everybody knows of themselves whether they may vote, and whether they did. Whoever declined since,
-- or waits for a place, is not there and does not vote.
GRANT SELECT ON ballot_electors TO maillage_api;
CREATE POLICY api_own ON ballot_electors FOR SELECT TO maillage_api
  USING (professional_id = app_professional());
GRANT SELECT, INSERT ON ballot_voters TO maillage_api;
CREATE POLICY api_own ON ballot_voters FOR SELECT TO maillage_api
  USING (professional_id = app_professional());
CREATE POLICY api_vote ON ballot_voters FOR INSERT TO maillage_api WITH CHECK (
  professional_id = app_professional()
  AND EXISTS (SELECT 1 FROM ballots b
    JOIN session_invitations v ON v.session_id = b.session_id
      AND v.professional_id = app_professional() AND v.state IN ('invited', 'accepted')
    WHERE b.id = ballot_id AND b.state = 'open' AND app_now() < b.closes_at));

-- Whom the last call went to has not voted: nobody's to know but theirs, its facilitator's neither.
CREATE POLICY api_last_call ON alerts AS RESTRICTIVE FOR SELECT TO maillage_api
  USING (kind <> 'intervisions.ballot_closing' OR recipient_id = app_professional());

-- The sealed box: taken and put back by who votes, as long as votes count; removed, unread, by who
-- calls the ballot off.
GRANT SELECT, UPDATE (sealed), DELETE ON ballot_boxes TO maillage_api;
DO $$
DECLARE
  votes text := 'EXISTS (SELECT 1 FROM ballots b JOIN ballot_electors e ON e.ballot_id = b.id
    WHERE b.id = ballot_boxes.ballot_id AND e.professional_id = app_professional()
      AND b.state = ''open'' AND app_now() < b.closes_at)';
  leads text := 'EXISTS (SELECT 1 FROM ballots b WHERE b.id = ballot_boxes.ballot_id
    AND facilitates(b.session_id))';
BEGIN
  EXECUTE format('CREATE POLICY api_read ON ballot_boxes FOR SELECT TO maillage_api
    USING (%s OR %s)', votes, leads);
  EXECUTE format('CREATE POLICY api_vote ON ballot_boxes FOR UPDATE TO maillage_api
    USING (%s)', votes);
  EXECUTE format('CREATE POLICY api_void ON ballot_boxes FOR DELETE TO maillage_api
    USING (%s)', leads);
END $$;
GRANT SELECT ON ballot_papers TO maillage_api;
CREATE POLICY api_read ON ballot_papers FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM ballots b WHERE b.id = ballot_id AND b.state = 'closed'));

GRANT SELECT, UPDATE (version, state, electors, quorum, seed_digest, reminded, seed, turnout,
  papers_digest, result, void_code, key_destroyed) ON ballots TO maillage_worker;
CREATE POLICY worker_read ON ballots FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_update ON ballots FOR UPDATE TO maillage_worker USING (true);
GRANT SELECT, INSERT, UPDATE (void) ON ballot_options TO maillage_worker;
CREATE POLICY worker ON ballot_options TO maillage_worker USING (true);
GRANT SELECT, INSERT ON ballot_electors TO maillage_worker;
CREATE POLICY worker ON ballot_electors TO maillage_worker USING (true);
GRANT SELECT ON ballot_voters TO maillage_worker;
CREATE POLICY worker ON ballot_voters FOR SELECT TO maillage_worker USING (true);
-- FOR UPDATE holds the box while it is emptied.
GRANT SELECT, INSERT, UPDATE (sealed), DELETE ON ballot_boxes TO maillage_worker;
CREATE POLICY worker ON ballot_boxes TO maillage_worker USING (true);
GRANT SELECT, INSERT ON ballot_papers TO maillage_worker;
CREATE POLICY worker ON ballot_papers TO maillage_worker USING (true);
-- The papers' digest goes into the journal: who changes a paper later would have to change that too.
CREATE POLICY worker_ballots ON audit_entries FOR INSERT TO maillage_worker WITH CHECK (
  actor_id IS NULL AND subject_kind = 'ballots' AND case_id IS NULL
  AND action IN ('open_ballot', 'close_ballot', 'void_ballot'));
