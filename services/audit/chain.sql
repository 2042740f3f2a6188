-- The chain over both journals: what was written and what was read (docs/decisions/0010).
-- Re-applied by `maillage migrate` whenever this file changes.

-- In the transaction of the entry itself: from its commit on it waits, and only sealing ends that.
CREATE OR REPLACE FUNCTION await_sealing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO unsealed_entries (journal, entry_seq) VALUES (TG_TABLE_NAME, NEW.seq);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER await_sealing AFTER INSERT ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION await_sealing();
CREATE OR REPLACE TRIGGER await_sealing AFTER INSERT ON read_entries
  FOR EACH ROW EXECUTE FUNCTION await_sealing();

-- A sealed link never changes, whoever asks. (Who may disable triggers is caught by the anchors.)
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'seals are only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The canonical text of an entry: every column, in one order, independent of any session setting.
-- The same two expressions stand in infra/audit/chain.py, which does not trust these functions; a
-- test compares them with the tables' columns. A new column makes a new form: '2' is a read that
-- names its ground. Without one it is '1', as it was sealed before there were grounds.
CREATE OR REPLACE FUNCTION canonical_text(e audit_entries) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array('audit_entries', '1', e.seq,
    (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_id, e.action, e.subject_kind,
    e.subject_id, e.case_id, e.before, e.after, e.request_id)::text
$$;
CREATE OR REPLACE FUNCTION canonical_text(e read_entries) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN e.basis IS NULL THEN jsonb_build_array('read_entries', '1', e.seq,
    (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_id, e.case_id, e.what,
    e.category_mask, e.request_id)
  ELSE jsonb_build_array('read_entries', '2', e.seq,
    (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_id, e.case_id, e.what,
    e.category_mask, e.basis, e.request_id) END::text
$$;

-- The one appender. Seals up to `max` waiting entries, the oldest first, and returns how many;
-- 0 at once if nothing waits or somebody else is sealing.
CREATE OR REPLACE FUNCTION seal_audit(max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place bigint;
  link bytea;
  entry record;
  sealed integer := 0;
  instant timestamptz := clock_timestamp();
BEGIN
  IF NOT EXISTS (SELECT FROM unsealed_entries) OR NOT pg_try_advisory_xact_lock(7410213) THEN
    RETURN 0;
  END IF;
  SELECT position, chain_hash INTO place, link
  FROM audit_seals ORDER BY position DESC LIMIT 1;
  place := coalesce(place, 0);
  link := coalesce(link, sha256('maillage audit chain'));
  FOR entry IN
    WITH oldest AS MATERIALIZED (
      (SELECT journal, entry_seq FROM unsealed_entries
       WHERE journal = 'audit_entries' ORDER BY entry_seq LIMIT max)
      UNION ALL
      (SELECT journal, entry_seq FROM unsealed_entries
       WHERE journal = 'read_entries' ORDER BY entry_seq LIMIT max)
    ), waiting AS (
      SELECT u.journal, u.entry_seq, e.at, sha256(convert_to(canonical_text(e), 'UTF8')) AS hash
      FROM oldest u JOIN audit_entries e ON u.journal = 'audit_entries' AND e.seq = u.entry_seq
      UNION ALL
      SELECT u.journal, u.entry_seq, e.at, sha256(convert_to(canonical_text(e), 'UTF8'))
      FROM oldest u JOIN read_entries e ON u.journal = 'read_entries' AND e.seq = u.entry_seq
    ), batch AS (
      SELECT * FROM waiting ORDER BY at, journal, entry_seq LIMIT max
    ), taken AS (
      DELETE FROM unsealed_entries u USING batch b
      WHERE u.journal = b.journal AND u.entry_seq = b.entry_seq
    )
    SELECT journal, entry_seq, hash FROM batch ORDER BY at, journal, entry_seq
  LOOP
    place := place + 1;
    link := sha256(link || entry.hash
                   || int8send((extract(epoch FROM instant) * 1000000)::bigint));
    INSERT INTO audit_seals (position, journal, entry_seq, entry_hash, chain_hash, sealed_at)
    VALUES (place, entry.journal, entry.entry_seq, entry.hash, link, instant);
    sealed := sealed + 1;
  END LOOP;
  RETURN sealed;
END $$;

-- Figures for /metrics. `unanchored_age_seconds`: since when the oldest seal waits for an anchor
-- that left the database; the figure to watch.
CREATE OR REPLACE FUNCTION audit_figures()
RETURNS TABLE (unsealed bigint, last_anchor_age_seconds double precision,
               unanchored_age_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH last AS (SELECT max(position) AS position, max(at) AS at
              FROM audit_anchors WHERE exported_at IS NOT NULL)
SELECT (SELECT count(*) FROM unsealed_entries),
       (SELECT extract(epoch FROM clock_timestamp() - at) FROM last),
       coalesce((SELECT extract(epoch FROM clock_timestamp() - s.sealed_at)
                 FROM audit_seals s, last WHERE s.position > coalesce(last.position, 0)
                 ORDER BY s.position LIMIT 1), 0)
$$;

-- Who read more different cases in an hour, or in a day of Brussels, than is usual. This window and
-- the one before, so that a missed turn heals itself. A page of codes and dates, which is logged
-- without a category, does not count: a liaison's agenda has a line for each of many cases.
CREATE OR REPLACE FUNCTION unusual_readers(now timestamptz, in_an_hour integer, in_a_day integer)
RETURNS TABLE (professional_id uuid, span text, since timestamptz, cases bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT r.actor_id, 'hour', date_trunc('hour', r.at), count(DISTINCT r.case_id)
FROM read_entries r
WHERE r.at >= date_trunc('hour', $1) - interval '1 hour' AND r.category_mask <> 0
GROUP BY 1, 3 HAVING count(DISTINCT r.case_id) > in_an_hour
UNION ALL
SELECT r.actor_id, 'day', date_trunc('day', r.at, 'Europe/Brussels'), count(DISTINCT r.case_id)
FROM read_entries r
WHERE r.at >= date_trunc('day', $1, 'Europe/Brussels') - interval '1 day'
  AND r.category_mask <> 0
GROUP BY 1, 3 HAVING count(DISTINCT r.case_id) > in_a_day
$$;

REVOKE EXECUTE ON FUNCTION await_sealing(), seal_audit(integer), audit_figures(),
  unusual_readers(timestamptz, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit(integer), unusual_readers(timestamptz, integer, integer)
  TO maillage_worker;
GRANT EXECUTE ON FUNCTION audit_figures() TO maillage_api, maillage_worker;
