-- What an operator sees and does (docs/decisions/0036): figures, ids and codes; of no case anything.
-- Re-applied by `maillage migrate`.

-- Asked by an administrator through the API, or by the workers' role (`maillage alerts`).
CREATE OR REPLACE FUNCTION set_aside_rows()
RETURNS TABLE (what text, id uuid, about text, code text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT * FROM (
  SELECT 'delivery', d.id, a.kind, d.last_error, d.set_aside_at
  FROM deliveries d JOIN alerts a ON a.id = d.alert_id
  WHERE d.set_aside_at IS NOT NULL AND d.state IN ('set_aside', 'pending', 'sending')
  UNION ALL
  SELECT 'alert', a.id, a.kind, a.last_error, a.set_aside_at FROM alerts a
  WHERE a.set_aside_at IS NOT NULL AND a.state = 'planned'
  UNION ALL
  SELECT 'event', e.id, e.name, e.last_error, e.set_aside_at FROM outbox_events e
  WHERE e.set_aside_at IS NOT NULL AND e.dispatched_at IS NULL
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
REVOKE EXECUTE ON FUNCTION set_aside_rows(), put_back_set_aside(uuid[], timestamptz)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_aside_rows(), put_back_set_aside(uuid[], timestamptz)
  TO maillage_api, maillage_worker;

-- The attempts at one delivery: those that were kept, and the one of its own row.
CREATE OR REPLACE FUNCTION delivery_attempts_of(the_delivery uuid)
RETURNS TABLE (fence bigint, claimed_at timestamptz, marked_at timestamptz, ended_at timestamptz,
               outcome text, code text, reached_nobody boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT t.fence, t.claimed_at, t.marked_at, t.ended_at, t.outcome, t.code, t.reached_nobody
FROM delivery_attempts t
WHERE t.delivery_id = $1 AND (app_has_role('administrator') OR session_user = 'maillage_worker')
UNION ALL
SELECT d.fence, d.claimed_at, CASE WHEN d.data_at >= d.claimed_at THEN d.data_at END, d.sent_at,
       d.state, d.last_error, false
FROM deliveries d
WHERE d.id = $1 AND d.channel <> 'inapp' AND d.state IN ('sending', 'sent')
  AND (app_has_role('administrator') OR session_user = 'maillage_worker')
  AND NOT EXISTS (SELECT FROM delivery_attempts t WHERE t.delivery_id = d.id AND t.fence = d.fence)
$$;
REVOKE EXECUTE ON FUNCTION delivery_attempts_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delivery_attempts_of(uuid) TO maillage_api, maillage_worker;

-- Of each part: how many are alive, how long ago one was heard, how many died within ten minutes.
CREATE OR REPLACE FUNCTION part_figures()
RETURNS TABLE (part text, alive numeric, age numeric, crashed numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT p.part,
  count(*) FILTER (WHERE h.at > clock_timestamp() - interval '60 seconds' AND h.died_at IS NULL),
  extract(epoch FROM clock_timestamp() - max(h.at)),
  count(*) FILTER (WHERE h.died_at > clock_timestamp() - interval '10 minutes')
FROM (VALUES ('sweeper'), ('worker')) p (part) LEFT JOIN heartbeats h ON h.part = p.part
GROUP BY p.part
$$;

-- Counts and ages, by the database's clock. A name, a label, a value; NULL: there is none. Bounds by
-- statement_timestamp(): what is asked anew for each row cannot bound an index, and all that is planned
-- would be read.
CREATE OR REPLACE FUNCTION operation_figures()
RETURNS TABLE (name text, label text, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT 'due', x.kind, count(*) FROM (
  SELECT kind FROM alerts
  WHERE state = 'planned' AND due_at <= statement_timestamp() AND set_aside_at IS NULL
  UNION ALL
  SELECT a.kind FROM deliveries d JOIN alerts a ON a.id = d.alert_id
  WHERE d.state IN ('pending', 'sending')
) x (kind) GROUP BY x.kind
UNION ALL
SELECT 'set_aside', 'delivery', count(*) FROM deliveries
WHERE set_aside_at IS NOT NULL AND state IN ('set_aside', 'pending', 'sending')
UNION ALL
SELECT 'set_aside', 'alert', count(*) FROM alerts
WHERE set_aside_at IS NOT NULL AND state = 'planned'
UNION ALL
SELECT 'set_aside', 'event', count(*) FROM outbox_events
WHERE set_aside_at IS NOT NULL AND dispatched_at IS NULL
UNION ALL
SELECT 'outbox_oldest', '', coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)
FROM outbox_events WHERE dispatched_at IS NULL AND set_aside_at IS NULL
UNION ALL
SELECT 'no_recipient', '', count(*) FROM alerts
WHERE state = 'no_recipient' AND due_at > statement_timestamp() - interval '30 days'
UNION ALL
-- Refused for good, nothing else on its way, and nobody reached about the same thing since.
SELECT 'unreached', '', count(DISTINCT a.id) FROM deliveries d JOIN alerts a ON a.id = d.alert_id
WHERE d.state IN ('rejected', 'failed') AND d.channel <> 'inapp' AND a.state = 'sending'
  AND a.due_at > statement_timestamp() - interval '30 days'
  AND NOT EXISTS (SELECT FROM deliveries o WHERE o.alert_id = a.id AND o.channel <> 'inapp'
    AND o.state IN ('pending', 'sending', 'sent', 'set_aside'))
  AND NOT EXISTS (SELECT FROM alerts b JOIN deliveries s ON s.alert_id = b.id
    WHERE b.object_id = a.object_id AND b.kind = a.kind AND b.id <> a.id AND b.due_at >= a.due_at
      AND s.channel <> 'inapp' AND s.state = 'sent')
UNION ALL
SELECT f.name, p.part, f.value FROM part_figures() p,
  LATERAL (VALUES ('heartbeat_age', p.age), ('alive', p.alive), ('crashed', p.crashed)) f (name, value)
UNION ALL
SELECT 'glass_overdue', '', count(*) FROM break_glass_openings
WHERE reviewed_at IS NULL AND opened_at < statement_timestamp() - interval '72 hours'
UNION ALL
SELECT 'writable', '', (current_setting('transaction_read_only') = 'off')::integer
UNION ALL
SELECT 'canary_age', '', extract(epoch FROM clock_timestamp() - max(d.sent_at))
FROM alerts a JOIN deliveries d ON d.alert_id = a.id AND d.channel = 'email' AND d.state = 'sent'
WHERE a.kind = 'operations.canary' AND a.due_at > statement_timestamp() - interval '1 day'
$$;
REVOKE EXECUTE ON FUNCTION part_figures(), operation_figures() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION part_figures(), operation_figures() TO maillage_api, maillage_worker;
