-- Sessions: shown to whoever attends, changed by whoever facilitates. Applied after
-- services/shared/security.sql, which drops every policy.

-- What kind of session it is stays: whoever made an intervision a housing table would open it to all.
GRANT SELECT, INSERT, UPDATE (version, name, facilitator_id, co_facilitator_id, languages, capacity,
  quorum, max_per_sector, points, self_vote, ended_at) ON intervision_series TO maillage_api;
CREATE POLICY api_read ON intervision_series FOR SELECT TO maillage_api USING (
  app_professional() IS NOT NULL
  AND (kind = 'housing_table' OR app_professional() IN (facilitator_id, co_facilitator_id)
       OR belongs_to_series(id)));
CREATE POLICY api_insert ON intervision_series FOR INSERT TO maillage_api WITH CHECK (
  app_has_role('facilitator') AND created_by = app_professional()
  AND app_professional() IN (facilitator_id, co_facilitator_id));
CREATE POLICY api_update ON intervision_series FOR UPDATE TO maillage_api
  USING (app_professional() IN (facilitator_id, co_facilitator_id)) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON series_hosts, series_members TO maillage_api;
CREATE POLICY api_read ON series_hosts FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM intervision_series s WHERE s.id = series_id));
CREATE POLICY api_change ON series_hosts TO maillage_api USING (facilitates_series(series_id));
CREATE POLICY api_read ON series_members FOR SELECT TO maillage_api USING (
  professional_id = app_professional());
CREATE POLICY api_change ON series_members TO maillage_api USING (facilitates_series(series_id));

GRANT SELECT, INSERT, UPDATE ON intervision_sessions TO maillage_api;
GRANT SELECT, INSERT, UPDATE (state, answered_at, attended, version) ON session_invitations
  TO maillage_api;
CREATE POLICY api_read ON intervision_sessions FOR SELECT TO maillage_api USING (
  attends(id) OR is_open_session(id) OR facilitates_series(series_id));
CREATE POLICY api_insert ON intervision_sessions FOR INSERT TO maillage_api WITH CHECK (
  facilitates_series(series_id));
CREATE POLICY api_update ON intervision_sessions FOR UPDATE TO maillage_api
  USING (facilitates_series(series_id)) WITH CHECK (facilitates_series(series_id));
-- Who else comes is known to whoever comes; whoever is asked to stay away still sees their own row.
CREATE POLICY api_read ON session_invitations FOR SELECT TO maillage_api USING (
  professional_id = app_professional() OR attends(session_id));
CREATE POLICY api_insert ON session_invitations FOR INSERT TO maillage_api WITH CHECK (
  facilitates(session_id)
  OR professional_id = app_professional() AND state IN ('accepted', 'waiting')
     AND is_open_session(session_id));
-- One answers for oneself, as long as one is asked; the facilitator withdraws invitations, asks
-- again, and notes who came.
CREATE POLICY api_update ON session_invitations FOR UPDATE TO maillage_api
  USING (facilitates(session_id)
         OR professional_id = app_professional() AND state <> 'withdrawn' AND attended IS NULL)
  WITH CHECK (facilitates(session_id)
         OR professional_id = app_professional() AND state IN ('accepted', 'declined', 'waiting')
            AND attended IS NULL);
-- Alerts of a session name no case; whoever attends may tell somebody else of the session.
CREATE POLICY api_session_insert ON alerts FOR INSERT TO maillage_api WITH CHECK (
  case_id IS NULL AND starts_with(kind, 'intervisions.') AND recipient_role = 'person'
  AND attends(object_id));
CREATE POLICY api_session_read ON alerts FOR SELECT TO maillage_api USING (
  case_id IS NULL AND starts_with(kind, 'intervisions.')
  AND (recipient_id = app_professional() OR facilitates(object_id)));
CREATE POLICY api_session_update ON alerts FOR UPDATE TO maillage_api USING (
  case_id IS NULL AND starts_with(kind, 'intervisions.')
  AND (recipient_id = app_professional() OR facilitates(object_id)));

-- A proposal is the proposer's and its reader's until it is visible; its case is sealed.
GRANT SELECT, INSERT, UPDATE ON proposals TO maillage_api;
CREATE POLICY api_read ON proposals FOR SELECT TO maillage_api USING (
  proposer_id = app_professional()
  OR reader_id = app_professional() AND state IN ('in_reading', 'visible')
     AND attends(session_id)
  OR state = 'visible' AND attends(session_id));
CREATE POLICY api_insert ON proposals FOR INSERT TO maillage_api WITH CHECK (
  proposer_id = app_professional() AND state = 'draft' AND attends(session_id));
CREATE POLICY api_update ON proposals FOR UPDATE TO maillage_api
  USING (proposer_id = app_professional()
         OR reader_id = app_professional() AND state = 'in_reading' AND attends(session_id))
  WITH CHECK (true);
GRANT SELECT, INSERT ON proposal_sources TO maillage_api;
CREATE POLICY api_read ON proposal_sources FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM access_grants g
          WHERE g.case_id = proposal_sources.case_id AND g.principal_id = app_professional()
            AND g.valid_from <= app_now() AND app_now() < g.valid_until
            AND (g.basis = 'reference' OR g.basis <> 'liaison' AND g.basis <> 'break_glass'
              AND EXISTS (SELECT 1 FROM proposals p WHERE p.id = proposal_id
                          AND p.proposer_id = app_professional()))));
CREATE POLICY api_insert ON proposal_sources FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT 1 FROM access_grants g
          WHERE g.case_id = proposal_sources.case_id AND g.principal_id = app_professional()
            AND g.valid_from <= app_now() AND app_now() < g.valid_until
            AND g.basis = 'reference')
  AND EXISTS (SELECT 1 FROM proposals p WHERE p.id = proposal_id
              AND p.proposer_id = app_professional()));

CREATE POLICY api_not_closed ON proposal_sources AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = case_id AND c.state = 'closed'));

GRANT SELECT, INSERT, UPDATE, DELETE ON session_tables TO maillage_api;
CREATE POLICY api_read ON session_tables FOR SELECT TO maillage_api USING (attends(session_id));
CREATE POLICY api_change ON session_tables TO maillage_api
  USING (facilitates(session_id)) WITH CHECK (facilitates(session_id));

-- The workers: whether a session still stands, and when; who comes, and who takes a place that is
-- free again. No proposal, no case.
GRANT SELECT ON intervision_sessions, intervision_series TO maillage_worker;
GRANT SELECT, UPDATE (state, version) ON session_invitations TO maillage_worker;
CREATE POLICY worker ON intervision_sessions FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker ON intervision_series FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker ON session_invitations FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_place ON session_invitations FOR UPDATE TO maillage_worker
  USING (state = 'waiting') WITH CHECK (state = 'accepted');
