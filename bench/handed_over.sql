-- One statement for all that is due: claimed, written to its reference workers by both channels,
-- moved. No preference is asked, no digest gathered, no other role, endpoint or rung looked for.
WITH due AS (
  SELECT id, case_id, greatest(due_at, planned_at) AS since FROM alerts
  WHERE state = 'planned' AND due_at <= clock_timestamp() ORDER BY due_at
  FOR UPDATE SKIP LOCKED
), told AS (
  INSERT INTO deliveries (id, alert_id, professional_id, channel, state, next_at, due_at, sent_at,
                          message_id)
  SELECT gen_random_uuid(), d.id, p.id, c.channel, c.state, d.since, d.since,
         CASE c.state WHEN 'sent' THEN now() END, concat('<', gen_random_uuid(), '@x>')
  FROM due d
  JOIN reference_assignments r ON r.case_id = d.case_id AND r.period @> now()
  JOIN professionals p ON p.id = r.professional_id AND p.active
  CROSS JOIN (VALUES ('inapp', 'sent'), ('email', 'pending')) c (channel, state)
  ON CONFLICT DO NOTHING RETURNING alert_id
)
UPDATE alerts a SET state = 'sending', attempts = attempts + 1, told_at = now(),
  climbs_at = now() + interval '4 hours'
FROM (SELECT DISTINCT alert_id FROM told) t WHERE a.id = t.alert_id
