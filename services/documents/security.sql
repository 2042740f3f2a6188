-- Documents: like notes; a new version only raises the number of the newest.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- documents
-- Documents: like notes; a new version only raises the number of the newest. Workers see which
-- file waits for the scanner, whom to tell, and never a title, a name or a date.
GRANT SELECT, INSERT ON documents TO maillage_api;
CREATE POLICY api_read ON documents FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM team(documents.case_id) g
    WHERE g.category_mask & documents.category <> 0 OR documents.uploaded_by = app_professional()));
CREATE POLICY api_insert ON documents FOR INSERT TO maillage_api WITH CHECK (
  uploaded_by = app_professional()
  AND EXISTS (SELECT FROM work(documents.case_id, documents.category)));
CREATE POLICY api_update ON documents FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM work(documents.case_id, documents.category)));
GRANT UPDATE (latest) ON documents TO maillage_api;
CREATE POLICY api_not_closed ON documents AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(documents.case_id)));
CREATE POLICY api_change_not_closed ON documents AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(documents.case_id)));

-- document_versions
GRANT SELECT, INSERT ON document_versions TO maillage_api;
CREATE POLICY api_read ON document_versions FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM team(document_versions.case_id) g
    WHERE g.category_mask & document_versions.category <> 0
      OR document_versions.uploaded_by = app_professional()));
CREATE POLICY api_insert ON document_versions FOR INSERT TO maillage_api WITH CHECK (
  uploaded_by = app_professional()
  AND EXISTS (SELECT FROM work(document_versions.case_id, document_versions.category)));
GRANT SELECT (document_id, number, case_id, uploaded_by, stored_name, scan_state, scan_attempts,
  scan_next_at), UPDATE (scan_state, scan_attempts, scan_next_at, scanned_at)
  ON document_versions TO maillage_worker;
CREATE POLICY worker ON document_versions TO maillage_worker USING (true);
CREATE POLICY api_not_closed ON document_versions AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(document_versions.case_id)));

-- readable_document_versions
GRANT SELECT ON readable_document_versions TO maillage_api;

-- upload_allowances
GRANT SELECT, INSERT, UPDATE ON upload_allowances TO maillage_api;
CREATE POLICY api_own ON upload_allowances TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
