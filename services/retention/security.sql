-- The end of cases (docs/decisions/0019).
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- case_retention
-- The end of cases (docs/decisions/0019): asked for by the reference worker, confirmed by a
-- coordinator, who sees the code and nothing else of the case; carried out by the workers.
GRANT SELECT, INSERT, UPDATE (version, warned_at, held_until, held_by, hold_reason)
  ON case_retention TO maillage_api;
CREATE POLICY api_lead ON case_retention TO maillage_api
  USING (EXISTS (SELECT FROM led(case_retention.case_id)))
  WITH CHECK (EXISTS (SELECT FROM led(case_retention.case_id))
    AND (held_by IS NULL OR held_by = app_professional()));
GRANT SELECT (case_id, closed_at, warned_at, held_until), UPDATE (warned_at) ON case_retention
  TO maillage_worker;
CREATE POLICY worker ON case_retention TO maillage_worker USING (true) WITH CHECK (true);

-- erasures
GRANT SELECT, INSERT, UPDATE (version, state, confirmed_by, confirmed_at) ON erasures
  TO maillage_api;
CREATE POLICY api_read ON erasures FOR SELECT TO maillage_api
  USING (app_has_role('coordinator') OR EXISTS (SELECT FROM led(erasures.case_id)));
CREATE POLICY api_insert ON erasures FOR INSERT TO maillage_api WITH CHECK (
  state = 'requested' AND requested_by = app_professional() AND ground NOT IN ('retention', 'ledger')
  AND EXISTS (SELECT FROM led(erasures.case_id)));
CREATE POLICY api_update ON erasures FOR UPDATE TO maillage_api
  USING (state = 'requested' AND (app_has_role('coordinator')
    OR EXISTS (SELECT FROM led(erasures.case_id))))
  WITH CHECK (state = 'withdrawn' OR state = 'confirmed'
    AND app_has_role('coordinator') AND confirmed_by = app_professional()
    AND requested_by <> app_professional() AND ground NOT IN ('retention', 'ledger'));
GRANT SELECT, INSERT, UPDATE (version, state, erased_at) ON erasures TO maillage_worker;
CREATE POLICY worker_read ON erasures FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_insert ON erasures FOR INSERT TO maillage_worker WITH CHECK (
  ground = 'retention' AND state = 'confirmed' AND requested_by IS NULL);
CREATE POLICY worker_update ON erasures FOR UPDATE TO maillage_worker
  USING (state IN ('confirmed', 'shredded')) WITH CHECK (state IN ('shredded', 'erased'));

-- ledger_entries
GRANT INSERT ON ledger_entries TO maillage_api;
CREATE POLICY api_insert ON ledger_entries FOR INSERT TO maillage_api WITH CHECK (
  kind = 'case_erased' AND position IS NULL AND EXISTS (
    SELECT FROM erasures e WHERE e.id = ledger_entries.subject_id
    AND e.case_id = ledger_entries.case_id AND e.state = 'confirmed'
    AND e.confirmed_by = app_professional()));
GRANT SELECT, INSERT, UPDATE (position, line_hash) ON ledger_entries TO maillage_worker;
CREATE POLICY worker ON ledger_entries TO maillage_worker USING (true) WITH CHECK (true);

-- shared_folders
CREATE POLICY everybody ON shared_folders FOR SELECT TO maillage_api, maillage_worker USING (true);
GRANT SELECT ON shared_folders TO maillage_api, maillage_worker;
