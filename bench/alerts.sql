-- :alerts due alerts about hearings, each of another case with a reference worker.
TRUNCATE alerts, deliveries CASCADE;
INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role, due_at,
                    planned_at, facts)
SELECT gen_random_uuid(), id, 'evictions.hearing_approaching', gen_random_uuid(), 1, '7d',
       'reference_worker', now() - interval '1 min', now() - interval '1 day',
       '{"hearing_at": "2027-03-08T08:30:00+00:00", "days_left": 7}'
FROM cases ORDER BY code LIMIT :alerts;
ANALYZE alerts;
