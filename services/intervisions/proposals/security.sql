-- What a case says of intervision is its reference worker's (the agreement) and its team's (the
-- impasse); the words beside a proposal are seen with it. Applied after intervisions/security.sql.

GRANT SELECT, INSERT, UPDATE (withdrawn_at, version) ON intervision_agreements TO maillage_api;
GRANT SELECT, INSERT, UPDATE (lifted_by, lifted_at, version) ON impasses TO maillage_api;
CREATE POLICY api_read ON intervision_agreements FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM led(intervision_agreements.case_id)));
CREATE POLICY api_insert ON intervision_agreements FOR INSERT TO maillage_api WITH CHECK (
  recorded_by = app_professional() AND EXISTS (SELECT FROM led(intervision_agreements.case_id)));
CREATE POLICY api_update ON intervision_agreements FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(intervision_agreements.case_id)));
CREATE POLICY api_not_closed ON intervision_agreements AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (NOT EXISTS (SELECT FROM closed_case(intervision_agreements.case_id)));
CREATE POLICY api_read ON impasses FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM team(impasses.case_id)));
CREATE POLICY api_insert ON impasses FOR INSERT TO maillage_api WITH CHECK (
  flagged_by = app_professional() AND EXISTS (SELECT FROM work(impasses.case_id)));
CREATE POLICY api_update ON impasses FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(impasses.case_id))
  OR flagged_by = app_professional() AND EXISTS (SELECT FROM work(impasses.case_id)));
CREATE POLICY api_not_closed ON impasses AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (NOT EXISTS (SELECT FROM closed_case(impasses.case_id)));

-- Only its reader makes a proposal visible, and only as long as the household agrees.
CREATE POLICY api_read_by_another ON proposals AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (true)
  WITH CHECK ((state <> 'visible' OR app_professional() = reader_id)
    AND (state NOT IN ('in_reading', 'visible') OR household_agrees(id)));

-- Who sends it back sees what became of their own words.
CREATE POLICY api_read_sent_back ON proposals FOR SELECT TO maillage_api USING (
  reader_id = app_professional() AND state = 'returned' AND remark IS NOT NULL
  AND attends(session_id));

GRANT SELECT, INSERT, DELETE ON proposal_attachments TO maillage_api;
CREATE POLICY api_read ON proposal_attachments FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM proposals p WHERE p.id = proposal_id));
CREATE POLICY api_insert ON proposal_attachments FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT 1 FROM proposals p WHERE p.id = proposal_id
          AND p.proposer_id = app_professional() AND p.state IN ('draft', 'returned')));
CREATE POLICY api_delete ON proposal_attachments FOR DELETE TO maillage_api USING (
  EXISTS (SELECT 1 FROM proposals p WHERE p.id = proposal_id
          AND p.proposer_id = app_professional() AND p.state IN ('draft', 'returned')));
