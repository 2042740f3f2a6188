-- The second wall: row-level security, FORCEd on every table, default no row. The API's and the
-- workers' roles own nothing; what they may do to a table is granted in the security.sql of each
-- feature and nowhere else: first all is taken away. Re-applied by `maillage migrate`, before those.
DO $$
DECLARE t text; p record;
BEGIN
  FOR p IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
           AND tablename NOT IN ('alembic_version', 'applied_sql') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, maillage_api, maillage_worker', t);
    -- The owner's own functions (refresh_access and its kind) must see the facts.
    EXECUTE format('CREATE POLICY owner ON %I TO maillage_owner USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;

-- What everybody has: journals, the outbox, alerts, attempts, stored answers, and the grants.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- alerts
GRANT SELECT, INSERT ON alerts TO maillage_api;
CREATE POLICY api_insert ON alerts FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(alerts.case_id) LIMIT 1));
GRANT UPDATE (state) ON alerts TO maillage_api;
CREATE POLICY worker ON alerts TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON alerts TO maillage_worker;

-- access_grants
GRANT SELECT ON access_grants TO maillage_api;
CREATE POLICY api_read ON access_grants FOR SELECT TO maillage_api
  USING (principal_id = app_professional());
CREATE POLICY worker ON access_grants TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT ON access_grants TO maillage_worker;

-- may_see
GRANT SELECT ON may_see TO maillage_api;

-- idempotency_keys
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO maillage_api;
CREATE POLICY api_own ON idempotency_keys TO maillage_api
  USING (actor_id = app_professional()) WITH CHECK (actor_id = app_professional());
CREATE POLICY worker ON idempotency_keys TO maillage_worker USING (true) WITH CHECK (true);
GRANT DELETE, SELECT (actor_id, key, created_at) ON idempotency_keys TO maillage_worker;

-- audit_entries
GRANT INSERT ON audit_entries TO maillage_api;
CREATE POLICY api_insert ON audit_entries FOR INSERT TO maillage_api
  WITH CHECK (actor_id = app_professional());
-- The journals, read: a case's own, by its reference worker. The chain: by nobody but the sealer
-- (seal_audit) and, heads only, by whoever anchors them.
GRANT SELECT ON audit_entries TO maillage_api;
CREATE POLICY api_read ON audit_entries FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM led(audit_entries.case_id)));
GRANT INSERT ON audit_entries TO maillage_worker;

-- read_entries
GRANT INSERT ON read_entries TO maillage_api;
CREATE POLICY api_insert ON read_entries FOR INSERT TO maillage_api
  WITH CHECK (actor_id = app_professional());
GRANT SELECT ON read_entries TO maillage_api;
CREATE POLICY api_read ON read_entries FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM led(read_entries.case_id)));

-- outbox_events
GRANT INSERT ON outbox_events TO maillage_api;
CREATE POLICY api_insert ON outbox_events FOR INSERT TO maillage_api
  WITH CHECK (actor_id = app_professional());
CREATE POLICY worker ON outbox_events TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON outbox_events TO maillage_worker;
GRANT INSERT ON outbox_events TO maillage_worker;

-- inbox_entries
CREATE POLICY worker ON inbox_entries TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON inbox_entries TO maillage_worker;

-- audit_seals
CREATE POLICY worker ON audit_seals TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT (position, chain_hash) ON audit_seals TO maillage_worker;

-- audit_anchors
CREATE POLICY worker ON audit_anchors TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (exported_at) ON audit_anchors TO maillage_worker;

-- attempts
-- What was tried, for limits that outlast a refusal.
GRANT SELECT, INSERT ON attempts TO maillage_api;
CREATE POLICY api_own ON attempts TO maillage_api
  USING (actor_id = app_professional()) WITH CHECK (actor_id = app_professional());
CREATE POLICY worker ON attempts TO maillage_worker USING (true) WITH CHECK (false);
GRANT DELETE, SELECT (at) ON attempts TO maillage_worker;

-- alembic_version
GRANT SELECT ON alembic_version TO maillage_api, maillage_worker;

-- applied_sql
GRANT SELECT ON applied_sql TO maillage_api, maillage_worker;
