-- Calendar feeds: one's own, and found by whoever holds the token. Re-applied by `maillage migrate`
-- whenever this file changes, after services/consent/row_security.sql.

GRANT SELECT, INSERT, UPDATE (revoked_at) ON calendar_feeds TO maillage_api;
CREATE POLICY api_own ON calendar_feeds TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());

-- Whose feed is this? Asked before row-level security knows anybody, hence SECURITY DEFINER: at most
-- one row, of the one token that the caller holds. Use is noted at most once an hour, so that
-- reading does not write.
CREATE OR REPLACE FUNCTION find_feed_actor(token_hash bytea, at timestamptz)
RETURNS TABLE (professional_id uuid, organisation_id uuid, language text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH live AS (
  SELECT f.id, p.id AS professional_id, p.organisation_id, p.language
  FROM calendar_feeds f JOIN professionals p ON p.id = f.professional_id
  WHERE f.token_hash = $1 AND f.revoked_at IS NULL AND p.active
), noted AS (
  UPDATE calendar_feeds f SET last_used_at = $2 FROM live
  WHERE f.id = live.id AND coalesce(f.last_used_at < $2 - interval '1 hour', true)
)
SELECT live.professional_id, live.organisation_id, live.language FROM live
$$;
REVOKE EXECUTE ON FUNCTION find_feed_actor(bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_feed_actor(bytea, timestamptz) TO maillage_api;

-- Hearing lists (services/evictions/hearing_lists/commands.py): whoever uploaded one, and nobody else. The
-- workers go on with what was uploaded, in the name of that liaison: what they compare a row with is
-- what the liaison sees at that instant, what they write is what the liaison may post. After two
-- days they delete whatever nobody could match, and see no more of it.
GRANT SELECT, INSERT ON hearing_lists, hearing_list_rows TO maillage_api;
GRANT UPDATE (state, problem, procedure_id, kind, day, starts_at) ON hearing_list_rows
  TO maillage_api;
CREATE POLICY api_own ON hearing_lists TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
CREATE POLICY api_own ON hearing_list_rows TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
GRANT DELETE, SELECT (id, list_id, professional_id, uploaded_at, line, state, kind, canton,
  roll_number, day, starts_at, room, because), UPDATE (state, problem, procedure_id)
  ON hearing_list_rows TO maillage_worker;
CREATE POLICY worker_read ON hearing_list_rows FOR SELECT TO maillage_worker
  USING (uploaded_at > app_now() - interval '48 hours' OR state IN ('waiting', 'unmatched'));
CREATE POLICY worker_match ON hearing_list_rows FOR UPDATE TO maillage_worker
  USING (state = 'waiting') WITH CHECK (state <> 'waiting');
CREATE POLICY worker_forget ON hearing_list_rows FOR DELETE TO maillage_worker
  USING (state IN ('waiting', 'unmatched') AND uploaded_at <= app_now() - interval '48 hours');

-- The procedures that a liaison sees at this instant, with the little that a list is compared with:
-- the workers read it in the liaison's name, so that a hidden row stays a stranger's.
CREATE OR REPLACE FUNCTION procedures_of_liaison(the_liaison uuid)
RETURNS TABLE (id uuid, case_id uuid, canton text, roll_number text, starts_at timestamptz,
               room text, waiting json[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT d.id, d.case_id, d.canton, d.roll_number, h.starts_at, h.room,
  ARRAY(SELECT json_build_array(p.kind, p.starts_at, p.day) FROM postings p
        WHERE p.procedure_id = d.id AND p.state = 'posted')
FROM access_grants g
JOIN procedures d ON d.case_id = g.case_id AND d.roll_number IS NOT NULL
JOIN professional_cantons k ON k.professional_id = g.principal_id AND k.canton = d.canton
LEFT JOIN hearings h ON h.procedure_id = d.id AND h.state = 'set'
WHERE g.principal_id = the_liaison AND g.basis = 'liaison' AND g.category_mask & 4 <> 0
  AND g.valid_from <= app_now() AND app_now() < g.valid_until
$$;
-- Whether a worker may post on a procedure for somebody: only for a liaison who may do so now and
-- whose list waits.
CREATE OR REPLACE FUNCTION posts_for_liaison(the_procedure uuid, the_case uuid, the_liaison uuid)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (
  SELECT 1 FROM access_grants g
  JOIN procedures d ON d.case_id = g.case_id AND d.id = the_procedure
  JOIN professional_cantons k ON k.professional_id = g.principal_id AND k.canton = d.canton
  WHERE g.case_id = the_case AND g.principal_id = the_liaison AND g.basis = 'liaison'
    AND g.category_mask & 4 <> 0 AND g.valid_from <= app_now() AND app_now() < g.valid_until)
AND EXISTS (SELECT 1 FROM hearing_list_rows r
            WHERE r.professional_id = the_liaison AND r.state = 'waiting')
$$;
REVOKE EXECUTE ON FUNCTION procedures_of_liaison(uuid), posts_for_liaison(uuid, uuid, uuid)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION procedures_of_liaison(uuid), posts_for_liaison(uuid, uuid, uuid)
  TO maillage_worker;
GRANT INSERT ON postings TO maillage_worker;
CREATE POLICY worker_post ON postings FOR INSERT TO maillage_worker
  WITH CHECK (state = 'posted' AND posts_for_liaison(procedure_id, case_id, posted_by));
CREATE POLICY worker_post ON audit_entries FOR INSERT TO maillage_worker
  WITH CHECK (action = 'post_date' AND subject_kind = 'postings' AND EXISTS (
    SELECT 1 FROM hearing_list_rows r WHERE r.professional_id = actor_id AND r.state = 'waiting'));
