-- The network: known to every professional of it, changed by administrators.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- substitutions
-- Substitutes: known to the two concerned; named and ended by the one who is away.
GRANT SELECT, INSERT, UPDATE (ended_at) ON substitutions TO maillage_api;
CREATE POLICY api_read ON substitutions FOR SELECT TO maillage_api
  USING (app_professional() IN (reference_id, substitute_id));
CREATE POLICY api_insert ON substitutions FOR INSERT TO maillage_api
  WITH CHECK (reference_id = app_professional());
CREATE POLICY api_update ON substitutions FOR UPDATE TO maillage_api
  USING (reference_id = app_professional());

-- network_settings
-- The settings are known to all and changed by administrators.
GRANT SELECT, INSERT, UPDATE ON network_settings TO maillage_api;
CREATE POLICY api_read ON network_settings FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON network_settings TO maillage_api
  USING (app_has_role('administrator'))
  WITH CHECK (app_has_role('administrator') AND changed_by = app_professional());

-- escalation_rules
-- So are the rules by which an alert climbs; the workers follow them.
GRANT SELECT, INSERT, UPDATE ON escalation_rules TO maillage_api;
CREATE POLICY api_read ON escalation_rules FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON escalation_rules TO maillage_api
  USING (app_has_role('administrator'))
  WITH CHECK (app_has_role('administrator') AND changed_by = app_professional());
GRANT SELECT ON escalation_rules TO maillage_worker;
CREATE POLICY worker ON escalation_rules FOR SELECT TO maillage_worker USING (true);

-- courts
-- The courts (docs/decisions/0029) are known to every professional, and written by the import alone.
-- What is wrong in them is said beside them, by who administers and coordinates the network.
GRANT SELECT ON courts TO maillage_api;
CREATE POLICY api_read ON courts FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);

-- court_corrections
GRANT SELECT, INSERT, UPDATE (state, version, withdrawn_by, withdrawn_at) ON court_corrections
  TO maillage_api;
CREATE POLICY api_read ON court_corrections FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON court_corrections FOR INSERT TO maillage_api WITH CHECK (
  app_has_role('administrator') AND app_has_role('coordinator')
  AND state = 'active' AND made_by = app_professional());
CREATE POLICY api_update ON court_corrections FOR UPDATE TO maillage_api
  USING (app_has_role('administrator') AND app_has_role('coordinator'))
  WITH CHECK (state = 'withdrawn' AND withdrawn_by = app_professional());

-- organisations
-- The network is known to every professional of it.
GRANT SELECT, INSERT, UPDATE, DELETE ON organisations TO maillage_api;
CREATE POLICY api_read ON organisations FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON organisations TO maillage_api
  USING (app_has_role('administrator')) WITH CHECK (app_has_role('administrator'));
-- Who works at a public welfare centre, to tell them and nobody else of what is due to it.
GRANT SELECT (id, public_welfare_centre) ON organisations TO maillage_worker;
CREATE POLICY worker ON organisations FOR SELECT TO maillage_worker USING (true);

-- professionals
GRANT SELECT, INSERT, UPDATE, DELETE ON professionals TO maillage_api;
CREATE POLICY api_read ON professionals FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON professionals TO maillage_api
  USING (app_has_role('administrator')) WITH CHECK (app_has_role('administrator'));
CREATE POLICY worker ON professionals TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT (id, organisation_id, email, language, active) ON professionals TO maillage_worker;

-- professional_roles
GRANT SELECT, INSERT, UPDATE, DELETE ON professional_roles TO maillage_api;
CREATE POLICY api_read ON professional_roles FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON professional_roles TO maillage_api
  USING (app_is_administrator() AND professional_id <> app_professional())
  WITH CHECK (app_is_administrator() AND professional_id <> app_professional());
-- Who is a coordinator, to tell them.
GRANT SELECT (professional_id, role) ON professional_roles TO maillage_worker;
CREATE POLICY worker ON professional_roles FOR SELECT TO maillage_worker USING (true);

-- professional_cantons
GRANT SELECT, INSERT, UPDATE, DELETE ON professional_cantons TO maillage_api;
CREATE POLICY api_read ON professional_cantons FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON professional_cantons TO maillage_api
  USING (app_has_role('administrator')) WITH CHECK (app_has_role('administrator'));

-- identities
CREATE POLICY api_admin ON identities TO maillage_api
  USING (app_has_role('administrator')) WITH CHECK (app_has_role('administrator'));
GRANT SELECT, INSERT ON identities TO maillage_api;

-- protocols
GRANT SELECT, INSERT ON protocols TO maillage_api;
CREATE POLICY api_read ON protocols FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON protocols FOR INSERT TO maillage_api
  WITH CHECK (published_by = app_professional() AND app_has_role('coordinator'));

-- protocol_signatures
GRANT SELECT, INSERT ON protocol_signatures TO maillage_api;
CREATE POLICY api_read ON protocol_signatures FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON protocol_signatures FOR INSERT TO maillage_api WITH CHECK (
  signed_by = app_professional() AND organisation_id =
    (SELECT organisation_id FROM professionals WHERE id = app_professional()));

-- login_sessions
-- One's own: sessions, stored answers, messages. Journals are only added to.
GRANT SELECT, INSERT, UPDATE ON login_sessions TO maillage_api;
CREATE POLICY api_own ON login_sessions TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());

-- alerts
CREATE POLICY api_glass_read ON alerts FOR SELECT TO maillage_api
  USING (kind IN ('consent.glass_review_due', 'consent.glass_suspended')
         AND app_has_role('coordinator'));
CREATE POLICY api_glass_reviewed ON alerts FOR UPDATE TO maillage_api
  USING (kind IN ('consent.glass_review_due', 'consent.glass_suspended')
         AND app_has_role('coordinator'));
