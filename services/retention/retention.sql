-- The end of cases (docs/decisions/0019). Re-applied by `maillage migrate` whenever this changes.

-- Since when a case is closed, whichever command closes it; open again, nothing counts any more.
CREATE OR REPLACE FUNCTION note_closing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO case_retention (case_id, version, closed_at)
  VALUES (NEW.id, 1, CASE WHEN NEW.state = 'closed' THEN coalesce(app_now(), clock_timestamp()) END)
  ON CONFLICT (case_id) DO UPDATE
  SET closed_at = EXCLUDED.closed_at, warned_at = NULL, version = case_retention.version + 1;
  -- Whoever opens it again does not want it erased.
  UPDATE erasures SET state = 'withdrawn', version = version + 1
  WHERE case_id = NEW.id AND state = 'requested' AND NEW.state <> 'closed';
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS note_closing ON cases;
CREATE TRIGGER note_closing AFTER UPDATE OF state ON cases
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION note_closing();

-- A case whose erasure is confirmed is closed to everybody in that very commit: refresh_access()
-- asks (services/consent/access.sql).
CREATE OR REPLACE FUNCTION is_being_erased(the_case uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
SELECT EXISTS (SELECT 1 FROM erasures e WHERE e.case_id = the_case
               AND e.state IN ('confirmed', 'shredded', 'erased'))
$$;
CREATE OR REPLACE TRIGGER access_on_insert AFTER INSERT ON erasures
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_access_of_rows();
CREATE OR REPLACE TRIGGER access_on_update AFTER UPDATE ON erasures
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_access_of_rows();

-- What goes with a case: every row that names it, except what proves that it was and that it went.
-- A table that a later release adds is included without anybody having to think of it.
CREATE OR REPLACE FUNCTION tables_of_a_case() RETURNS SETOF text LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
SELECT c.relname::text FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'case_id' AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND c.relname NOT IN ('reference_assignments', 'access_grants', 'erasures', 'case_retention',
                        'ledger_entries', 'audit_entries', 'read_entries', 'outbox_events')
ORDER BY 1
$$;

-- Rows of tables that hang under those and do not name the case themselves.
CREATE OR REPLACE FUNCTION hangers_of_a_case()
RETURNS TABLE (child text, child_column text, parent text, parent_column text) LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
SELECT k.conrelid::regclass::text, ca.attname::text, k.confrelid::regclass::text, pa.attname::text
FROM pg_constraint k
JOIN pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = k.conkey[1]
JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = k.confkey[1]
WHERE k.contype = 'f' AND cardinality(k.conkey) = 1
  AND k.confrelid::regclass::text IN (SELECT tables_of_a_case())
  AND NOT EXISTS (SELECT 1 FROM pg_attribute own
                  WHERE own.attrelid = k.conrelid AND own.attname = 'case_id')
$$;

-- How many rows of each table an erasure would delete: for the reference worker, before they ask.
CREATE OR REPLACE FUNCTION erasure_preview(the_case uuid)
RETURNS TABLE (what text, rows bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = the_case AND g.basis = 'reference'
                 AND g.principal_id = app_professional()
                 AND g.valid_from <= app_now() AND app_now() < g.valid_until) THEN
    RETURN;
  END IF;
  FOR what IN SELECT tables_of_a_case() LOOP
    EXECUTE format('SELECT count(*) FROM %I WHERE case_id = $1', what) INTO rows USING the_case;
    IF rows > 0 THEN RETURN NEXT; END IF;
  END LOOP;
END $$;

-- Deletes them, once the key is destroyed; returns how many. Tables wait for those that hang on
-- them: round after round, until nothing is left.
CREATE OR REPLACE FUNCTION erase_case(the_case uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint := 0;
  n bigint;
  stuck boolean;
  h record;
  t text;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM erasures WHERE case_id = the_case AND state = 'shredded') THEN
    RAISE EXCEPTION 'its key is not destroyed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOR pass IN 1..12 LOOP
    stuck := false;
    FOR h IN SELECT * FROM hangers_of_a_case() LOOP
      EXECUTE format('DELETE FROM %I WHERE %I IN (SELECT %I FROM %I WHERE case_id = $1)',
                     h.child, h.child_column, h.parent_column, h.parent) USING the_case;
      GET DIAGNOSTICS n = ROW_COUNT;
      gone := gone + n;
    END LOOP;
    FOR t IN SELECT tables_of_a_case() LOOP
      BEGIN
        EXECUTE format('DELETE FROM %I WHERE case_id = $1', t) USING the_case;
        GET DIAGNOSTICS n = ROW_COUNT;
        gone := gone + n;
      EXCEPTION WHEN foreign_key_violation THEN
        stuck := true;
      END;
    END LOOP;
    EXIT WHEN NOT stuck;
  END LOOP;
  IF stuck THEN
    RAISE EXCEPTION 'rows of the case are still referred to' USING ERRCODE = 'foreign_key_violation';
  END IF;
  UPDATE case_retention SET held_until = NULL, held_by = NULL, hold_reason = NULL,
    version = version + 1 WHERE case_id = the_case;
  RETURN gone;
END $$;

-- How far the database knows the ledger outside: opened only when it knows all of it.
CREATE OR REPLACE FUNCTION ledger_head() RETURNS TABLE (head bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT position, line_hash FROM ledger_entries WHERE position IS NOT NULL
ORDER BY position DESC LIMIT 1
$$;

-- How many of these entries of the ledger the database knows.
CREATE OR REPLACE FUNCTION ledger_knows(entries uuid[]) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT count(*) FROM ledger_entries WHERE id = ANY (entries) $$;

-- Old rows of tables that no case owns, from before an instant. Static statements: whoever may call
-- these names no other table, and nothing of the last day. Deliveries go before their alert, and
-- what is not over stays.
CREATE OR REPLACE VIEW old_rows WITH (security_invoker = true) AS
SELECT 'messages' AS class, 'deliveries' AS what, d.id AS key, a.due_at AS since
FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.state NOT IN ('pending', 'sending', 'set_aside')
UNION ALL
SELECT 'messages', 'webhook_deliveries', w.id, w.created_at FROM webhook_deliveries w
WHERE w.state NOT IN ('pending', 'sending')
   -- What waits for an endpoint that nobody enables again keeps no alert alive.
   OR EXISTS (SELECT 1 FROM webhook_endpoints e
              WHERE e.id = w.endpoint_id AND e.state = 'disabled')
UNION ALL
SELECT 'messages', 'alerts', a.id, a.due_at FROM alerts a
WHERE a.state <> 'planned'
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM webhook_deliveries w WHERE w.alert_id = a.id)
  -- The first rung of a ladder outlives those that climbed from it.
  AND NOT EXISTS (SELECT 1 FROM alerts r WHERE r.first_id = a.id)
UNION ALL
SELECT 'events', 'inbox_entries', i.event_id, i.handled_at FROM inbox_entries i
WHERE NOT EXISTS (SELECT 1 FROM outbox_events o
                  WHERE o.id = i.event_id AND o.dispatched_at IS NULL)
UNION ALL
SELECT 'events', 'outbox_events', o.id, o.dispatched_at FROM outbox_events o
WHERE o.dispatched_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM inbox_entries i WHERE i.event_id = o.id)
UNION ALL
SELECT 'sessions', 'login_sessions', s.id, least(s.expires_at, s.revoked_at) FROM login_sessions s
UNION ALL
SELECT 'sessions', 'calendar_feeds', f.id, f.revoked_at FROM calendar_feeds f
UNION ALL
SELECT 'hearing_lists', 'hearing_lists', l.id, l.uploaded_at FROM hearing_lists l
UNION ALL
SELECT 'unusual', 'unusual_readings', u.id, u.found_at FROM unusual_readings u
UNION ALL
SELECT s.class, s.what, s.key, s.since FROM old_session_rows s;

-- The dry run: how many, and since when the oldest waits.
CREATE OR REPLACE FUNCTION count_old(the_class text, before timestamptz)
RETURNS TABLE (rows bigint, oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT count(*), min(since) FROM old_rows
WHERE class = the_class AND since < least(before, app_now() - interval '1 day')
$$;

-- One batch; how many rows went. 0: nothing is left.
CREATE OR REPLACE FUNCTION forget_old(the_class text, before timestamptz, at_most integer)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint := 0;
  n bigint;
  batch record;
BEGIN
  FOR batch IN
    SELECT what, array_agg(key) AS keys
    FROM (SELECT what, key FROM old_rows
          WHERE class = the_class AND since < least(before, app_now() - interval '1 day')
          LIMIT at_most) old
    GROUP BY what
  LOOP
    CASE batch.what
      WHEN 'deliveries' THEN DELETE FROM deliveries WHERE id = ANY (batch.keys);
      WHEN 'webhook_deliveries' THEN
        DELETE FROM webhook_deliveries WHERE id = ANY (batch.keys);
      WHEN 'alerts' THEN DELETE FROM alerts WHERE id = ANY (batch.keys);
      WHEN 'inbox_entries' THEN DELETE FROM inbox_entries WHERE event_id = ANY (batch.keys);
      WHEN 'outbox_events' THEN DELETE FROM outbox_events WHERE id = ANY (batch.keys);
      WHEN 'login_sessions' THEN DELETE FROM login_sessions WHERE id = ANY (batch.keys);
      WHEN 'calendar_feeds' THEN DELETE FROM calendar_feeds WHERE id = ANY (batch.keys);
      WHEN 'hearing_lists' THEN DELETE FROM hearing_lists WHERE id = ANY (batch.keys);
      WHEN 'unusual_readings' THEN DELETE FROM unusual_readings WHERE id = ANY (batch.keys);
      ELSE
        gone := gone + forget_session_rows(batch.what, batch.keys);
        CONTINUE;
    END CASE;
    GET DIAGNOSTICS n = ROW_COUNT;
    gone := gone + n;
  END LOOP;
  RETURN gone;
END $$;

REVOKE EXECUTE ON FUNCTION note_closing(), ledger_knows(uuid[]), erasure_preview(uuid),
  erase_case(uuid), ledger_head(), count_old(text, timestamptz),
  forget_old(text, timestamptz, integer), tables_of_a_case(), hangers_of_a_case() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erasure_preview(uuid), ledger_head(), ledger_knows(uuid[]) TO maillage_api;
GRANT EXECUTE ON FUNCTION erase_case(uuid), ledger_head(), ledger_knows(uuid[]),
  count_old(text, timestamptz), forget_old(text, timestamptz, integer) TO maillage_worker;
