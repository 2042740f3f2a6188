-- Calendar feeds: one's own.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- calendar_feeds
-- Calendar feeds: one's own, and found by whoever holds the token. Re-applied by `maillage migrate`
-- whenever this file changes, after services/shared/security.sql.
GRANT SELECT, INSERT, UPDATE (revoked_at) ON calendar_feeds TO maillage_api;
CREATE POLICY api_own ON calendar_feeds TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());

-- postings
CREATE POLICY worker_post ON postings FOR INSERT TO maillage_worker
  WITH CHECK (state = 'posted' AND posts_for_liaison(procedure_id, case_id, posted_by));
