-- What policies of procedures ask, and what the workers do in somebody's name.
-- Re-applied by `maillage migrate` whenever this file changes.

-- What a grant must hold for whoever reads what is about a procedure: a liaison only where the procedure
-- itself is shown, in her cantons.
CREATE OR REPLACE FUNCTION shown_procedure(the_case uuid, the_procedure uuid)
RETURNS SETOF access_grants LANGUAGE sql STABLE
AS $$ SELECT g.* FROM held(the_case, 'procedure') g
  WHERE g.basis <> 'liaison'
    OR EXISTS (SELECT FROM procedures parent WHERE parent.id = the_procedure) $$;

-- No worker touches a task: this writes the one kind there is for a term that was missed.
CREATE OR REPLACE FUNCTION write_missed_task(the_term uuid, its_template text, its_day date)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
INSERT INTO tasks (id, version, case_id, category, template, due_on, state, created_by, created_at)
SELECT gen_random_uuid(), 1, t.case_id, t.category, its_template, its_day, 'open', t.recorded_by,
       app_now()
FROM terms t WHERE t.id = the_term AND t.was_missed AND t.state IN ('missed', 'resumed')
  AND its_template IN ('instalment_missed', 'term_missed')
$$;
REVOKE EXECUTE ON FUNCTION write_missed_task(uuid, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_missed_task(uuid, text, date) TO maillage_worker;

-- The procedures that a liaison sees at this instant, with the little that a list is compared with:
-- the workers read it in the liaison's name, so that a hidden row stays a stranger's.
CREATE OR REPLACE FUNCTION procedures_of_liaison(the_liaison uuid)
RETURNS TABLE (id uuid, case_id uuid, canton text, roll_number text, starts_at timestamptz,
               room text, waiting json[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT d.id, d.case_id, d.canton, d.roll_number, h.starts_at, h.room,
  ARRAY(SELECT json_build_array(p.kind, p.starts_at, p.day) FROM postings p
        WHERE p.procedure_id = d.id AND p.state = 'posted')
FROM access_grants g
JOIN procedures d ON d.case_id = g.case_id AND d.roll_number IS NOT NULL
JOIN professional_cantons k ON k.professional_id = g.principal_id AND k.canton = d.canton
LEFT JOIN hearings h ON h.procedure_id = d.id AND h.state = 'set'
WHERE g.principal_id = the_liaison AND g.basis = 'liaison' AND opens(g.category_mask, 'procedure')
  AND g.valid_from <= app_now() AND app_now() < g.valid_until
$$;
-- Whether a worker may post on a procedure for somebody: only for a liaison who may do so now and
-- whose list waits.
CREATE OR REPLACE FUNCTION posts_for_liaison(the_procedure uuid, the_case uuid, the_liaison uuid)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (
  SELECT 1 FROM access_grants g
  JOIN procedures d ON d.case_id = g.case_id AND d.id = the_procedure
  JOIN professional_cantons k ON k.professional_id = g.principal_id AND k.canton = d.canton
  WHERE g.case_id = the_case AND g.principal_id = the_liaison AND g.basis = 'liaison'
    AND opens(g.category_mask, 'procedure') AND g.valid_from <= app_now() AND app_now() < g.valid_until)
AND EXISTS (SELECT 1 FROM hearing_list_rows r
            WHERE r.professional_id = the_liaison AND r.state = 'waiting')
$$;
REVOKE EXECUTE ON FUNCTION procedures_of_liaison(uuid), posts_for_liaison(uuid, uuid, uuid)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION procedures_of_liaison(uuid), posts_for_liaison(uuid, uuid, uuid)
  TO maillage_worker;

-- Whether a lawyer of the network confirms a version of a rule set as it is: nobody took it back, no
-- change of the network ended it, and its text is one of those that ship now (decision 0065).
CREATE OR REPLACE FUNCTION is_confirmed(the_rule_set text, the_number integer, the_texts text[])
RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT EXISTS (
  SELECT FROM rule_set_confirmations c
  WHERE c.rule_set = the_rule_set AND c.number = the_number
    AND c.withdrawn_at IS NULL AND c.lapsed_at IS NULL AND c.law_text = ANY (the_texts))
$$;
-- The same of the rules behind a date, for the words of a message: the workers read neither.
CREATE OR REPLACE FUNCTION date_is_confirmed(the_deadline uuid, the_texts text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (
  SELECT FROM deadlines d
  WHERE d.id = the_deadline AND is_confirmed(d.rule_set, d.rule_version, the_texts))
$$;
REVOKE EXECUTE ON FUNCTION date_is_confirmed(uuid, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION date_is_confirmed(uuid, text[]) TO maillage_worker;
