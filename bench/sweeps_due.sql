-- :due alerts due now; those of the round before are over.
DELETE FROM deliveries WHERE alert_id IN (SELECT id FROM alerts WHERE rung = 'due');
DELETE FROM alerts WHERE rung = 'due';
INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role, due_at,
                    planned_at, facts)
SELECT uuidv7(), id, 'evictions.hearing_approaching', gen_random_uuid(), 1, 'due',
       'reference_worker', now() - interval '1 min', now() - interval '1 day',
       jsonb_build_object('hearing_at', now() + interval '7 days', 'days_left', 7)
FROM cases ORDER BY code LIMIT :due;
