-- What a case says of intervision is its reference worker's (the agreement) and its team's (the
-- impasse); the words beside a proposal are seen with it. Applied after row_security.sql.

GRANT SELECT, INSERT, UPDATE (withdrawn_at, version) ON intervision_agreements TO maillage_api;
GRANT SELECT, INSERT, UPDATE (lifted_by, lifted_at, version) ON impasses TO maillage_api;
DO $$
DECLARE
  held text := 'EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = %1$I.case_id'
    ' AND g.principal_id = app_professional()'
    ' AND g.valid_from <= app_now() AND app_now() < g.valid_until AND (%2$s))';
  closed text := 'NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = %1$I.case_id'
    ' AND c.state = ''closed'')';
  lead text := $q$ g.basis = 'reference' $q$;
  work text := $q$ g.basis NOT IN ('liaison', 'break_glass') $q$;
  t text;
BEGIN
  EXECUTE format('CREATE POLICY api_read ON intervision_agreements FOR SELECT TO maillage_api
    USING (%s)', format(held, 'intervision_agreements', lead));
  EXECUTE format('CREATE POLICY api_insert ON intervision_agreements FOR INSERT TO maillage_api
    WITH CHECK (recorded_by = app_professional() AND %s)',
    format(held, 'intervision_agreements', lead));
  EXECUTE format('CREATE POLICY api_update ON intervision_agreements FOR UPDATE TO maillage_api
    USING (%s)', format(held, 'intervision_agreements', lead));
  EXECUTE format('CREATE POLICY api_read ON impasses FOR SELECT TO maillage_api USING (%s)',
    format(held, 'impasses', $q$ g.basis <> 'liaison' $q$));
  EXECUTE format('CREATE POLICY api_insert ON impasses FOR INSERT TO maillage_api
    WITH CHECK (flagged_by = app_professional() AND %s)', format(held, 'impasses', work));
  EXECUTE format('CREATE POLICY api_update ON impasses FOR UPDATE TO maillage_api USING (%s OR
    flagged_by = app_professional() AND %s)',
    format(held, 'impasses', lead), format(held, 'impasses', work));
  FOREACH t IN ARRAY ARRAY['intervision_agreements', 'impasses'] LOOP
    EXECUTE format('CREATE POLICY api_not_closed ON %1$I AS RESTRICTIVE FOR INSERT TO maillage_api'
      ' WITH CHECK (' || closed || ')', t);
  END LOOP;
END $$;

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
