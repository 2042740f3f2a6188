-- What an operator sees and does (docs/decisions/0036): figures, ids and codes; of no case anything.
-- Applied again at each migration, after row_security.sql.

-- Asked by an administrator through the API, or by the workers' role (`maillage alerts`).
CREATE OR REPLACE FUNCTION set_aside_rows(now timestamptz)
RETURNS TABLE (what text, id uuid, about text, code text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT * FROM (
  SELECT 'delivery', d.id, a.kind, d.last_error, d.set_aside_at
  FROM deliveries d JOIN alerts a ON a.id = d.alert_id
  WHERE d.set_aside_at <= $1 AND d.state IN ('set_aside', 'pending', 'sending')
  UNION ALL
  SELECT 'alert', a.id, a.kind, a.last_error, a.set_aside_at FROM alerts a
  WHERE a.set_aside_at <= $1 AND a.state = 'planned'
  UNION ALL
  SELECT 'event', e.id, e.name, e.last_error, e.set_aside_at FROM outbox_events e
  WHERE e.set_aside_at <= $1 AND e.dispatched_at IS NULL
) s (what, id, about, code, since)
WHERE app_has_role('administrator') OR session_user = 'maillage_worker'
ORDER BY since, id LIMIT 1000
$$;

CREATE OR REPLACE FUNCTION put_back_set_aside(ids uuid[], now timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH named AS (
  SELECT unnest($1) AS id
  WHERE app_has_role('administrator') OR session_user = 'maillage_worker'
), letters AS (
  UPDATE deliveries d SET state = 'pending', faults = 0, set_aside_at = NULL, next_at = $2
  FROM named n WHERE d.id = n.id AND d.set_aside_at IS NOT NULL
    AND d.state IN ('set_aside', 'pending') RETURNING d.id
), planned AS (
  UPDATE alerts a SET faults = 0, set_aside_at = NULL, next_at = NULL
  FROM named n WHERE a.id = n.id AND a.set_aside_at IS NOT NULL AND a.state = 'planned'
  RETURNING a.id
), events AS (
  UPDATE outbox_events e SET attempts = 0, set_aside_at = NULL, next_at = NULL
  FROM named n WHERE e.id = n.id AND e.set_aside_at IS NOT NULL AND e.dispatched_at IS NULL
  RETURNING e.id
)
SELECT (SELECT count(*) FROM letters) + (SELECT count(*) FROM planned)
  + (SELECT count(*) FROM events)
$$;
REVOKE EXECUTE ON FUNCTION set_aside_rows(timestamptz), put_back_set_aside(uuid[], timestamptz)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_aside_rows(timestamptz), put_back_set_aside(uuid[], timestamptz)
  TO maillage_api, maillage_worker;
