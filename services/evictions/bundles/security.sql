-- The defence bundle, row by row (docs/decisions/0026): a tick and a bundle are read by whoever of
-- the team may read every category that is in them, never by the liaison. Applied after
-- services/consent/row_security.sql, which takes all policies away.
DO $$
DECLARE
  t text;
  -- The union of what is open: a person may hold several grants on one case.
  held text := 'coalesce((SELECT bit_or(g.category_mask) & %1$I.category_mask = %1$I.category_mask
    FROM access_grants g WHERE g.case_id = %1$I.case_id AND g.principal_id = app_professional()
    AND g.valid_from <= app_now() AND app_now() < g.valid_until AND g.basis %2$s), false)';
  team text := $q$ <> 'liaison' $q$;
  work text := $q$ NOT IN ('liaison', 'break_glass') $q$;
  under text := 'EXISTS (SELECT 1 FROM procedures parent WHERE parent.id = %1$I.procedure_id
    AND parent.case_id = %1$I.case_id)';
BEGIN
  FOREACH t IN ARRAY ARRAY['bundle_ticks', 'defence_bundles'] LOOP
    EXECUTE format('GRANT SELECT, INSERT ON %I TO maillage_api', t);
    EXECUTE format('CREATE POLICY api_read ON %I FOR SELECT TO maillage_api USING (%s)', t,
      format(held, t, team));
    EXECUTE format('CREATE POLICY api_insert ON %I FOR INSERT TO maillage_api WITH CHECK (
      %s = app_professional() AND %s AND %s)', t,
      CASE t WHEN 'bundle_ticks' THEN 'ticked_by' ELSE 'frozen_by' END,
      format(under, t), format(held, t, work));
  END LOOP;
  GRANT UPDATE (undone_by, undone_at) ON bundle_ticks TO maillage_api;
  EXECUTE format('CREATE POLICY api_update ON bundle_ticks FOR UPDATE TO maillage_api
    USING (undone_at IS NULL AND %1$s) WITH CHECK (undone_by = app_professional() AND %1$s)',
    format(held, 'bundle_ticks', work));
  FOREACH t IN ARRAY ARRAY['bundle_ticks', 'defence_bundles', 'bundle_pieces'] LOOP
    EXECUTE format('CREATE POLICY api_not_closed ON %1$I AS RESTRICTIVE FOR INSERT TO maillage_api
      WITH CHECK (NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = %1$I.case_id
        AND c.state = ''closed''))', t);
  END LOOP;
END $$;
CREATE POLICY api_change_not_closed ON bundle_ticks AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = bundle_ticks.case_id
                     AND c.state = 'closed'));
-- A tick is of a version of its own case, and says truly what one must be open to to see it.
CREATE POLICY api_about ON bundle_ticks AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  document_id IS NULL AND category_mask = 4 OR EXISTS (
    SELECT 1 FROM document_versions v WHERE v.document_id = bundle_ticks.document_id
    AND v.number = bundle_ticks.number AND v.case_id = bundle_ticks.case_id
    AND bundle_ticks.category_mask = 4 | v.category));
-- Pieces: with their bundle. They are written at the freeze and at no other instant.
GRANT SELECT, INSERT ON bundle_pieces, bundle_downloads TO maillage_api;
CREATE POLICY api_read ON bundle_pieces FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM defence_bundles b WHERE b.id = bundle_pieces.bundle_id));
CREATE POLICY api_insert ON bundle_pieces FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT 1 FROM defence_bundles b WHERE b.id = bundle_pieces.bundle_id
    AND b.case_id = bundle_pieces.case_id AND b.frozen_by = app_professional()
    AND b.frozen_at = app_now() AND b.category_mask & bundle_pieces.category <> 0)
  AND EXISTS (SELECT 1 FROM document_versions v WHERE v.document_id = bundle_pieces.document_id
    AND v.number = bundle_pieces.number AND v.case_id = bundle_pieces.case_id
    AND v.category = bundle_pieces.category AND v.scan_state = 'clean'));
-- Downloads: known to whoever sees the bundle; each writes their own, in a closed case too.
CREATE POLICY api_read ON bundle_downloads FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM defence_bundles b WHERE b.id = bundle_downloads.bundle_id));
CREATE POLICY api_insert ON bundle_downloads FOR INSERT TO maillage_api WITH CHECK (
  downloaded_by = app_professional() AND EXISTS (
    SELECT 1 FROM defence_bundles b WHERE b.id = bundle_downloads.bundle_id
    AND b.case_id = bundle_downloads.case_id));
-- The workers know which file is whose, to leave it alone or to destroy it with its case.
GRANT SELECT (case_id, stored_name) ON defence_bundles TO maillage_worker;
CREATE POLICY worker ON defence_bundles FOR SELECT TO maillage_worker USING (true);
