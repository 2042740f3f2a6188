-- Calendar feeds are found by whoever holds the token. Re-applied by `maillage migrate`.

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
