-- The household, row by row. Whoever takes part reads what the categories open to them.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- households
GRANT SELECT (id, version, case_id, language), INSERT ON households TO maillage_api;
CREATE POLICY api_read ON households FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(households.case_id) LIMIT 1));
CREATE POLICY api_insert ON households FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(households.case_id) LIMIT 1));
GRANT UPDATE ON households TO maillage_api;
CREATE POLICY api_update ON households FOR UPDATE TO maillage_api USING (
  (SELECT true FROM led(households.case_id) LIMIT 1));

-- members
GRANT SELECT, INSERT ON members TO maillage_api;
CREATE POLICY api_read ON members FOR SELECT TO maillage_api USING (
  (SELECT true FROM held(members.case_id, 'identity') LIMIT 1));
CREATE POLICY api_insert ON members FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(members.case_id) LIMIT 1));
GRANT UPDATE ON members TO maillage_api;
CREATE POLICY api_update ON members FOR UPDATE TO maillage_api USING (
  (SELECT true FROM led(members.case_id) LIMIT 1));

-- tenancies
GRANT SELECT, INSERT ON tenancies TO maillage_api;
CREATE POLICY api_read ON tenancies FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(tenancies.case_id, 'tenancy') LIMIT 1));
CREATE POLICY api_insert ON tenancies FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(tenancies.case_id) LIMIT 1));
GRANT UPDATE ON tenancies TO maillage_api;
CREATE POLICY api_update ON tenancies FOR UPDATE TO maillage_api USING (
  (SELECT true FROM led(tenancies.case_id) LIMIT 1));

-- sealed_contacts
GRANT SELECT, INSERT, UPDATE (key_id, address, phone, recorded_at, recorded_by, version)
  ON sealed_contacts TO maillage_api;
CREATE POLICY api_insert ON sealed_contacts FOR INSERT TO maillage_api WITH CHECK (
  recorded_by = app_professional() AND EXISTS (SELECT FROM members parent
    WHERE parent.id = sealed_contacts.member_id AND parent.case_id = sealed_contacts.case_id) AND
  EXISTS (SELECT FROM led(sealed_contacts.case_id)));
CREATE POLICY api_update ON sealed_contacts FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(sealed_contacts.case_id)));
