-- One open procedure for each case of bench.data, every second one further on; with the deadlines
-- the engine yields (`templates`, by kind and day of the act) and the alerts planned for them.
CREATE TEMP TABLE plan AS
  SELECT pg_temp.key('c', n) AS case_id, pg_temp.key('d', n) AS id, n,
         date '2026-01-05' + (n / 2 % 240)::int AS first
  FROM generate_series(0, :cases - 1) n;
INSERT INTO procedures (id, version, case_id, canton, regime, regime_assumed, rule_set, opened_at,
                        opened_by)
  SELECT id, 1, case_id, 'Schaerbeek 1', 'BRU_RES', false, 'BXL-2023-09', now(), pg_temp.key('p', 0)
  FROM plan;
INSERT INTO acts (id, case_id, procedure_id, kind, acted_on, warnings, recorded_by, recorded_at)
  SELECT md5(kind || n)::uuid, case_id, id, kind, first + after, '[]', pg_temp.key('p', 0), now()
  FROM plan JOIN (VALUES (0, 'formal_notice', 0), (0, 'petition', 40), (0, 'service', 110),
                         (1, 'service', 0), (1, 'eviction', 60)) a (rest, kind, after)
    ON n % 2 = rest;
INSERT INTO deadlines (id, version, case_id, procedure_id, act_id, rule_id, rule_set, rule_version,
                       computes, protective, falls_on, earlier_reading, steps, article, source,
                       certainty)
  SELECT md5(a.id || t.rule_id)::uuid, 1, a.case_id, a.procedure_id, a.id, t.rule_id,
         'BXL-2023-09', t.rule_version, t.computes, t.protective, t.falls_on, t.earlier_reading,
         t.steps, t.article, t.source, t.certainty
  FROM acts a JOIN templates t USING (kind, acted_on);
INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role, due_at,
                    planned_at, facts)
  SELECT gen_random_uuid(), case_id, 'evictions.deadline_approaching', id, 1, days || 'd',
         'reference_worker', falls_on - days + interval '8 hours', now(), '{}'
  FROM deadlines, unnest(ARRAY[14, 7, 3, 1]) days WHERE protective AND falls_on > now();
DROP TABLE plan;
