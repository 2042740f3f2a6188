-- :open alerts that are not due (half planned, half sent and unanswered), and :due that are.
TRUNCATE alerts, deliveries CASCADE;
INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role, due_at,
                    planned_at, facts, state)
SELECT uuidv7(), c.id, 'evictions.hearing_approaching', gen_random_uuid(), 1, '7d',
       'reference_worker',
       now() + (CASE WHEN n % 2 = 0 THEN 1 ELSE -1 END) * (n % 300 + 1) * interval '1 hour',
       now() - interval '15 days',
       jsonb_build_object('hearing_at', now() + interval '30 days', 'days_left', 7),
       CASE WHEN n % 2 = 0 THEN 'planned' ELSE 'sending' END
FROM (SELECT n, row_number() OVER () % 1000 AS at FROM generate_series(1, :open) n) o
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS at FROM cases LIMIT 1000) c USING (at);
INSERT INTO deliveries (id, alert_id, professional_id, channel, state, next_at, sent_at, message_id)
SELECT uuidv7(), a.id, r.professional_id, channel, 'sent', a.due_at, a.due_at,
       '<' || uuidv7() || '@x>'
FROM alerts a JOIN reference_assignments r ON r.case_id = a.case_id AND upper_inf(r.period)
CROSS JOIN (VALUES ('email'), ('inapp')) c (channel)
WHERE a.state = 'sending';
