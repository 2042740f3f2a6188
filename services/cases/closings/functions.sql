-- Closing a case (docs/decisions/0018): what follows from the second look's yes, in its transaction
-- and whoever gives it: they may have no right to anything of the case.
-- Re-applied by `maillage migrate` whenever this file changes.

-- What is still ahead, by kind and number. To whoever may not read something it is none.
CREATE OR REPLACE FUNCTION open_items(the_case uuid) RETURNS TABLE (kind text, open bigint)
LANGUAGE sql STABLE AS $$
WITH dates AS (
  SELECT d.about, d.starts_at, d.about = 'deadline' AND EXISTS (
    SELECT FROM deadlines l JOIN acts a ON a.id = l.act_id
    WHERE l.id = d.id AND a.kind IN ('judgment', 'service')) AS of_judgment
  FROM eviction_dates(the_case) d WHERE d.day >= legal_today())
SELECT 'hearings', count(*) FROM dates d WHERE d.about = 'hearing' AND d.starts_at > app_now()
-- An eviction that is announced: they may have left before it, which is a reason to close.
UNION ALL SELECT 'deadlines', count(*) FROM dates d
WHERE d.about IN ('deadline', 'eviction') AND NOT d.of_judgment
UNION ALL SELECT 'judgment_terms', (SELECT count(*) FROM dates d WHERE d.of_judgment)
  + (SELECT count(*) FROM terms t WHERE t.case_id = the_case AND t.act_id IS NOT NULL
     AND t.state IN ('running', 'missed', 'resumed'))
UNION ALL
-- Agreed without a judge: may be left open with a reason.
SELECT 'payment_plans', count(*) FROM terms t
WHERE t.case_id = the_case AND t.act_id IS NULL AND t.state IN ('running', 'missed', 'resumed')
UNION ALL
SELECT 'urgent_alerts', count(*) FROM alerts a
WHERE a.case_id = the_case AND a.state = 'sending' AND a.recipient_role = 'reference_worker'
  -- An invitation asks for nothing.
  AND a.kind NOT IN ('evictions.hearing_invited', 'evictions.hearing_called_off')
  AND CAST(a.facts ->> 'hearing_at' AS timestamptz) > app_now()
UNION ALL SELECT 'tasks', count(*) FROM tasks t WHERE t.case_id = the_case AND t.state = 'open'
$$;

-- The same for whoever is asked for the second look, as long as they are: numbers only.
CREATE OR REPLACE FUNCTION open_items_of_closing(the_closing uuid)
RETURNS TABLE (kind text, open bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT o.kind, o.open FROM closings k CROSS JOIN LATERAL open_items(k.case_id) o
WHERE k.id = the_closing AND k.reviewer_id = app_professional() AND k.state = 'proposed'
  AND NOT refuses_me(k.case_id)
$$;

-- Open tasks wait with the case; a term of a judgment never does (journey J1).
CREATE OR REPLACE FUNCTION close_the_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- In this order, as an answer to an invitation does: the place, then the case.
  UPDATE participations SET state = 'ended', ended_at = NEW.decided_at, version = version + 1
  WHERE case_id = NEW.case_id AND state = 'invited';
  UPDATE cases SET state = 'closed', review_on = NULL, version = version + 1
  WHERE id = NEW.case_id;
  -- Asked again now that the case is held: a hearing set meanwhile waited, or is seen here.
  IF EXISTS (SELECT 1 FROM open_items(NEW.case_id) o WHERE o.open > 0 AND (
               o.kind = 'judgment_terms' OR o.kind <> 'tasks' AND NEW.despite IS NULL)) THEN
    RAISE EXCEPTION 'something is still ahead in this case'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_is_settled';
  END IF;
  UPDATE alerts SET state = CASE kind WHEN 'cases.watch_review' THEN 'cancelled' ELSE 'paused' END
  WHERE case_id = NEW.case_id AND state IN ('planned', 'sending');
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER close_the_case AFTER UPDATE ON closings
  FOR EACH ROW WHEN (OLD.state = 'proposed' AND NEW.state = 'confirmed')
  EXECUTE FUNCTION close_the_case();

-- Closed or open again: who may see it follows, by the consents and signatures of that instant.
CREATE OR REPLACE FUNCTION refresh_access_of_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refresh_access(NEW.id);
  RETURN NULL;
END $$;
-- Before the case is held, as refresh_access_of_rows() does: a change in the network holds its lock
-- first and the cases afterwards, and the two would wait for each other.
CREATE OR REPLACE FUNCTION hold_the_network() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7410212);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER hold_the_network BEFORE UPDATE OF state ON cases
  FOR EACH STATEMENT EXECUTE FUNCTION hold_the_network();
CREATE OR REPLACE TRIGGER access_on_state AFTER UPDATE OF state ON cases
  FOR EACH ROW WHEN ((OLD.state = 'closed') IS DISTINCT FROM (NEW.state = 'closed'))
  EXECUTE FUNCTION refresh_access_of_state();

-- Nobody joins, takes over or sets a date in a closed case, however close the two commits are:
-- whichever holds the case first, the other sees it.
CREATE OR REPLACE FUNCTION require_case_not_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE its_state text;
BEGIN
  SELECT state INTO its_state FROM cases WHERE id = NEW.case_id FOR NO KEY UPDATE;
  IF its_state = 'closed' THEN
    RAISE EXCEPTION 'the case is closed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_is_not_closed';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER case_is_not_closed AFTER INSERT ON hearings
  FOR EACH ROW EXECUTE FUNCTION require_case_not_closed();
CREATE OR REPLACE TRIGGER case_is_not_closed AFTER INSERT ON deadlines
  FOR EACH ROW EXECUTE FUNCTION require_case_not_closed();
CREATE OR REPLACE TRIGGER case_is_not_closed AFTER INSERT ON terms
  FOR EACH ROW EXECUTE FUNCTION require_case_not_closed();
-- These at commit, when refresh_access() has held the network and the case in its order.
DROP TRIGGER IF EXISTS case_is_not_closed ON participations;
CREATE CONSTRAINT TRIGGER case_is_not_closed AFTER UPDATE ON participations
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.state = 'invited' AND NEW.state = 'accepted')
  EXECUTE FUNCTION require_case_not_closed();
DROP TRIGGER IF EXISTS case_is_not_closed ON reference_assignments;
CREATE CONSTRAINT TRIGGER case_is_not_closed AFTER INSERT ON reference_assignments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_case_not_closed();

REVOKE EXECUTE ON FUNCTION open_items_of_closing(uuid), close_the_case(),
  refresh_access_of_state(), require_case_not_closed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_items_of_closing(uuid) TO maillage_api;
