-- The second wall: row-level security, FORCEd on every table, default no row. The API's role owns
-- nothing; what it may do to a table is granted here and nowhere else.
-- Re-applied by `maillage migrate` whenever this file changes.

DO $$
DECLARE t text; p record;
BEGIN
  FOR p IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
           AND tablename NOT IN ('alembic_version', 'applied_sql') LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, maillage_api, maillage_worker', t);
    -- The owner's own functions (refresh_access and its kind) must see the facts.
    EXECUTE format('CREATE POLICY owner ON %I TO maillage_owner USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;

-- Tables of a case: what a valid grant must hold for a row to be read, and to be written.
DO $$
DECLARE
  r record;
  -- A scalar subquery, not EXISTS: the planner would make a hashed subplan or a semi-join of that,
  -- dearer than the one index probe it is (a file: 532 µs against 314, docs/decisions/0021).
  held text := 'coalesce((SELECT true FROM access_grants g WHERE g.case_id = %1$I.case_id'
    ' AND g.principal_id = app_professional()'
    ' AND g.valid_from <= app_now() AND app_now() < g.valid_until AND (%2$s) LIMIT 1), false)';
  team text := $q$ g.basis <> 'liaison' $q$;
  -- Who reads in an emergency (break-glass) writes nothing.
  work text := $q$ g.basis NOT IN ('liaison', 'break_glass') $q$;
  lead text := $q$ g.basis = 'reference' $q$;
  -- What is about a procedure, to a liaison only where the procedure itself is shown: in her cantons.
  here text := $q$ g.category_mask & 4 <> 0 AND (g.basis <> 'liaison'
      OR EXISTS (SELECT 1 FROM procedures parent WHERE parent.id = procedure_id)) $q$;
  -- Whoever may move a hearing or finish a task must reach its alerts, to cancel them.
  told text := $q$ g.basis = 'reference' OR g.basis NOT IN ('liaison', 'break_glass') AND (
      starts_with(alerts.kind, 'evictions.') AND g.category_mask & 4 <> 0
      OR alerts.kind = 'cases.task_due'
         AND EXISTS (SELECT 1 FROM tasks t WHERE t.id = alerts.object_id)) $q$;
  -- What reached somebody stays theirs only while they may know of the case, or it is about an
  -- invitation that waits for them, a handover of theirs or a glass they broke.
  mine text := $q$ OR EXISTS (SELECT 1 FROM deliveries d
      WHERE d.alert_id = alerts.id AND d.professional_id = app_professional())
    AND (case_id IS NULL OR recipient_role = 'coordinator' AND app_has_role('coordinator')
      OR recipient_role = 'team_lead' AND app_has_role('team_lead')
      OR EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = alerts.case_id
        AND g.principal_id = app_professional()
        AND g.valid_from <= app_now() AND app_now() < g.valid_until
        AND (NOT starts_with(alerts.kind, 'evictions.') OR g.category_mask & 4 <> 0))
      OR kind = 'cases.participant_invited' AND EXISTS (SELECT 1 FROM participations p
        WHERE p.id = alerts.object_id AND p.professional_id = app_professional()
        AND p.state = 'invited' AND (p.ends_at IS NULL OR app_now() < p.ends_at))
      OR starts_with(kind, 'cases.handover') AND EXISTS (SELECT 1 FROM handovers h
        WHERE h.id = alerts.object_id AND app_professional() IN (h.from_id, h.to_id))
      OR starts_with(kind, 'consent.glass_') AND EXISTS (SELECT 1 FROM break_glass_openings b
        WHERE b.id = alerts.object_id AND b.professional_id = app_professional())) $q$;
BEGIN
  FOR r IN SELECT * FROM (VALUES
    ('households', team, '', lead, ''),
    ('members', 'g.category_mask & 1 <> 0', '', lead, ''),
    ('tenancies', team || 'AND g.category_mask & 2 <> 0', '', lead, ''),
    ('consents', lead, '', lead, ' AND collected_by = app_professional()'),
    -- A row hangs only under a parent of its own case.
    ('provisions', lead, '', lead, ' AND EXISTS (SELECT 1 FROM consents parent
        WHERE parent.id = provisions.consent_id AND parent.case_id = provisions.case_id)'),
    -- Whoever said no reads no more of it, but for the answer to that very no.
    ('handovers', lead, ' OR from_id = app_professional() OR to_id = app_professional()
        AND (state = ''proposed'' OR answered_at = app_now())', lead, ''),
    ('participations', team, ' OR professional_id = app_professional()', lead, ''),
    ('reference_assignments', team, ' OR EXISTS (SELECT 1 FROM handovers h
        WHERE h.case_id = reference_assignments.case_id AND h.to_id = app_professional()
        AND h.state = ''proposed'')', 'false',
      ' OR professional_id = app_professional() AND app_may_lead(case_id)'),
    ('notes', team || 'AND (g.category_mask & notes.category <> 0
        OR notes.author_id = app_professional())', '',
      work || 'AND g.category_mask & notes.category <> 0', ' AND author_id = app_professional()'),
    ('note_revisions', team || 'AND (g.category_mask & note_revisions.category <> 0
        OR note_revisions.author_id = app_professional())
        AND EXISTS (SELECT 1 FROM notes n WHERE n.id = note_revisions.note_id)', '',
      work, ' AND author_id = app_professional()'
        || ' AND EXISTS (SELECT 1 FROM notes parent
        WHERE parent.id = note_revisions.note_id AND parent.case_id = note_revisions.case_id)'),
    ('tasks', team || 'AND (g.category_mask & tasks.category <> 0
        OR tasks.assignee_id = app_professional() OR tasks.created_by = app_professional())', '',
      work || 'AND g.category_mask & tasks.category <> 0', ' AND created_by = app_professional()'),
    ('procedures', 'g.category_mask & 4 <> 0
        AND (g.basis <> ''liaison'' OR works_in(procedures.canton))', '', lead, ''),
    ('acts', here, '', work || 'AND g.category_mask & 4 <> 0',
      ' AND recorded_by = app_professional()'
        || ' AND EXISTS (SELECT 1 FROM procedures parent
        WHERE parent.id = acts.procedure_id AND parent.case_id = acts.case_id)'),
    ('deadlines', here, '', work || 'AND g.category_mask & 4 <> 0',
      ' AND EXISTS (SELECT 1 FROM procedures parent
        WHERE parent.id = deadlines.procedure_id AND parent.case_id = deadlines.case_id)'),
    ('hearings', here, '', work || 'AND g.category_mask & 4 <> 0',
      ' AND EXISTS (SELECT 1 FROM procedures parent
        WHERE parent.id = hearings.procedure_id AND parent.case_id = hearings.case_id)'),
    ('postings', here, '', $q$ g.basis = 'liaison' $q$,
      ' AND posted_by = app_professional()'
        || ' AND EXISTS (SELECT 1 FROM procedures parent
        WHERE parent.id = postings.procedure_id AND parent.case_id = postings.case_id)'),
    -- Terms and instalments are about the procedure, or (agreed without a judge) the tenancy.
    ('terms', team || 'AND g.category_mask & terms.category <> 0', '',
      work || 'AND g.category_mask & terms.category <> 0',
      ' AND recorded_by = app_professional() AND (act_id IS NULL OR EXISTS (SELECT 1 FROM acts parent
        WHERE parent.id = terms.act_id AND parent.case_id = terms.case_id))'),
    ('instalments', team || 'AND g.category_mask & instalments.category <> 0', '',
      work || 'AND g.category_mask & instalments.category <> 0',
      ' AND EXISTS (SELECT 1 FROM terms parent
        WHERE parent.id = instalments.term_id AND parent.case_id = instalments.case_id
        AND parent.category = instalments.category)'),
    ('welfare_steps', here, '', work || 'AND g.category_mask & 4 <> 0',
      ' AND EXISTS (SELECT 1 FROM procedures parent JOIN acts a ON a.procedure_id = parent.id
        WHERE parent.id = welfare_steps.procedure_id AND parent.case_id = welfare_steps.case_id
        AND a.id = welfare_steps.act_id)'),
    ('welfare_oppositions', here, '', work || 'AND g.category_mask & 4 <> 0',
      ' AND recorded_by = app_professional() AND EXISTS (SELECT 1 FROM procedures parent
        WHERE parent.id = welfare_oppositions.procedure_id
        AND parent.case_id = welfare_oppositions.case_id)'),
    ('arrears_entries', team || 'AND g.category_mask & 2 <> 0', '',
      work || 'AND g.category_mask & 2 <> 0', ' AND recorded_by = app_professional()'),
    -- Who goes along is the team's to know, not the court's.
    ('accompaniments', team || 'AND g.category_mask & 4 <> 0', '',
      work || 'AND g.category_mask & 4 <> 0',
      ' AND asked_by = app_professional()'
        || ' AND EXISTS (SELECT 1 FROM hearings parent
        WHERE parent.id = accompaniments.hearing_id AND parent.case_id = accompaniments.case_id)'),
    ('alerts', told, mine, work, '')
  ) AS x (tbl, may_read, or_read, may_write, and_write) LOOP
    EXECUTE format('GRANT SELECT, INSERT ON %I TO maillage_api', r.tbl);
    EXECUTE format('CREATE POLICY api_read ON %I FOR SELECT TO maillage_api USING (%s%s)',
      r.tbl, format(held, r.tbl, r.may_read), r.or_read);
    EXECUTE format('CREATE POLICY api_insert ON %I FOR INSERT TO maillage_api WITH CHECK (%s%s)',
      r.tbl, format(held, r.tbl, r.may_write), r.and_write);
  END LOOP;

  -- What may be changed later, and by whom. Notes' revisions, acts and provisions never are.
  FOR r IN SELECT * FROM (VALUES
    ('households', lead, ''),
    ('members', lead, ''),
    ('tenancies', lead, ''),
    ('consents', lead, ''),
    ('notes', work, ' AND author_id = app_professional()'),
    ('tasks', work || 'AND (g.category_mask & tasks.category <> 0
        OR tasks.assignee_id = app_professional() OR tasks.created_by = app_professional())', ''),
    ('procedures', work || 'AND g.category_mask & 4 <> 0', ''),
    ('acts', work || 'AND g.category_mask & 4 <> 0', ''),
    ('deadlines', work || 'AND g.category_mask & 4 <> 0', ''),
    ('hearings', work || 'AND g.category_mask & 4 <> 0', ''),
    ('accompaniments', work || 'AND g.category_mask & 4 <> 0', ''),
    ('postings', work || 'AND g.category_mask & 4 <> 0', ''),
    ('terms', work || 'AND g.category_mask & terms.category <> 0', ''),
    ('instalments', work || 'AND g.category_mask & instalments.category <> 0', ''),
    ('welfare_steps', work || 'AND g.category_mask & 4 <> 0', ''),
    ('welfare_oppositions', work || 'AND g.category_mask & 4 <> 0', ''),
    ('alerts', told, mine)
  ) AS x (tbl, may_change, or_change) LOOP
    -- A row stays the case's it was written for; of notes and alerts only their course changes.
    EXECUTE format('GRANT UPDATE %s ON %I TO maillage_api', CASE r.tbl
      WHEN 'notes' THEN '(latest, category)'
      WHEN 'alerts' THEN '(state, acknowledged_at, acknowledged_by)'
      WHEN 'accompaniments' THEN '(state, answered_by, answered_at, version)'
      WHEN 'terms' THEN '(act_id, due_on, state, was_missed, ended_at, cancel_reason, version)'
      WHEN 'instalments' THEN '(state, paid_on, missed_at)'
      WHEN 'welfare_steps' THEN '(act_id, article, certainty, due_from, state, done_on, done_by,'
        ' despite_opposition, recorded_by, recorded_at, version)'
      WHEN 'welfare_oppositions' THEN '(withdrawn_by, withdrawn_at, version)'
      WHEN 'acts' THEN '(replaced_by, lapsed_at, warnings, correction_reason)' ELSE '' END, r.tbl);
    EXECUTE format('CREATE POLICY api_update ON %I FOR UPDATE TO maillage_api USING (%s%s)',
      r.tbl, format(held, r.tbl, r.may_change), r.or_change);
  END LOOP;

  -- A date that no longer follows from any act goes; one that people put themselves stays.
  GRANT DELETE ON deadlines TO maillage_api;
  EXECUTE format('CREATE POLICY api_delete ON deadlines FOR DELETE TO maillage_api
    USING (overridden_date IS NULL AND %s)', format(held, 'deadlines', work ||
      'AND g.category_mask & 4 <> 0'));
  -- A step follows from its act and goes with it; what was done stays.
  GRANT DELETE ON welfare_steps TO maillage_api;
  EXECUTE format('CREATE POLICY api_delete ON welfare_steps FOR DELETE TO maillage_api
    USING (state <> ''done'' AND %s)', format(held, 'welfare_steps', work ||
      'AND g.category_mask & 4 <> 0'));

  -- Rights over one's own row reach no further than the command they are for.
  GRANT UPDATE (state, accepted_at, ended_at, version) ON participations TO maillage_api;
  EXECUTE format('CREATE POLICY api_update ON participations FOR UPDATE TO maillage_api
    USING (%1$s OR professional_id = app_professional() AND state IN (''invited'', ''accepted''))
    WITH CHECK (%1$s OR professional_id = app_professional()
      AND (state <> ''accepted'' OR accepted_at = app_now()))',
    format(held, 'participations', lead));
  GRANT UPDATE (state, answered_at, version) ON handovers TO maillage_api;
  -- The receiver answers, the author withdraws; the reference worker writes down the household's no,
  -- and that nobody answered in time.
  EXECUTE format('CREATE POLICY api_update ON handovers FOR UPDATE TO maillage_api
    USING (to_id = app_professional()
      OR state = ''proposed'' AND (from_id = app_professional() OR %1$s))
    WITH CHECK (to_id = app_professional() AND state IN (''accepted'', ''declined'')
      OR from_id = app_professional() AND state = ''withdrawn''
      OR (state = ''declined''
        OR state = ''expired'' AND proposed_at <= app_now() - interval ''5 days'') AND %1$s)',
    format(held, 'handovers', lead));
  GRANT UPDATE (period) ON reference_assignments TO maillage_api;
  CREATE POLICY api_update ON reference_assignments FOR UPDATE TO maillage_api USING (
    EXISTS (SELECT 1 FROM handovers h WHERE h.case_id = reference_assignments.case_id
            AND h.to_id = app_professional() AND h.state = 'proposed'));
END $$;

-- The case itself: also its code, for whoever is invited or asked to take over.
GRANT SELECT, INSERT, UPDATE ON cases TO maillage_api;
CREATE POLICY api_read ON cases FOR SELECT TO maillage_api USING (
  coalesce((SELECT true FROM access_grants g WHERE g.case_id = cases.id
            AND g.principal_id = app_professional()
            AND g.valid_from <= app_now() AND app_now() < g.valid_until LIMIT 1), false)
  OR EXISTS (SELECT 1 FROM participations p WHERE p.case_id = cases.id
             AND p.professional_id = app_professional() AND p.state = 'invited'
             AND (p.ends_at IS NULL OR app_now() < p.ends_at))
  OR EXISTS (SELECT 1 FROM handovers h WHERE h.case_id = cases.id
             AND h.to_id = app_professional() AND h.state = 'proposed'));
CREATE POLICY api_insert ON cases FOR INSERT TO maillage_api
  WITH CHECK (opened_by = app_professional());
CREATE POLICY api_update ON cases FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = cases.id
          AND g.principal_id = app_professional() AND g.basis = 'reference'
          AND g.valid_from <= app_now() AND app_now() < g.valid_until));

GRANT SELECT ON access_grants, may_see, readable_notes TO maillage_api;
CREATE POLICY api_read ON access_grants FOR SELECT TO maillage_api
  USING (principal_id = app_professional());

-- Handovers, personal notes and the household's wish for another worker.
-- A personal note is its author's alone: restrictive, so that no other policy opens it again.
CREATE POLICY personal ON notes AS RESTRICTIVE TO maillage_api
  USING (NOT personal OR author_id = app_professional());
CREATE POLICY personal ON note_revisions AS RESTRICTIVE TO maillage_api
  USING (NOT personal OR author_id = app_professional());
GRANT SELECT, INSERT ON handover_ticks TO maillage_api;
CREATE POLICY api_read ON handover_ticks FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM handovers h WHERE h.id = handover_ticks.handover_id));
CREATE POLICY api_insert ON handover_ticks FOR INSERT TO maillage_api WITH CHECK (
  ticked_by = app_professional() AND EXISTS (
    SELECT 1 FROM handovers h WHERE h.id = handover_ticks.handover_id
    AND h.to_id = app_professional() AND h.state = 'proposed'));
-- Whoever is asked to take over knows the consents that let them into the case. A function, since
-- the policies of provisions ask for the consent: each would ask for the other without end.
CREATE OR REPLACE FUNCTION names_me(the_consent uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (
  SELECT 1 FROM provisions v JOIN professionals x ON x.id = app_professional()
  WHERE v.consent_id = the_consent
    AND (v.recipient_id IN (x.id, x.organisation_id)
      OR EXISTS (SELECT 1 FROM participations p WHERE p.case_id = v.case_id
                 AND p.professional_id = x.id AND p.state = 'accepted'
                 AND p.role = v.recipient_role)))
$$;
REVOKE EXECUTE ON FUNCTION names_me(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION names_me(uuid) TO maillage_api;
CREATE POLICY api_read_receiver ON provisions FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM handovers h WHERE h.case_id = provisions.case_id
          AND h.to_id = app_professional() AND h.state = 'proposed')
  AND (recipient_id = app_professional()
    OR recipient_id = (SELECT x.organisation_id FROM professionals x
                       WHERE x.id = app_professional())
    OR EXISTS (SELECT 1 FROM participations p WHERE p.case_id = provisions.case_id
               AND p.professional_id = app_professional() AND p.state = 'accepted'
               AND p.role = provisions.recipient_role)));
CREATE POLICY api_read_receiver ON consents FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM handovers h WHERE h.case_id = consents.case_id
          AND h.to_id = app_professional() AND h.state = 'proposed')
  AND names_me(id));
DO $$
DECLARE
  held text := 'EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = worker_requests.case_id'
    ' AND g.principal_id = app_professional()'
    ' AND g.valid_from <= app_now() AND app_now() < g.valid_until AND g.basis %s)';
BEGIN
  GRANT SELECT, INSERT, UPDATE ON worker_requests TO maillage_api;
  -- The reason says something about the household: with the category identity, or one's own.
  EXECUTE format('CREATE POLICY api_read ON worker_requests FOR SELECT TO maillage_api USING (%s)',
    format(held, $q$<> 'liaison' AND (g.category_mask & 1 <> 0
      OR worker_requests.recorded_by = app_professional())$q$));
  EXECUTE format('CREATE POLICY api_insert ON worker_requests FOR INSERT TO maillage_api
    WITH CHECK (%s AND recorded_by = app_professional())',
    format(held, $q$NOT IN ('liaison', 'break_glass')$q$));
  EXECUTE format('CREATE POLICY api_update ON worker_requests FOR UPDATE TO maillage_api
    USING (%s)', format(held, $q$= 'reference'$q$));
END $$;

-- Substitutes: known to the two concerned; named and ended by the one who is away.
GRANT SELECT, INSERT, UPDATE (ended_at) ON substitutions TO maillage_api;
CREATE POLICY api_read ON substitutions FOR SELECT TO maillage_api
  USING (app_professional() IN (reference_id, substitute_id));
CREATE POLICY api_insert ON substitutions FOR INSERT TO maillage_api
  WITH CHECK (reference_id = app_professional());
CREATE POLICY api_update ON substitutions FOR UPDATE TO maillage_api
  USING (reference_id = app_professional());

-- What somebody who leaves still holds: a number for an administrator, codes for a coordinator
-- and for themselves. Administrators have no case scope, so no policy could count for them.
CREATE OR REPLACE FUNCTION cases_held(the_professional uuid)
RETURNS TABLE (held bigint, codes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT count(*), CASE WHEN the_professional = app_professional() OR app_has_role('coordinator')
                      THEN coalesce(array_agg(c.code ORDER BY c.code), '{}') END
FROM reference_assignments r JOIN cases c ON c.id = r.case_id AND c.state <> 'closed'
WHERE r.professional_id = the_professional AND upper_inf(r.period)
  AND (the_professional = app_professional() OR app_has_role('coordinator')
       OR app_has_role('administrator'))
$$;
REVOKE EXECUTE ON FUNCTION cases_held(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_held(uuid) TO maillage_api;

-- Whom the household refuses is known to the reference worker alone; the workers need to know whom
-- not to write to, but not why.
GRANT SELECT, INSERT, UPDATE ON exclusions TO maillage_api;
CREATE POLICY api_lead ON exclusions TO maillage_api USING (
  EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = exclusions.case_id
          AND g.principal_id = app_professional() AND g.basis = 'reference'
          AND g.valid_from <= app_now() AND app_now() < g.valid_until));
CREATE POLICY api_signed ON exclusions AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (set_by = app_professional() OR set_by_member = (SELECT portal_member()));
GRANT SELECT (id, case_id, professional_id, organisation_id, lifted_at, set_by_member) ON exclusions
  TO maillage_worker;
CREATE POLICY worker ON exclusions TO maillage_worker USING (true);
GRANT EXECUTE ON FUNCTION refuses_me(uuid) TO maillage_api;
-- Handovers are also open to those who were party to them, until the household refuses them.
CREATE POLICY api_refused ON handovers AS RESTRICTIVE TO maillage_api
  USING (NOT refuses_me(case_id));

-- The settings are known to all and changed by administrators.
GRANT SELECT, INSERT, UPDATE ON network_settings TO maillage_api;
CREATE POLICY api_read ON network_settings FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON network_settings TO maillage_api
  USING (app_has_role('administrator'))
  WITH CHECK (app_has_role('administrator') AND changed_by = app_professional());

-- So are the rules by which an alert climbs; the workers follow them.
GRANT SELECT, INSERT, UPDATE ON escalation_rules TO maillage_api;
CREATE POLICY api_read ON escalation_rules FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_admin ON escalation_rules TO maillage_api
  USING (app_has_role('administrator'))
  WITH CHECK (app_has_role('administrator') AND changed_by = app_professional());
GRANT SELECT ON escalation_rules TO maillage_worker;
CREATE POLICY worker ON escalation_rules FOR SELECT TO maillage_worker USING (true);

-- Notes written under a consent that was taken back, and their wordings: at most for the reference
-- worker (docs/decisions/0011). The columns that say so are written by a trigger only.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['notes', 'note_revisions'] LOOP
    EXECUTE format('CREATE POLICY api_withdrawn ON %1$I AS RESTRICTIVE FOR SELECT TO maillage_api
      USING (withdrawn_at IS NULL OR withdrawn_notes_are_kept() AND EXISTS (
        SELECT 1 FROM access_grants g WHERE g.case_id = %1$I.case_id
        AND g.principal_id = app_professional() AND g.basis = ''reference''
        AND g.valid_from <= app_now() AND app_now() < g.valid_until)
        -- As long as they are kept, the household they are about reads them.
        OR withdrawn_notes_are_kept() AND case_id = (SELECT portal_case()))', t);
  END LOOP;
END $$;

-- The courts (docs/decisions/0029) are known to every professional, and written by the import alone.
-- What is wrong in them is said beside them, by who administers and coordinates the network.
GRANT SELECT ON courts TO maillage_api;
CREATE POLICY api_read ON courts FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (state, version, withdrawn_by, withdrawn_at) ON court_corrections
  TO maillage_api;
CREATE POLICY api_read ON court_corrections FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON court_corrections FOR INSERT TO maillage_api WITH CHECK (
  app_has_role('administrator') AND app_has_role('coordinator')
  AND state = 'active' AND made_by = app_professional());
CREATE POLICY api_update ON court_corrections FOR UPDATE TO maillage_api
  USING (app_has_role('administrator') AND app_has_role('coordinator'))
  WITH CHECK (state = 'withdrawn' AND withdrawn_by = app_professional());

-- The network is known to every professional of it.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['organisations', 'professionals', 'professional_roles',
                           'professional_cantons'] LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO maillage_api', t);
    EXECUTE format('CREATE POLICY api_read ON %I FOR SELECT TO maillage_api
      USING (app_professional() IS NOT NULL)', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['organisations', 'professionals', 'professional_cantons',
                           'identities'] LOOP
    EXECUTE format('CREATE POLICY api_admin ON %I TO maillage_api
      USING (app_has_role(''administrator'')) WITH CHECK (app_has_role(''administrator''))', t);
  END LOOP;
END $$;
-- Policies on professional_roles must not read professional_roles: an administrator's rights are
-- checked by the definer function below.
CREATE OR REPLACE FUNCTION app_is_administrator() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT app_has_role('administrator') $$;
CREATE POLICY api_admin ON professional_roles TO maillage_api
  USING (app_is_administrator() AND professional_id <> app_professional())
  WITH CHECK (app_is_administrator() AND professional_id <> app_professional());
GRANT SELECT, INSERT ON identities TO maillage_api;
GRANT SELECT, INSERT ON protocols, protocol_signatures TO maillage_api;
CREATE POLICY api_read ON protocols FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON protocols FOR INSERT TO maillage_api
  WITH CHECK (published_by = app_professional() AND app_has_role('coordinator'));
CREATE POLICY api_read ON protocol_signatures FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON protocol_signatures FOR INSERT TO maillage_api WITH CHECK (
  signed_by = app_professional() AND organisation_id =
    (SELECT organisation_id FROM professionals WHERE id = app_professional()));

-- One's own: sessions, stored answers, messages. Journals are only added to.
GRANT SELECT, INSERT, UPDATE ON login_sessions, idempotency_keys TO maillage_api;
CREATE POLICY api_own ON login_sessions TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
CREATE POLICY api_own ON idempotency_keys TO maillage_api
  USING (actor_id = app_professional()) WITH CHECK (actor_id = app_professional());
GRANT SELECT, UPDATE (read_at, acknowledged_at) ON deliveries TO maillage_api;
CREATE POLICY api_own ON deliveries TO maillage_api USING (professional_id = app_professional());
GRANT SELECT, INSERT, UPDATE ON notification_preferences TO maillage_api;
CREATE POLICY api_own ON notification_preferences TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
-- The workers go by them, and gather what a digest tells.
GRANT SELECT ON notification_preferences TO maillage_worker;
CREATE POLICY worker ON notification_preferences FOR SELECT TO maillage_worker USING (true);
GRANT SELECT, INSERT, DELETE ON digest_items TO maillage_worker;
CREATE POLICY worker ON digest_items TO maillage_worker USING (true) WITH CHECK (true);
-- How each attempt ended: written by the workers, read through delivery_attempts_of().
GRANT SELECT, INSERT ON delivery_attempts TO maillage_worker;
CREATE POLICY worker ON delivery_attempts TO maillage_worker USING (true) WITH CHECK (true);
GRANT INSERT ON audit_entries, read_entries, outbox_events TO maillage_api;
CREATE POLICY api_insert ON audit_entries FOR INSERT TO maillage_api
  WITH CHECK (actor_id = app_professional());
CREATE POLICY api_insert ON read_entries FOR INSERT TO maillage_api
  WITH CHECK (actor_id = app_professional());
CREATE POLICY api_insert ON outbox_events FOR INSERT TO maillage_api
  WITH CHECK (actor_id = app_professional());

-- The workers see who must hear of what and when, and no content of any case.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['alerts', 'deliveries', 'outbox_events', 'inbox_entries', 'heartbeats',
      'professionals', 'reference_assignments', 'access_grants', 'participations',
      'cases', 'idempotency_keys'] LOOP
    EXECUTE format('CREATE POLICY worker ON %I TO maillage_worker USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON alerts, deliveries TO maillage_worker;
GRANT SELECT, UPDATE ON outbox_events TO maillage_worker;
GRANT SELECT, INSERT ON inbox_entries TO maillage_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeats TO maillage_worker;
GRANT SELECT (id, organisation_id, email, language, active) ON professionals TO maillage_worker;
GRANT SELECT (id, code) ON cases TO maillage_worker;
-- Who works at a public welfare centre, to tell them and nobody else of what is due to it.
GRANT SELECT (id, public_welfare_centre) ON organisations TO maillage_worker;
CREATE POLICY worker ON organisations FOR SELECT TO maillage_worker USING (true);
GRANT SELECT ON reference_assignments, access_grants TO maillage_worker;
GRANT DELETE, SELECT (actor_id, key, created_at) ON idempotency_keys TO maillage_worker;
GRANT SELECT (id, case_id, professional_id, state, ends_at, confidential_to) ON participations
  TO maillage_worker;
GRANT SELECT (id, case_id, from_id, to_id, state) ON handovers TO maillage_worker;

-- The journals, read: a case's own, by its reference worker. The chain: by nobody but the sealer
-- (seal_audit) and, heads only, by whoever anchors them.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['audit_entries', 'read_entries'] LOOP
    EXECUTE format('GRANT SELECT ON %I TO maillage_api', t);
    EXECUTE format('CREATE POLICY api_read ON %1$I FOR SELECT TO maillage_api USING (EXISTS (
      SELECT 1 FROM access_grants g WHERE g.case_id = %1$I.case_id
      AND g.principal_id = app_professional() AND g.basis = ''reference''
      AND g.valid_from <= app_now() AND app_now() < g.valid_until))', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['audit_seals', 'audit_anchors', 'unusual_readings'] LOOP
    EXECUTE format('CREATE POLICY worker ON %I TO maillage_worker USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT SELECT (position, chain_hash) ON audit_seals TO maillage_worker;
GRANT SELECT, INSERT, UPDATE (exported_at) ON audit_anchors TO maillage_worker;
GRANT SELECT, INSERT ON unusual_readings TO maillage_worker;
GRANT INSERT ON outbox_events TO maillage_worker;
GRANT SELECT ON unusual_readings TO maillage_api;
CREATE POLICY api_read ON unusual_readings FOR SELECT TO maillage_api
  USING (app_has_role('coordinator'));
-- Who is a coordinator, to tell them.
GRANT SELECT (professional_id, role) ON professional_roles TO maillage_worker;
CREATE POLICY worker ON professional_roles FOR SELECT TO maillage_worker USING (true);

-- Documents: like notes; a new version only raises the number of the newest. Workers see which
-- file waits for the scanner, whom to tell, and never a title, a name or a date.
DO $$
DECLARE
  t text;
  held text := 'EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = %1$I.case_id'
    ' AND g.principal_id = app_professional() AND g.basis <> ''liaison'''
    ' AND g.valid_from <= app_now() AND app_now() < g.valid_until AND (%2$s))';
BEGIN
  FOREACH t IN ARRAY ARRAY['documents', 'document_versions'] LOOP
    EXECUTE format('GRANT SELECT, INSERT ON %I TO maillage_api', t);
    EXECUTE format('CREATE POLICY api_read ON %1$I FOR SELECT TO maillage_api USING (%2$s)', t,
      format(held, t, format('g.category_mask & %1$I.category <> 0
        OR %1$I.uploaded_by = app_professional()', t)));
    EXECUTE format('CREATE POLICY api_insert ON %I FOR INSERT TO maillage_api WITH CHECK (
      uploaded_by = app_professional() AND %s)', t,
      format(held, t, format('g.basis <> ''break_glass'' AND g.category_mask & %I.category <> 0',
        t)));
  END LOOP;
  EXECUTE format('CREATE POLICY api_update ON documents FOR UPDATE TO maillage_api USING (%s)',
    format(held, 'documents',
      'g.basis <> ''break_glass'' AND g.category_mask & documents.category <> 0'));
END $$;
GRANT UPDATE (latest) ON documents TO maillage_api;
GRANT SELECT ON readable_document_versions TO maillage_api;
GRANT SELECT, INSERT, UPDATE ON upload_allowances TO maillage_api;
CREATE POLICY api_own ON upload_allowances TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
GRANT SELECT (document_id, number, case_id, uploaded_by, stored_name, scan_state, scan_attempts,
  scan_next_at), UPDATE (scan_state, scan_attempts, scan_next_at, scanned_at)
  ON document_versions TO maillage_worker;
CREATE POLICY worker ON document_versions TO maillage_worker USING (true);

-- Handovers expire, orphans are reported and coordinators told without anybody's request.
GRANT SELECT (proposed_at, version), UPDATE (state, answered_at, version) ON handovers
  TO maillage_worker;
CREATE POLICY worker ON handovers FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_expire ON handovers FOR UPDATE TO maillage_worker
  USING (state = 'proposed' AND proposed_at <= app_now() - interval '5 days')
  WITH CHECK (state = 'expired');
GRANT SELECT (state) ON cases TO maillage_worker;

-- Break-glass (docs/decisions/0013). A row comes only from open_break_glass(); it is read by who
-- opened it, by the reference worker and by the reviewers, and judged by a reviewer who is not the
-- one who opened it. The alerts of an opening are written by the one who opens it, in that commit.
GRANT SELECT, UPDATE (version, reviewed_at, reviewed_by, verdict, comment)
  ON break_glass_openings TO maillage_api;
CREATE POLICY api_read ON break_glass_openings FOR SELECT TO maillage_api USING (
  professional_id = app_professional() OR app_has_role('coordinator')
  OR EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = break_glass_openings.case_id
             AND g.principal_id = app_professional() AND g.basis = 'reference'
             AND g.valid_from <= app_now() AND app_now() < g.valid_until));
CREATE POLICY api_review ON break_glass_openings FOR UPDATE TO maillage_api
  USING (app_has_role('coordinator') AND professional_id <> app_professional())
  WITH CHECK (reviewed_by = app_professional());
CREATE POLICY api_glass_broken ON alerts FOR INSERT TO maillage_api WITH CHECK (
  kind LIKE 'consent.glass_%' AND EXISTS (
    SELECT 1 FROM break_glass_openings b WHERE b.id = alerts.object_id
    AND b.case_id = alerts.case_id AND b.professional_id = app_professional()
    AND b.opened_at = app_now()));
CREATE POLICY api_glass_read ON alerts FOR SELECT TO maillage_api
  USING (kind IN ('consent.glass_review_due', 'consent.glass_suspended')
         AND app_has_role('coordinator'));
CREATE POLICY api_glass_reviewed ON alerts FOR UPDATE TO maillage_api
  USING (kind IN ('consent.glass_review_due', 'consent.glass_suspended')
         AND app_has_role('coordinator'));
CREATE POLICY worker ON break_glass_openings TO maillage_worker USING (true) WITH CHECK (false);
GRANT SELECT (id, professional_id, reviewed_at) ON break_glass_openings TO maillage_worker;
GRANT EXECUTE ON FUNCTION open_break_glass(uuid, text, text, text, timestamptz) TO maillage_api;

-- What is sealed (docs/decisions/0014): ciphertext, and still only for those who may open it.
GRANT EXECUTE ON FUNCTION may_unseal(uuid) TO maillage_api;
GRANT SELECT, INSERT, UPDATE (key_id, address, phone, recorded_at, recorded_by, version)
  ON sealed_contacts TO maillage_api;
CREATE POLICY api_read ON sealed_contacts FOR SELECT TO maillage_api USING (may_unseal(case_id));
CREATE POLICY api_insert ON sealed_contacts FOR INSERT TO maillage_api WITH CHECK (
  recorded_by = app_professional() AND EXISTS (SELECT 1 FROM members parent
    WHERE parent.id = sealed_contacts.member_id AND parent.case_id = sealed_contacts.case_id) AND
  EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = sealed_contacts.case_id
          AND g.principal_id = app_professional() AND g.basis = 'reference'
          AND g.valid_from <= app_now() AND app_now() < g.valid_until));
CREATE POLICY api_update ON sealed_contacts FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = sealed_contacts.case_id
          AND g.principal_id = app_professional() AND g.basis = 'reference'
          AND g.valid_from <= app_now() AND app_now() < g.valid_until));

-- Closings (docs/decisions/0018). Proposed and withdrawn by the reference worker, confirmed or
-- refused by the one who was asked for the second look, who reads the proposal while it waits and
-- nothing of the case with it but its code.
GRANT SELECT, INSERT, UPDATE (state, decided_at, refusal, reopened_at, reopened_by,
  reopening_reason, version) ON closings TO maillage_api;
DO $$
DECLARE
  lead text := 'EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = closings.case_id'
    ' AND g.principal_id = app_professional() AND g.basis = ''reference'''
    ' AND g.valid_from <= app_now() AND app_now() < g.valid_until)';
BEGIN
  EXECUTE format('CREATE POLICY api_read ON closings FOR SELECT TO maillage_api USING (%s
    OR reviewer_id = app_professional() AND (state = ''proposed'' OR decided_at = app_now()))', lead);
  EXECUTE format('CREATE POLICY api_insert ON closings FOR INSERT TO maillage_api WITH CHECK (%s
    AND proposed_by = app_professional() AND state = ''proposed'')', lead);
  EXECUTE format('CREATE POLICY api_update ON closings FOR UPDATE TO maillage_api
    USING (%1$s OR reviewer_id = app_professional() AND state = ''proposed'')
    WITH CHECK (reviewer_id = app_professional() AND state IN (''confirmed'', ''refused'')
      OR (state IN (''withdrawn'', ''reopened'') OR state = ''expired''
        AND proposed_at <= app_now() - interval ''7 days'') AND %1$s)', lead);
END $$;
CREATE POLICY api_refused ON closings AS RESTRICTIVE TO maillage_api
  USING (NOT refuses_me(case_id));
-- A case is closed by the second look alone (close_the_case), never by its reference worker's hand.
CREATE POLICY api_never_closes ON cases AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (true) WITH CHECK (state <> 'closed');
CREATE POLICY api_read_reviewer ON cases FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM closings k WHERE k.case_id = cases.id
          AND k.reviewer_id = app_professional() AND k.state = 'proposed'));
GRANT SELECT (id, case_id, proposed_by, reviewer_id, state, proposed_at, version),
  UPDATE (state, decided_at, version) ON closings TO maillage_worker;
CREATE POLICY worker ON closings FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_expire ON closings FOR UPDATE TO maillage_worker
  USING (state = 'proposed' AND proposed_at <= app_now() - interval '7 days')
  WITH CHECK (state = 'expired');

-- Nothing is written into a closed case. What the household may always say (a withdrawal, an
-- exclusion and the places that end with it) is not among these. Who joins or takes over is judged
-- at commit (services/cases/closings/functions.sql): a policy there would ask the case, which asks them.
DO $$
DECLARE
  t text;
  closed text := 'NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = %1$I.case_id'
    ' AND c.state = ''closed'')';
BEGIN
  FOREACH t IN ARRAY ARRAY['households', 'members', 'tenancies', 'notes', 'note_revisions', 'tasks',
      'procedures', 'acts', 'deadlines', 'hearings', 'postings', 'documents', 'document_versions',
      'sealed_contacts', 'worker_requests', 'consents', 'provisions', 'plan_goals', 'plan_actions',
      'plan_answers', 'terms', 'instalments', 'arrears_entries', 'accompaniments',
      'welfare_steps', 'welfare_oppositions'] LOOP
    EXECUTE format('CREATE POLICY api_not_closed ON %1$I AS RESTRICTIVE FOR INSERT TO maillage_api'
      ' WITH CHECK (' || closed || ')', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['households', 'members', 'tenancies', 'notes', 'procedures',
      'deadlines', 'hearings', 'postings', 'documents', 'sealed_contacts', 'worker_requests',
      'plan_goals', 'plan_actions', 'terms', 'instalments', 'accompaniments', 'welfare_steps',
      'welfare_oppositions'] LOOP
    EXECUTE format('CREATE POLICY api_change_not_closed ON %1$I AS RESTRICTIVE FOR UPDATE'
      ' TO maillage_api USING (' || closed || ')', t);
  END LOOP;
END $$;
-- The shared plan. Goals and actions are written in the categories one may write; an action is also
-- its owner's. What the household says to them is read with them, added and never changed.
DO $$
DECLARE
  r record;
  held text := 'EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = %1$I.case_id'
    ' AND g.principal_id = app_professional()'
    ' AND g.valid_from <= app_now() AND app_now() < g.valid_until AND (%2$s))';
  team text := $q$ g.basis <> 'liaison' $q$;
  work text := $q$ g.basis NOT IN ('liaison', 'break_glass') $q$;
BEGIN
  FOR r IN SELECT * FROM (VALUES
    ('plan_goals', 'g.category_mask & plan_goals.category <> 0',
      '(member_id IS NULL OR EXISTS (SELECT 1 FROM members parent
        WHERE parent.id = plan_goals.member_id AND parent.case_id = plan_goals.case_id))
      AND (confidential_to IS NULL OR EXISTS (SELECT 1 FROM members parent
        WHERE parent.id = plan_goals.confidential_to AND parent.case_id = plan_goals.case_id))',
      ''),
    ('plan_actions', 'g.category_mask & plan_actions.category <> 0',
      'EXISTS (SELECT 1 FROM plan_goals parent
        WHERE parent.id = plan_actions.goal_id AND parent.case_id = plan_actions.case_id)',
      ' OR plan_actions.owner_id = app_professional()')
  ) AS x (tbl, of_the_row, under, or_owner) LOOP
    EXECUTE format('GRANT SELECT, INSERT ON %I TO maillage_api', r.tbl);
    EXECUTE format('CREATE POLICY api_read ON %I FOR SELECT TO maillage_api USING (%s)', r.tbl,
      format(held, r.tbl, team || 'AND (' || r.of_the_row || r.or_owner || ')'));
    EXECUTE format('CREATE POLICY api_insert ON %I FOR INSERT TO maillage_api
      WITH CHECK (written_by = app_professional() AND (%s) AND %s)', r.tbl, r.under,
      format(held, r.tbl, work || 'AND ' || r.of_the_row));
    EXECUTE format('CREATE POLICY api_update ON %I FOR UPDATE TO maillage_api USING (%s)', r.tbl,
      format(held, r.tbl, work || 'AND (' || r.of_the_row || r.or_owner || ')'));
  END LOOP;
  EXECUTE format('CREATE POLICY api_insert ON plan_answers FOR INSERT TO maillage_api
    WITH CHECK (recorded_by = app_professional() AND %s)',
    format(held, 'plan_answers', $q$ g.basis = 'reference' $q$));
END $$;
GRANT UPDATE (words, position, terms, changed_at, version) ON plan_goals TO maillage_api;
GRANT UPDATE (what, owner_id, due_on, state, drop_reason, terms, changed_at, closed_at, version)
  ON plan_actions TO maillage_api;
GRANT SELECT, INSERT ON plan_answers TO maillage_api;
-- An adult of the household sees goals too, and no answers but their own (services/portal).
CREATE POLICY api_read ON plan_answers FOR SELECT TO maillage_api USING (
  app_professional() IS NOT NULL AND (
    EXISTS (SELECT 1 FROM plan_goals parent WHERE parent.id = plan_answers.goal_id)
    OR EXISTS (SELECT 1 FROM plan_actions parent WHERE parent.id = plan_answers.action_id)));
-- An answer is about a row of its own case, in that row's category, by a member of that case.
CREATE POLICY api_about ON plan_answers AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT 1 FROM members parent
          WHERE parent.id = plan_answers.member_id AND parent.case_id = plan_answers.case_id)
  AND (EXISTS (SELECT 1 FROM plan_goals parent WHERE parent.id = plan_answers.goal_id
        AND parent.case_id = plan_answers.case_id AND parent.category = plan_answers.category)
    OR EXISTS (SELECT 1 FROM plan_actions parent WHERE parent.id = plan_answers.action_id
        AND parent.case_id = plan_answers.case_id AND parent.category = plan_answers.category)));

-- What was not kept (docs/decisions/0023): the workers find it by its day, and write a task that says
-- so, in the name of whoever set the term. They read neither amounts nor words.
GRANT SELECT (id, version, case_id, category, act_id, kind, due_on, state, was_missed, recorded_by),
  UPDATE (state, was_missed, version) ON terms TO maillage_worker;
GRANT SELECT (id, case_id, term_id, due_on, state), UPDATE (state, missed_at) ON instalments
  TO maillage_worker;
CREATE POLICY worker ON terms FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker ON instalments FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_miss ON terms FOR UPDATE TO maillage_worker
  USING (state IN ('running', 'missed', 'resumed')) WITH CHECK (state = 'missed' AND was_missed);
CREATE POLICY worker_miss ON instalments FOR UPDATE TO maillage_worker
  USING (state = 'due' AND due_on < (app_now() AT TIME ZONE 'Europe/Brussels')::date)
  WITH CHECK (state = 'missed');
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

-- Who goes along to a hearing (docs/decisions/0027): the workers end the place of whoever may no
-- longer know of it. They read whose place, when and of which hearing; no name, room or result.
GRANT SELECT (id, version, case_id, hearing_id, professional_id, state), UPDATE (state, version)
  ON accompaniments TO maillage_worker;
CREATE POLICY worker ON accompaniments FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_end ON accompaniments FOR UPDATE TO maillage_worker
  USING (state IN ('asked', 'confirmed')) WITH CHECK (state = 'ended');
GRANT SELECT (id, version, case_id, starts_at, state, replaces_id), UPDATE (version)
  ON hearings TO maillage_worker;
CREATE POLICY worker ON hearings FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_touch ON hearings FOR UPDATE TO maillage_worker USING (state = 'set');
-- An acknowledgement ends all rungs, also those of people who see none of each other's. Only of an
-- alert that reached the caller: holds the climb, and ends it once the caller acknowledged.
CREATE OR REPLACE FUNCTION answer_climb(the_alert uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE top uuid; answered timestamptz;
BEGIN
  SELECT coalesce(a.first_id, a.id) INTO top FROM alerts a WHERE a.id = the_alert
    AND EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.id AND d.channel = 'inapp'
                AND d.professional_id = app_professional());
  PERFORM FROM alerts WHERE id = top FOR UPDATE;
  SELECT acknowledged_at INTO answered FROM alerts
  WHERE id = the_alert AND acknowledged_by = app_professional();
  IF top IS NOT NULL AND answered IS NOT NULL THEN
    UPDATE alerts SET state = 'acknowledged', acknowledged_at = answered,
      acknowledged_by = app_professional()
    WHERE (id = top OR first_id = top) AND acknowledged_at IS NULL
      AND state IN ('planned', 'sending');
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION answer_climb(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION answer_climb(uuid) TO maillage_api;
-- Nobody could be told by any channel: somebody of the team tells them. One open task a person.
CREATE OR REPLACE FUNCTION write_tell_task(the_alert uuid, whom uuid)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
INSERT INTO tasks (id, version, case_id, category, template, title_values, due_on, state,
                   created_by, created_at)
SELECT gen_random_uuid(), 1, a.case_id, 4, 'tell_in_person', named.person,
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

-- What was tried, for limits that outlast a refusal.
GRANT SELECT, INSERT ON attempts TO maillage_api;
CREATE POLICY api_own ON attempts TO maillage_api
  USING (actor_id = app_professional()) WITH CHECK (actor_id = app_professional());
CREATE POLICY worker ON attempts TO maillage_worker USING (true) WITH CHECK (false);
GRANT DELETE, SELECT (at) ON attempts TO maillage_worker;

-- The end of cases (docs/decisions/0019): asked for by the reference worker, confirmed by a
-- coordinator, who sees the code and nothing else of the case; carried out by the workers.
DO $$
DECLARE lead text := 'EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = %I.case_id'
  ' AND g.principal_id = app_professional() AND g.basis = ''reference'''
  ' AND g.valid_from <= app_now() AND app_now() < g.valid_until)';
BEGIN
  GRANT SELECT, INSERT, UPDATE (version, warned_at, held_until, held_by, hold_reason)
    ON case_retention TO maillage_api;
  EXECUTE format('CREATE POLICY api_lead ON case_retention TO maillage_api USING (%1$s)
    WITH CHECK (%1$s AND (held_by IS NULL OR held_by = app_professional()))', format(lead, 'case_retention'));
  GRANT SELECT, INSERT, UPDATE (version, state, confirmed_by, confirmed_at) ON erasures
    TO maillage_api;
  EXECUTE format('CREATE POLICY api_read ON erasures FOR SELECT TO maillage_api
    USING (app_has_role(''coordinator'') OR %s)', format(lead, 'erasures'));
  EXECUTE format('CREATE POLICY api_insert ON erasures FOR INSERT TO maillage_api WITH CHECK (
    state = ''requested'' AND requested_by = app_professional() AND ground NOT IN (''retention'', ''ledger'')
    AND %s)', format(lead, 'erasures'));
  EXECUTE format('CREATE POLICY api_update ON erasures FOR UPDATE TO maillage_api
    USING (state = ''requested'' AND (app_has_role(''coordinator'') OR %1$s))
    WITH CHECK (state = ''withdrawn'' OR state = ''confirmed''
      AND app_has_role(''coordinator'') AND confirmed_by = app_professional()
      AND requested_by <> app_professional() AND ground NOT IN (''retention'', ''ledger''))',
    format(lead, 'erasures'));
END $$;
GRANT INSERT ON ledger_entries TO maillage_api;
CREATE POLICY api_insert ON ledger_entries FOR INSERT TO maillage_api WITH CHECK (
  kind = 'case_erased' AND position IS NULL AND EXISTS (
    SELECT 1 FROM erasures e WHERE e.id = ledger_entries.subject_id
    AND e.case_id = ledger_entries.case_id AND e.state = 'confirmed'
    AND e.confirmed_by = app_professional()));
GRANT SELECT (case_id, closed_at, warned_at, held_until), UPDATE (warned_at) ON case_retention
  TO maillage_worker;
CREATE POLICY worker ON case_retention TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (version, state, erased_at) ON erasures TO maillage_worker;
CREATE POLICY worker_read ON erasures FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_insert ON erasures FOR INSERT TO maillage_worker WITH CHECK (
  ground = 'retention' AND state = 'confirmed' AND requested_by IS NULL);
CREATE POLICY worker_update ON erasures FOR UPDATE TO maillage_worker
  USING (state IN ('confirmed', 'shredded')) WITH CHECK (state IN ('shredded', 'erased'));
GRANT SELECT, INSERT, UPDATE (position, line_hash) ON ledger_entries TO maillage_worker;
CREATE POLICY worker ON ledger_entries TO maillage_worker USING (true) WITH CHECK (true);

-- The law as data (docs/decisions/0025): known to all, changed by who administers and coordinates the
-- network. They see how many dates move and never which; the reference worker sees their own.
GRANT SELECT, INSERT, UPDATE (state, version) ON rule_changes TO maillage_api;
CREATE POLICY api_read ON rule_changes FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (state, version, after, procedures_done, changed, locked, new, gone,
  skipped, applied_by, applied_at) ON recomputations TO maillage_api;
GRANT SELECT ON recomputed_deadlines TO maillage_api;
DO $$
DECLARE
  administers text := 'app_has_role(''administrator'') AND app_has_role(''coordinator'')';
BEGIN
  EXECUTE format('CREATE POLICY api_insert ON rule_changes FOR INSERT TO maillage_api
    WITH CHECK (%s AND state = ''draft'' AND made_by = app_professional())', administers);
  EXECUTE format('CREATE POLICY api_update ON rule_changes FOR UPDATE TO maillage_api
    USING (%1$s) WITH CHECK (%1$s AND state <> ''draft'')', administers);
  EXECUTE format('CREATE POLICY api_read ON recomputations FOR SELECT TO maillage_api
    USING (%s OR EXISTS (SELECT 1 FROM recomputed_deadlines d
      WHERE d.recomputation_id = recomputations.id))', administers);
  EXECUTE format('CREATE POLICY api_insert ON recomputations FOR INSERT TO maillage_api
    WITH CHECK (%s AND state = ''previewing'' AND asked_by = app_professional())', administers);
  EXECUTE format('CREATE POLICY api_update ON recomputations FOR UPDATE TO maillage_api
    USING (%1$s)
    WITH CHECK (%1$s AND state = ''applying'' AND applied_by = app_professional())', administers);
END $$;
CREATE POLICY api_read ON recomputed_deadlines FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = recomputed_deadlines.case_id
          AND g.principal_id = app_professional() AND g.basis = 'reference'
          AND g.category_mask & 4 <> 0
          AND g.valid_from <= app_now() AND app_now() < g.valid_until));
-- The workers compute: kinds, days and ids of acts and deadlines, and not a word that people wrote.
-- They write deadlines only while a change is being applied.
GRANT SELECT ON rule_changes TO maillage_worker;
GRANT SELECT, UPDATE (state, version, after, procedures_done, changed, locked, new, gone, skipped)
  ON recomputations TO maillage_worker;
GRANT SELECT, INSERT, DELETE ON recomputed_deadlines TO maillage_worker;
GRANT SELECT (id, case_id, rule_set) ON procedures TO maillage_worker;
GRANT SELECT (id, case_id, procedure_id, kind, acted_on, received_on, delivery, ground, replaced_by,
  lapsed_at) ON acts TO maillage_worker;
GRANT SELECT (id, version, case_id, procedure_id, act_id, rule_id, rule_set, rule_version, computes,
  protective, falls_on, earlier_reading, steps, article, source, certainty, overridden_date,
  overridden_by), INSERT, DELETE, UPDATE (version, rule_set, rule_version, computes, protective,
  falls_on, earlier_reading, steps, article, source, certainty) ON deadlines TO maillage_worker;
GRANT INSERT ON audit_entries TO maillage_worker;
CREATE POLICY worker ON rule_changes FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_read ON recomputations FOR SELECT TO maillage_worker USING (true);
-- A change begins to be applied by a person's decision, never by a worker's.
CREATE POLICY worker_update ON recomputations FOR UPDATE TO maillage_worker
  USING (state IN ('previewing', 'applying')) WITH CHECK (state <> 'applying' OR applied_by IS NOT NULL);
CREATE POLICY worker ON recomputed_deadlines TO maillage_worker USING (true) WITH CHECK (true);
-- Rows only as long as somebody asked for them: at any other time there is nothing to read or write.
DO $$
DECLARE
  t text;
  running text := 'EXISTS (SELECT 1 FROM recomputations r WHERE r.state IN (%L, %L))';
BEGIN
  FOREACH t IN ARRAY ARRAY['procedures', 'acts', 'deadlines'] LOOP
    EXECUTE format('CREATE POLICY worker_read ON %I FOR SELECT TO maillage_worker USING (%s)', t,
      format(running, 'previewing', 'applying'));
  END LOOP;
  running := format(running, 'applying', 'applying');
  EXECUTE format('CREATE POLICY worker_insert ON deadlines FOR INSERT TO maillage_worker
    WITH CHECK (overridden_date IS NULL AND %s)', running);
  EXECUTE format('CREATE POLICY worker_update ON deadlines FOR UPDATE TO maillage_worker
    USING (%s)', running);
  EXECUTE format('CREATE POLICY worker_delete ON deadlines FOR DELETE TO maillage_worker
    USING (overridden_date IS NULL AND %s)', running);
  EXECUTE format('CREATE POLICY worker_insert ON audit_entries FOR INSERT TO maillage_worker
    WITH CHECK (actor_id IS NULL AND action = ''recompute_deadlines'' AND %s)', running);
END $$;

-- Figures for /metrics: counts and ages only.
-- Webhooks belong to an organisation: its administrators see them and what became of them, and no
-- secret again once it is sealed. The deliveries name no case.
GRANT SELECT, INSERT, UPDATE ON webhook_endpoints TO maillage_api;
CREATE POLICY api_admin ON webhook_endpoints TO maillage_api
  USING (app_has_role('administrator') AND organisation_id = (
    SELECT p.organisation_id FROM professionals p WHERE p.id = app_professional()));
GRANT SELECT, INSERT, UPDATE (valid_until) ON webhook_secrets TO maillage_api;
CREATE POLICY api_admin ON webhook_secrets TO maillage_api USING (
  EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = webhook_secrets.endpoint_id));
GRANT SELECT, INSERT, UPDATE (state, attempts, next_at, last_error) ON webhook_deliveries
  TO maillage_api;
CREATE POLICY api_read ON webhook_deliveries FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = webhook_deliveries.endpoint_id));
CREATE POLICY api_try ON webhook_deliveries FOR INSERT TO maillage_api WITH CHECK (
  alert_id IS NULL AND state = 'pending'
  AND EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = webhook_deliveries.endpoint_id));
CREATE POLICY api_again ON webhook_deliveries FOR UPDATE TO maillage_api
  USING (EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = webhook_deliveries.endpoint_id))
  WITH CHECK (state = 'pending');
GRANT SELECT, UPDATE (version, state, disabled_why, failing_since, rests_until)
  ON webhook_endpoints TO maillage_worker;
GRANT SELECT ON webhook_secrets TO maillage_worker;
GRANT SELECT, INSERT, UPDATE ON webhook_deliveries TO maillage_worker;
CREATE POLICY worker ON webhook_endpoints TO maillage_worker USING (true);
CREATE POLICY worker ON webhook_secrets FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker ON webhook_deliveries TO maillage_worker USING (true);
-- A mobile number is its owner's alone. The workers send to it (sealed), and forget old ones.
GRANT SELECT, INSERT, UPDATE, DELETE ON mobile_numbers TO maillage_api;
CREATE POLICY api_own ON mobile_numbers TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
GRANT SELECT, UPDATE (code_due_at, code_attempts), DELETE ON mobile_numbers TO maillage_worker;
CREATE POLICY worker ON mobile_numbers TO maillage_worker USING (true);

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
REVOKE EXECUTE ON FUNCTION alert_backlog(), delivery_counts(), app_is_administrator() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alert_backlog(), delivery_counts() TO maillage_api, maillage_worker;
GRANT EXECUTE ON FUNCTION app_is_administrator() TO maillage_api;
GRANT SELECT ON alembic_version, applied_sql TO maillage_api, maillage_worker;
