-- Procedures and everything that hangs on them; terms, lists, bundles and the law itself.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- procedures
GRANT SELECT, INSERT ON procedures TO maillage_api;
CREATE POLICY api_read ON procedures FOR SELECT TO maillage_api USING (
  (SELECT true FROM held(procedures.case_id) g
    WHERE opens(g.category_mask, 'procedure')
    AND (g.basis <> 'liaison' OR works_in(procedures.canton)) LIMIT 1));
CREATE POLICY api_insert ON procedures FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(procedures.case_id) LIMIT 1));
GRANT UPDATE ON procedures TO maillage_api;
CREATE POLICY api_update ON procedures FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(procedures.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON procedures AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(procedures.case_id)));
CREATE POLICY api_change_not_closed ON procedures AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(procedures.case_id)));
GRANT SELECT (id, case_id, rule_set) ON procedures TO maillage_worker;
-- Rows only as long as somebody asked for them: at any other time there is nothing to read or write.
CREATE POLICY worker_read ON procedures FOR SELECT TO maillage_worker USING (
  EXISTS (SELECT FROM recomputations r WHERE r.state IN ('previewing', 'applying')));

-- acts
GRANT SELECT, INSERT ON acts TO maillage_api;
CREATE POLICY api_read ON acts FOR SELECT TO maillage_api USING (
  (SELECT true FROM shown_procedure(acts.case_id, acts.procedure_id) LIMIT 1));
CREATE POLICY api_insert ON acts FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(acts.case_id, 'procedure') LIMIT 1)
  AND recorded_by = app_professional() AND EXISTS (
    SELECT FROM procedures parent
      WHERE parent.id = acts.procedure_id AND parent.case_id = acts.case_id));
GRANT UPDATE (replaced_by, lapsed_at, called_off_by, warnings, alarms, correction_reason, struck_at,
  struck_by, strike_reason, own_dates) ON acts TO maillage_api;
CREATE POLICY api_update ON acts FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(acts.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON acts AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(acts.case_id)));
GRANT SELECT (id, case_id, procedure_id, kind, acted_on, received_on, delivery, ground, replaced_by,
  lapsed_at, until_on) ON acts TO maillage_worker;
CREATE POLICY worker_read ON acts FOR SELECT TO maillage_worker USING (
  EXISTS (SELECT FROM recomputations r WHERE r.state IN ('previewing', 'applying')));

-- deadlines
GRANT SELECT, INSERT ON deadlines TO maillage_api;
CREATE POLICY api_read ON deadlines FOR SELECT TO maillage_api USING (
  (SELECT true FROM shown_procedure(deadlines.case_id, deadlines.procedure_id) LIMIT 1));
CREATE POLICY api_insert ON deadlines FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(deadlines.case_id, 'procedure') LIMIT 1)
  AND EXISTS (
    SELECT FROM procedures parent
      WHERE parent.id = deadlines.procedure_id AND parent.case_id = deadlines.case_id));
GRANT UPDATE ON deadlines TO maillage_api;
CREATE POLICY api_update ON deadlines FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(deadlines.case_id, 'procedure') LIMIT 1));
-- A date that no longer follows from any act goes; one that people put themselves stays.
GRANT DELETE ON deadlines TO maillage_api;
CREATE POLICY api_delete ON deadlines FOR DELETE TO maillage_api USING (
  overridden_date IS NULL
  AND (SELECT true FROM work(deadlines.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON deadlines AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(deadlines.case_id)));
CREATE POLICY api_change_not_closed ON deadlines AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(deadlines.case_id)));
GRANT SELECT (id, version, case_id, procedure_id, act_id, rule_id, rule_set, rule_version, computes,
  protective, falls_on, earlier_reading, steps, article, source, certainty, overridden_date,
  overridden_by, ended_as, ended_by), INSERT, DELETE, UPDATE (version, rule_set,
  rule_version, computes, protective,
  falls_on, earlier_reading, steps, article, source, certainty, ended_as, ended_by)
  ON deadlines TO maillage_worker;
CREATE POLICY worker_read ON deadlines FOR SELECT TO maillage_worker USING (
  EXISTS (SELECT FROM recomputations r WHERE r.state IN ('previewing', 'applying')));
CREATE POLICY worker_insert ON deadlines FOR INSERT TO maillage_worker WITH CHECK (
  overridden_date IS NULL
  AND EXISTS (SELECT FROM recomputations r WHERE r.state = 'applying'));
CREATE POLICY worker_update ON deadlines FOR UPDATE TO maillage_worker USING (
  EXISTS (SELECT FROM recomputations r WHERE r.state = 'applying'));
CREATE POLICY worker_delete ON deadlines FOR DELETE TO maillage_worker USING (
  overridden_date IS NULL
  AND EXISTS (SELECT FROM recomputations r WHERE r.state = 'applying'));

-- hearings
GRANT SELECT, INSERT ON hearings TO maillage_api;
CREATE POLICY api_read ON hearings FOR SELECT TO maillage_api USING (
  (SELECT true FROM shown_procedure(hearings.case_id, hearings.procedure_id) LIMIT 1));
CREATE POLICY api_insert ON hearings FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(hearings.case_id, 'procedure') LIMIT 1)
  AND EXISTS (
    SELECT FROM procedures parent
      WHERE parent.id = hearings.procedure_id AND parent.case_id = hearings.case_id));
GRANT UPDATE ON hearings TO maillage_api;
CREATE POLICY api_update ON hearings FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(hearings.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON hearings AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(hearings.case_id)));
CREATE POLICY api_change_not_closed ON hearings AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(hearings.case_id)));
GRANT SELECT (id, version, case_id, starts_at, state, replaces_id, struck_from), UPDATE (version)
  ON hearings TO maillage_worker;
CREATE POLICY worker ON hearings FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_touch ON hearings FOR UPDATE TO maillage_worker USING (state = 'set');

-- postings
GRANT SELECT, INSERT ON postings TO maillage_api;
CREATE POLICY api_read ON postings FOR SELECT TO maillage_api USING (
  (SELECT true FROM shown_procedure(postings.case_id, postings.procedure_id) LIMIT 1));
CREATE POLICY api_insert ON postings FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM held(postings.case_id) g WHERE g.basis = 'liaison' LIMIT 1)
  AND posted_by = app_professional() AND EXISTS (
    SELECT FROM procedures parent
      WHERE parent.id = postings.procedure_id AND parent.case_id = postings.case_id));
GRANT UPDATE ON postings TO maillage_api;
CREATE POLICY api_update ON postings FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(postings.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON postings AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(postings.case_id)));
CREATE POLICY api_change_not_closed ON postings AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(postings.case_id)));
GRANT INSERT ON postings TO maillage_worker;

-- terms
GRANT SELECT, INSERT ON terms TO maillage_api;
-- Terms and instalments are about the procedure, or (agreed without a judge) the tenancy.
CREATE POLICY api_read ON terms FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(terms.case_id, terms.category) LIMIT 1));
CREATE POLICY api_insert ON terms FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(terms.case_id, terms.category) LIMIT 1)
  AND recorded_by = app_professional()
  AND (act_id IS NULL OR EXISTS (
    SELECT FROM acts parent WHERE parent.id = terms.act_id AND parent.case_id = terms.case_id)));
GRANT UPDATE (act_id, due_on, state, was_missed, ended_at, cancel_reason, struck_from, version) ON terms
  TO maillage_api;
CREATE POLICY api_update ON terms FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(terms.case_id, terms.category) LIMIT 1));
CREATE POLICY api_not_closed ON terms AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(terms.case_id)));
CREATE POLICY api_change_not_closed ON terms AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(terms.case_id)));
-- What was not kept (docs/decisions/0023): the workers find it by its day, and write a task that says
-- so, in the name of whoever set the term. They read neither amounts nor words.
GRANT SELECT (id, version, case_id, category, act_id, kind, due_on, state, was_missed, recorded_by),
  UPDATE (state, was_missed, version) ON terms TO maillage_worker;
CREATE POLICY worker ON terms FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_miss ON terms FOR UPDATE TO maillage_worker
  USING (state IN ('running', 'missed', 'resumed')) WITH CHECK (state = 'missed' AND was_missed);

-- instalments
GRANT SELECT, INSERT ON instalments TO maillage_api;
CREATE POLICY api_read ON instalments FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(instalments.case_id, instalments.category) LIMIT 1));
CREATE POLICY api_insert ON instalments FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(instalments.case_id, instalments.category) LIMIT 1)
  AND EXISTS (
    SELECT FROM terms parent WHERE parent.id = instalments.term_id
      AND parent.case_id = instalments.case_id
      AND parent.category = instalments.category));
GRANT UPDATE (state, paid_on, missed_at) ON instalments TO maillage_api;
CREATE POLICY api_update ON instalments FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(instalments.case_id, instalments.category) LIMIT 1));
CREATE POLICY api_not_closed ON instalments AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(instalments.case_id)));
CREATE POLICY api_change_not_closed ON instalments AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(instalments.case_id)));
GRANT SELECT (id, case_id, term_id, due_on, state), UPDATE (state, missed_at) ON instalments
  TO maillage_worker;
CREATE POLICY worker ON instalments FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_miss ON instalments FOR UPDATE TO maillage_worker
  USING (state = 'due' AND due_on < (app_now() AT TIME ZONE 'Europe/Brussels')::date)
  WITH CHECK (state = 'missed');

-- welfare_steps
GRANT SELECT, INSERT ON welfare_steps TO maillage_api;
CREATE POLICY api_read ON welfare_steps FOR SELECT TO maillage_api USING (
  (SELECT true FROM shown_procedure(welfare_steps.case_id, welfare_steps.procedure_id) LIMIT 1));
CREATE POLICY api_insert ON welfare_steps FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(welfare_steps.case_id, 'procedure') LIMIT 1)
  AND EXISTS (
    SELECT FROM procedures parent JOIN acts a ON a.procedure_id = parent.id
    WHERE parent.id = welfare_steps.procedure_id AND parent.case_id = welfare_steps.case_id
      AND a.id = welfare_steps.act_id));
GRANT UPDATE (act_id, article, certainty, due_from, state, done_on, done_by,
  despite_opposition, recorded_by, recorded_at, version) ON welfare_steps TO maillage_api;
CREATE POLICY api_update ON welfare_steps FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(welfare_steps.case_id, 'procedure') LIMIT 1));
-- A step follows from its act and goes with it; what was done stays.
GRANT DELETE ON welfare_steps TO maillage_api;
CREATE POLICY api_delete ON welfare_steps FOR DELETE TO maillage_api USING (
  state <> 'done' AND (SELECT true FROM work(welfare_steps.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON welfare_steps AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(welfare_steps.case_id)));
CREATE POLICY api_change_not_closed ON welfare_steps AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (
  NOT EXISTS (SELECT FROM closed_case(welfare_steps.case_id)));

-- welfare_oppositions
GRANT SELECT, INSERT ON welfare_oppositions TO maillage_api;
CREATE POLICY api_read ON welfare_oppositions FOR SELECT TO maillage_api USING (
  (SELECT true FROM shown_procedure(welfare_oppositions.case_id, welfare_oppositions.procedure_id)
    LIMIT 1));
CREATE POLICY api_insert ON welfare_oppositions FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(welfare_oppositions.case_id, 'procedure') LIMIT 1)
  AND recorded_by = app_professional() AND EXISTS (
    SELECT FROM procedures parent
      WHERE parent.id = welfare_oppositions.procedure_id AND parent.case_id = welfare_oppositions.case_id));
GRANT UPDATE (withdrawn_by, withdrawn_by_member, withdrawn_at, version) ON welfare_oppositions
  TO maillage_api;
CREATE POLICY api_update ON welfare_oppositions FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(welfare_oppositions.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON welfare_oppositions AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(welfare_oppositions.case_id)));
CREATE POLICY api_change_not_closed ON welfare_oppositions AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(welfare_oppositions.case_id)));

-- arrears_entries
GRANT SELECT, INSERT ON arrears_entries TO maillage_api;
CREATE POLICY api_read ON arrears_entries FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(arrears_entries.case_id, 'tenancy') LIMIT 1));
CREATE POLICY api_insert ON arrears_entries FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(arrears_entries.case_id, 'tenancy') LIMIT 1)
  AND recorded_by = app_professional());
CREATE POLICY api_not_closed ON arrears_entries AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(arrears_entries.case_id)));

-- accompaniments
GRANT SELECT, INSERT ON accompaniments TO maillage_api;
-- Who goes along is the team's to know, not the court's.
CREATE POLICY api_read ON accompaniments FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(accompaniments.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_insert ON accompaniments FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(accompaniments.case_id, 'procedure') LIMIT 1)
  AND asked_by = app_professional() AND EXISTS (
    SELECT FROM hearings parent
      WHERE parent.id = accompaniments.hearing_id AND parent.case_id = accompaniments.case_id));
GRANT UPDATE (state, answered_by, answered_at, version) ON accompaniments TO maillage_api;
CREATE POLICY api_update ON accompaniments FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(accompaniments.case_id, 'procedure') LIMIT 1));
CREATE POLICY api_not_closed ON accompaniments AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(accompaniments.case_id)));
CREATE POLICY api_change_not_closed ON accompaniments AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (
  NOT EXISTS (SELECT FROM closed_case(accompaniments.case_id)));
-- Who goes along to a hearing (docs/decisions/0027): the workers end the place of whoever may no
-- longer know of it. They read whose place, when and of which hearing; no name, room or result.
GRANT SELECT (id, version, case_id, hearing_id, professional_id, state), UPDATE (state, version)
  ON accompaniments TO maillage_worker;
CREATE POLICY worker ON accompaniments FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_end ON accompaniments FOR UPDATE TO maillage_worker
  USING (state IN ('asked', 'confirmed')) WITH CHECK (state = 'ended');

-- rule_changes
-- The law as data (docs/decisions/0025): known to all, changed by who administers and coordinates the
-- network. They see how many dates move and never which; the reference worker sees their own.
GRANT SELECT, INSERT, UPDATE (state, version) ON rule_changes TO maillage_api;
CREATE POLICY api_read ON rule_changes FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON rule_changes FOR INSERT TO maillage_api WITH CHECK (
  app_has_role('administrator') AND app_has_role('coordinator')
  AND state = 'draft' AND made_by = app_professional());
CREATE POLICY api_update ON rule_changes FOR UPDATE TO maillage_api
  USING (app_has_role('administrator') AND app_has_role('coordinator'))
  WITH CHECK (app_has_role('administrator') AND app_has_role('coordinator')
    AND state <> 'draft');
-- The workers compute: kinds, days and ids of acts and deadlines, and not a word that people wrote.
-- They write deadlines only while a change is being applied.
GRANT SELECT ON rule_changes TO maillage_worker;
CREATE POLICY worker ON rule_changes FOR SELECT TO maillage_worker USING (true);

-- rule_set_confirmations
-- Who confirms the law is known to all; a change of the network ends it, and who may change may take back.
GRANT SELECT, INSERT, UPDATE (version, lapsed_at, withdrawn_by, withdrawn_at)
  ON rule_set_confirmations TO maillage_api;
CREATE POLICY api_read ON rule_set_confirmations FOR SELECT TO maillage_api
  USING (app_professional() IS NOT NULL);
CREATE POLICY api_insert ON rule_set_confirmations FOR INSERT TO maillage_api WITH CHECK (
  app_has_role('administrator') AND app_has_role('coordinator')
  AND recorded_by = app_professional() AND lapsed_at IS NULL AND withdrawn_at IS NULL);
CREATE POLICY api_update ON rule_set_confirmations FOR UPDATE TO maillage_api
  USING (app_has_role('administrator') AND app_has_role('coordinator'))
  WITH CHECK (app_has_role('administrator') AND app_has_role('coordinator')
    AND (lapsed_at IS NOT NULL OR withdrawn_at IS NOT NULL)
    AND (withdrawn_by IS NULL OR withdrawn_by = app_professional()));

-- recomputations
GRANT SELECT, INSERT, UPDATE (state, version, after, procedures_done, changed, locked, new, gone,
  skipped, applied_by, applied_at) ON recomputations TO maillage_api;
CREATE POLICY api_read ON recomputations FOR SELECT TO maillage_api USING (
  app_has_role('administrator') AND app_has_role('coordinator')
  OR EXISTS (SELECT FROM recomputed_deadlines d WHERE d.recomputation_id = recomputations.id));
CREATE POLICY api_insert ON recomputations FOR INSERT TO maillage_api WITH CHECK (
  app_has_role('administrator') AND app_has_role('coordinator')
  AND state = 'previewing' AND asked_by = app_professional());
CREATE POLICY api_update ON recomputations FOR UPDATE TO maillage_api
  USING (app_has_role('administrator') AND app_has_role('coordinator'))
  WITH CHECK (app_has_role('administrator') AND app_has_role('coordinator')
    AND state = 'applying' AND applied_by = app_professional());
GRANT SELECT, UPDATE (state, version, after, procedures_done, changed, locked, new, gone, skipped)
  ON recomputations TO maillage_worker;
CREATE POLICY worker_read ON recomputations FOR SELECT TO maillage_worker USING (true);
-- A change begins to be applied by a person's decision, never by a worker's.
CREATE POLICY worker_update ON recomputations FOR UPDATE TO maillage_worker
  USING (state IN ('previewing', 'applying'))
    WITH CHECK (state <> 'applying' OR applied_by IS NOT NULL);

-- recomputed_deadlines
GRANT SELECT ON recomputed_deadlines TO maillage_api;
CREATE POLICY api_read ON recomputed_deadlines FOR SELECT TO maillage_api USING (
  EXISTS (
  SELECT FROM led(recomputed_deadlines.case_id) g
    WHERE opens(g.category_mask, 'procedure')));
GRANT SELECT, INSERT, DELETE ON recomputed_deadlines TO maillage_worker;
CREATE POLICY worker ON recomputed_deadlines TO maillage_worker USING (true) WITH CHECK (true);

-- audit_entries
CREATE POLICY worker_insert ON audit_entries FOR INSERT TO maillage_worker WITH CHECK (
  actor_id IS NULL AND action = 'recompute_deadlines'
  AND EXISTS (SELECT FROM recomputations r WHERE r.state = 'applying'));
CREATE POLICY worker_post ON audit_entries FOR INSERT TO maillage_worker
  WITH CHECK (action = 'post_date' AND subject_kind = 'postings' AND EXISTS (
    SELECT FROM hearing_list_rows r WHERE r.professional_id = actor_id AND r.state = 'waiting'));

-- bundle_ticks
CREATE POLICY api_change_not_closed ON bundle_ticks AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (NOT EXISTS (SELECT FROM closed_case(bundle_ticks.case_id)));
-- A tick is of a version of its own case, and says truly what one must be open to to see it.
CREATE POLICY api_about ON bundle_ticks AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  document_id IS NULL AND category_mask = category_bit('procedure') OR EXISTS (
    SELECT FROM document_versions v WHERE v.document_id = bundle_ticks.document_id
    AND v.number = bundle_ticks.number AND v.case_id = bundle_ticks.case_id
    AND bundle_ticks.category_mask = category_bit('procedure') | v.category));
-- Read by whoever of the team may read every category that is in it: several grants together.
GRANT SELECT, INSERT ON bundle_ticks TO maillage_api;
CREATE POLICY api_read ON bundle_ticks FOR SELECT TO maillage_api USING (
  (SELECT bit_or(g.category_mask) & bundle_ticks.category_mask = bundle_ticks.category_mask
    FROM team(bundle_ticks.case_id) g));
CREATE POLICY api_insert ON bundle_ticks FOR INSERT TO maillage_api WITH CHECK (
  ticked_by = app_professional() AND EXISTS (
    SELECT FROM procedures parent
      WHERE parent.id = bundle_ticks.procedure_id AND parent.case_id = bundle_ticks.case_id)
  AND (SELECT bit_or(g.category_mask) & bundle_ticks.category_mask = bundle_ticks.category_mask
    FROM work(bundle_ticks.case_id) g));
GRANT UPDATE (undone_by, undone_at) ON bundle_ticks TO maillage_api;
CREATE POLICY api_update ON bundle_ticks FOR UPDATE TO maillage_api
  USING (undone_at IS NULL AND (SELECT bit_or(g.category_mask) & bundle_ticks.category_mask = bundle_ticks.category_mask
    FROM work(bundle_ticks.case_id) g))
  WITH CHECK (undone_by = app_professional() AND (SELECT bit_or(g.category_mask) & bundle_ticks.category_mask = bundle_ticks.category_mask
    FROM work(bundle_ticks.case_id) g));
CREATE POLICY api_not_closed ON bundle_ticks AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(bundle_ticks.case_id)));

-- bundle_pieces
-- Pieces: with their bundle. They are written at the freeze and at no other instant.
GRANT SELECT, INSERT ON bundle_pieces TO maillage_api;
CREATE POLICY api_read ON bundle_pieces FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM defence_bundles b WHERE b.id = bundle_pieces.bundle_id));
CREATE POLICY api_insert ON bundle_pieces FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT FROM defence_bundles b WHERE b.id = bundle_pieces.bundle_id
    AND b.case_id = bundle_pieces.case_id AND b.frozen_by = app_professional()
    AND b.frozen_at = app_now() AND b.category_mask & bundle_pieces.category <> 0)
  AND EXISTS (SELECT FROM document_versions v WHERE v.document_id = bundle_pieces.document_id
    AND v.number = bundle_pieces.number AND v.case_id = bundle_pieces.case_id
    AND v.category = bundle_pieces.category
    -- Whether what waits may go is the operator's setting, asked in services/documents/release.py.
    AND v.scan_state <> 'infected'));
CREATE POLICY api_not_closed ON bundle_pieces AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(bundle_pieces.case_id)));

-- bundle_downloads
GRANT SELECT, INSERT ON bundle_downloads TO maillage_api;
-- Downloads: known to whoever sees the bundle; each writes their own, in a closed case too.
CREATE POLICY api_read ON bundle_downloads FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM defence_bundles b WHERE b.id = bundle_downloads.bundle_id));
CREATE POLICY api_insert ON bundle_downloads FOR INSERT TO maillage_api WITH CHECK (
  downloaded_by = app_professional() AND EXISTS (
    SELECT FROM defence_bundles b WHERE b.id = bundle_downloads.bundle_id
    AND b.case_id = bundle_downloads.case_id));

-- defence_bundles
-- The workers know which file is whose, to leave it alone or to destroy it with its case.
GRANT SELECT (case_id, stored_name) ON defence_bundles TO maillage_worker;
CREATE POLICY worker ON defence_bundles FOR SELECT TO maillage_worker USING (true);
GRANT SELECT, INSERT ON defence_bundles TO maillage_api;
CREATE POLICY api_read ON defence_bundles FOR SELECT TO maillage_api USING (
  (SELECT bit_or(g.category_mask) & defence_bundles.category_mask = defence_bundles.category_mask
    FROM team(defence_bundles.case_id) g));
CREATE POLICY api_insert ON defence_bundles FOR INSERT TO maillage_api WITH CHECK (
  frozen_by = app_professional() AND EXISTS (
    SELECT FROM procedures parent
      WHERE parent.id = defence_bundles.procedure_id AND parent.case_id = defence_bundles.case_id)
  AND (SELECT bit_or(g.category_mask) & defence_bundles.category_mask = defence_bundles.category_mask
    FROM work(defence_bundles.case_id) g));
CREATE POLICY api_not_closed ON defence_bundles AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(defence_bundles.case_id)));

-- hearing_lists
-- Hearing lists (services/evictions/hearing_lists.py): whoever uploaded one, and nobody else. The
-- workers go on with what was uploaded, in the name of that liaison: what they compare a row with is
-- what the liaison sees at that instant, what they write is what the liaison may post. After two
-- days they delete whatever nobody could match, and see no more of it.
GRANT SELECT, INSERT ON hearing_lists TO maillage_api;
CREATE POLICY api_own ON hearing_lists TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());

-- hearing_list_rows
GRANT SELECT, INSERT ON hearing_list_rows TO maillage_api;
GRANT UPDATE (state, problem, procedure_id, kind, day, starts_at) ON hearing_list_rows
  TO maillage_api;
CREATE POLICY api_own ON hearing_list_rows TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
GRANT DELETE, SELECT (id, list_id, professional_id, uploaded_at, line, state, kind, canton,
  roll_number, day, starts_at, room, because), UPDATE (state, problem, procedure_id)
  ON hearing_list_rows TO maillage_worker;
CREATE POLICY worker_read ON hearing_list_rows FOR SELECT TO maillage_worker
  USING (uploaded_at > app_now() - interval '48 hours' OR state IN ('waiting', 'unmatched'));
CREATE POLICY worker_match ON hearing_list_rows FOR UPDATE TO maillage_worker
  USING (state = 'waiting') WITH CHECK (state <> 'waiting');
CREATE POLICY worker_forget ON hearing_list_rows FOR DELETE TO maillage_worker
  USING (state IN ('waiting', 'unmatched') AND uploaded_at <= app_now() - interval '48 hours');
