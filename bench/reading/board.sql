-- What each case's board shows: a procedure with dates of the law, a hearing, an eviction ahead, what a
-- judgment orders, a plan of a year, and tasks.
CREATE OR REPLACE FUNCTION pg_temp.of(kind text, its_case uuid) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT md5(kind || its_case)::uuid $$;
INSERT INTO procedures (id, version, case_id, canton, regime, regime_assumed, rule_set, opened_at, opened_by)
  SELECT pg_temp.of('d', id), 1, id, 'schaerbeek-1', 'BRU_LEASE', false, 'BXL-2023-09', opened_at,
         opened_by FROM cases;
INSERT INTO acts (id, case_id, procedure_id, kind, acted_on, warnings, recorded_by, recorded_at)
  SELECT pg_temp.of('a' || k, id), id, pg_temp.of('d', id),
         (ARRAY['judgment', 'service', 'hearing', 'eviction'])[k], current_date + k * 5, '[]',
         opened_by, opened_at FROM cases, generate_series(1, 4) k;
INSERT INTO deadlines (id, version, case_id, procedure_id, act_id, rule_id, rule_set, rule_version,
                       computes, protective, falls_on, earlier_reading, steps, article, source, certainty)
  SELECT pg_temp.of('l' || k, id), 1, id, pg_temp.of('d', id), pg_temp.of('a2', id), 'R-' || k,
         'BXL-2023-09', 1, 'appeal_until', k <> 3, current_date + k * 7, current_date + k * 7 - 1,
         '[]', 'C. jud. art. 1051', 'S', 'found' FROM cases, generate_series(1, 4) k;
INSERT INTO hearings (id, version, case_id, procedure_id, act_id, starts_at, state)
  SELECT pg_temp.of('h', id), 1, id, pg_temp.of('d', id), pg_temp.of('a3', id),
         now() + interval '9 days', 'set' FROM cases;
INSERT INTO terms (id, version, case_id, category, act_id, kind, due_on, state, was_missed,
                   recorded_by, recorded_at)
  SELECT pg_temp.of('t' || k, id), 1, id, 4, pg_temp.of('a1', id),
         (ARRAY['leave_by', 'payment_plan'])[k], CASE k WHEN 1 THEN current_date + 20 END,
         'running', false, opened_by, opened_at FROM cases, generate_series(1, 2) k;
INSERT INTO instalments (id, case_id, term_id, category, due_on, amount_eur, state)
  SELECT pg_temp.of('i' || k, id), id, pg_temp.of('t2', id), 4, current_date + k * 30, 85.50, 'due'
  FROM cases, generate_series(1, 12) k;
INSERT INTO tasks (id, version, case_id, category, title, due_on, state, created_by, created_at)
  SELECT pg_temp.of('k' || k, id), 1, id, 4, 'Task', current_date + k * 3, 'open', opened_by,
         opened_at FROM cases, generate_series(1, 4) k;
