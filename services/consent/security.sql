-- What the household permits and refuses, and what was opened without its word.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- consents
GRANT SELECT, INSERT ON consents TO maillage_api;
CREATE POLICY api_read ON consents FOR SELECT TO maillage_api USING (
  (SELECT true FROM led(consents.case_id) LIMIT 1));
CREATE POLICY api_insert ON consents FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(consents.case_id) LIMIT 1)
  AND collected_by = app_professional());
GRANT UPDATE ON consents TO maillage_api;
CREATE POLICY api_update ON consents FOR UPDATE TO maillage_api USING (
  (SELECT true FROM led(consents.case_id) LIMIT 1));

-- provisions
GRANT SELECT, INSERT ON provisions TO maillage_api;
CREATE POLICY api_read ON provisions FOR SELECT TO maillage_api USING (
  (SELECT true FROM led(provisions.case_id) LIMIT 1));
CREATE POLICY api_insert ON provisions FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(provisions.case_id) LIMIT 1)
  -- A row hangs only under a parent of its own case.
  AND EXISTS (
    SELECT FROM consents parent
      WHERE parent.id = provisions.consent_id AND parent.case_id = provisions.case_id));

-- exclusions
-- Whom the household refuses is known to the reference worker alone; the workers need to know whom
-- not to write to, but not why.
GRANT SELECT, INSERT, UPDATE ON exclusions TO maillage_api;
CREATE POLICY api_lead ON exclusions TO maillage_api USING (
  EXISTS (SELECT FROM led(exclusions.case_id)));
GRANT SELECT (id, case_id, professional_id, organisation_id, lifted_at, set_by_member) ON exclusions
  TO maillage_worker;
CREATE POLICY worker ON exclusions TO maillage_worker USING (true);

-- break_glass_openings
-- Break-glass (docs/decisions/0013). A row comes only from open_break_glass(); it is read by who
-- opened it, by the reference worker and by the reviewers, and judged by a reviewer who is not the
-- one who opened it. The alerts of an opening are written by the one who opens it, in that commit.
GRANT SELECT, UPDATE (version, reviewed_at, reviewed_by, verdict, comment)
  ON break_glass_openings TO maillage_api;
CREATE POLICY api_read ON break_glass_openings FOR SELECT TO maillage_api USING (
  professional_id = app_professional() OR app_has_role('coordinator')
  OR EXISTS (SELECT FROM led(break_glass_openings.case_id)));
CREATE POLICY api_review ON break_glass_openings FOR UPDATE TO maillage_api
  USING (app_has_role('coordinator') AND professional_id <> app_professional())
  WITH CHECK (reviewed_by = app_professional());
CREATE POLICY worker ON break_glass_openings TO maillage_worker USING (true) WITH CHECK (false);
GRANT SELECT (id, professional_id, reviewed_at) ON break_glass_openings TO maillage_worker;

-- alerts
CREATE POLICY api_glass_broken ON alerts FOR INSERT TO maillage_api WITH CHECK (
  kind LIKE 'consent.glass_%' AND EXISTS (
    SELECT FROM break_glass_openings b WHERE b.id = alerts.object_id
    AND b.case_id = alerts.case_id AND b.professional_id = app_professional()
    AND b.opened_at = app_now()));

-- sealed_contacts
CREATE POLICY api_read ON sealed_contacts FOR SELECT TO maillage_api USING (may_unseal(case_id));
