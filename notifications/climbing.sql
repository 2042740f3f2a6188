-- What is done to alerts in everybody's name, and how far they climbed. Re-applied by `maillage migrate`.

-- A person acknowledges an alert that reached them, which holds its climb: whoever acknowledges
-- another rung, and the sweeper that adds one, wait. Of whoever may read what it is about, it ends
-- all rungs, also those of people who see none of each other's. Of anybody else it ends what those
-- were told, asks whoever is said to act, and lets the alert climb again. NULL: answered before.
CREATE OR REPLACE FUNCTION answer_alert(the_alert uuid, who_acts text, again timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  mine alerts%ROWTYPE;
  top alerts%ROWTYPE;
  me uuid := app_professional();
BEGIN
  SELECT coalesce(a.first_id, a.id) INTO top.id FROM alerts a WHERE a.id = the_alert
    AND EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.id AND d.channel = 'inapp'
                AND d.professional_id = me);
  SELECT * INTO top FROM alerts WHERE id = top.id FOR UPDATE;
  SELECT * INTO mine FROM alerts WHERE id = the_alert AND acknowledged_at IS NULL;
  IF top.id IS NULL OR mine.id IS NULL THEN
    RETURN NULL;
  END IF;
  IF mine.id = top.id OR EXISTS (SELECT FROM may_know(top.kind, top.recipient_role, top.case_id,
      top.object_id, me, app_now())) THEN
    UPDATE alerts SET state = 'acknowledged', acknowledged_at = app_now(), acknowledged_by = me,
      acting = coalesce(who_acts, CASE WHEN mine.id <> top.id THEN 'self' END)
    WHERE (id = top.id OR first_id = top.id) AND acknowledged_at IS NULL
      AND (id = mine.id OR state IN ('planned', 'sending'));
    RETURN 'ended';
  END IF;
  IF coalesce(who_acts, 'self') = 'self' THEN
    RETURN 'acting-needed';
  END IF;
  IF NOT EXISTS (SELECT FROM reference_assignments r WHERE who_acts = 'reference_worker'
      AND r.case_id = top.case_id AND r.period @> app_now())
    AND NOT EXISTS (SELECT FROM access_grants g WHERE who_acts = g.basis
      AND g.case_id = top.case_id AND g.valid_from <= app_now() AND app_now() < g.valid_until)
  THEN
    RETURN 'acting-nobody';
  END IF;
  UPDATE alerts SET state = 'acknowledged', acknowledged_at = app_now(), acknowledged_by = me,
    acting = who_acts
  WHERE acknowledged_at IS NULL AND (id = mine.id OR first_id = top.id
    AND recipient_role IN ('team_lead', 'coordinator') AND state IN ('planned', 'sending'));
  -- Whoever lost their right meanwhile named no time: then it climbs at once.
  UPDATE alerts SET round = round + 1, climbs_at = coalesce(again, app_now())
  WHERE id = top.id AND state IN ('planned', 'sending') RETURNING round INTO top.round;
  IF FOUND THEN
    INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, round, recipient_role,
      first_id, due_at, planned_at, facts)
    VALUES (uuidv7(), top.case_id, 'evictions.acting_named', top.object_id, top.object_version,
      top.id || ' ' || top.round, top.round, who_acts, top.id, app_now(), app_now(), mine.facts);
  END IF;
  RETURN 'asked';
END $$;
REVOKE EXECUTE ON FUNCTION answer_alert(uuid, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION answer_alert(uuid, text, timestamptz) TO maillage_api;

-- Nobody could be told by any channel: somebody of the team tells them. One open task a person.
CREATE OR REPLACE FUNCTION write_tell_task(the_alert uuid, whom uuid)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
INSERT INTO tasks (id, version, case_id, category, template, title_values, due_on, state,
                   created_by, created_at)
SELECT gen_random_uuid(), 1, a.case_id, category_bit('procedure'), 'tell_in_person', named.person,
       (app_now() AT TIME ZONE 'Europe/Brussels')::date, 'open', w.id, app_now()
FROM alerts a
JOIN cases c ON c.id = a.case_id AND c.state <> 'closed'
JOIN professionals x ON x.id = whom
JOIN professionals w ON w.id = (SELECT r.professional_id FROM reference_assignments r
  WHERE r.case_id = a.case_id ORDER BY lower(r.period) DESC LIMIT 1)
CROSS JOIN LATERAL (SELECT jsonb_build_object('name', x.name) AS person) named
WHERE a.id = the_alert AND a.state IN ('planned', 'sending')
  AND EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.id AND d.professional_id = whom
              AND d.state IN ('rejected', 'failed'))
  AND NOT EXISTS (SELECT FROM tasks t WHERE t.case_id = a.case_id AND t.state = 'open'
                  AND t.template = 'tell_in_person' AND t.title_values = named.person)
$$;
REVOKE EXECUTE ON FUNCTION write_tell_task(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_tell_task(uuid, uuid) TO maillage_worker;

-- How far alerts climbed and how they stand: figures for operators.
CREATE OR REPLACE FUNCTION climb_counts()
RETURNS TABLE (recipient_role text, state text, undelivered bigint, count bigint,
               oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT recipient_role, state, count(undelivered_at), count(*), min(due_at) FROM alerts
WHERE first_id IS NOT NULL AND state IN ('planned', 'sending', 'no_recipient')
GROUP BY recipient_role, state
$$;
REVOKE EXECUTE ON FUNCTION climb_counts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION climb_counts() TO maillage_api, maillage_worker;

CREATE OR REPLACE FUNCTION alert_backlog()
RETURNS TABLE (oldest_due_age_seconds double precision, due bigint, outbox_waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT coalesce(extract(epoch FROM clock_timestamp() - least(a.oldest, d.oldest)), 0),
       a.n + d.n, (SELECT count(*) FROM outbox_events WHERE dispatched_at IS NULL)
FROM (SELECT min(due_at) AS oldest, count(*) AS n FROM alerts
      WHERE state = 'planned' AND due_at <= statement_timestamp() AND set_aside_at IS NULL) a,
     -- What waits for the end of somebody's quiet hours is not late.
     (SELECT min(due_at) AS oldest, count(*) AS n FROM deliveries
      WHERE state IN ('pending', 'sending') AND due_at <= statement_timestamp()) d
$$;

-- What is open or dead, all of it, by partial indexes; what ended well, of one day, by the keys, which
-- rise with time. A count of all since the beginning would read the table at every scrape.
CREATE OR REPLACE FUNCTION delivery_counts()
RETURNS TABLE (channel text, state text, count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT x.channel, x.state, count(*) FROM (
  SELECT d.channel, d.state FROM deliveries d WHERE d.state IN ('pending', 'sending')
  UNION ALL
  SELECT d.channel, d.state FROM deliveries d WHERE d.state IN ('rejected', 'failed')
  UNION ALL
  SELECT d.channel, d.state FROM deliveries d
  WHERE d.set_aside_at IS NOT NULL AND d.state = 'set_aside'
  UNION ALL
  SELECT d.channel, d.state FROM deliveries d
  WHERE d.id > (SELECT uuidv7(interval '-1 day')) AND d.id < (SELECT uuidv7(interval '1 hour'))
    AND d.state IN ('sent', 'cancelled', 'muted')
) x GROUP BY x.channel, x.state
$$;
REVOKE EXECUTE ON FUNCTION alert_backlog(), delivery_counts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alert_backlog(), delivery_counts() TO maillage_api, maillage_worker;
