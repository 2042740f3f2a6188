-- The case and what is written in it; and that nothing is written into a closed one.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- handovers
GRANT SELECT, INSERT ON handovers TO maillage_api;
CREATE POLICY api_read ON handovers FOR SELECT TO maillage_api USING (
  (SELECT true FROM led(handovers.case_id) LIMIT 1)
  OR from_id = app_professional()
  -- Whoever said no reads no more of it, but for the answer to that very no.
  OR to_id = app_professional() AND (state = 'proposed' OR answered_at = app_now()));
CREATE POLICY api_insert ON handovers FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(handovers.case_id) LIMIT 1));
GRANT UPDATE (state, answered_at, version) ON handovers TO maillage_api;
-- The receiver answers, the author withdraws; the reference worker writes down the household's no,
-- and that nobody answered in time.
CREATE POLICY api_update ON handovers FOR UPDATE TO maillage_api
  USING (to_id = app_professional()
    OR state = 'proposed' AND (from_id = app_professional()
      OR (SELECT true FROM led(handovers.case_id) LIMIT 1)))
  WITH CHECK (to_id = app_professional() AND state IN ('accepted', 'declined')
    OR from_id = app_professional() AND state = 'withdrawn'
    OR (state = 'declined' OR state = 'expired' AND proposed_at <= app_now() - interval '5 days')
      AND (SELECT true FROM led(handovers.case_id) LIMIT 1));
-- Handovers are also open to those who were party to them, until the household refuses them.
CREATE POLICY api_refused ON handovers AS RESTRICTIVE TO maillage_api
  USING (NOT refuses_me(case_id));
GRANT SELECT (id, case_id, from_id, to_id, state) ON handovers TO maillage_worker;
-- Handovers expire, orphans are reported and coordinators told without anybody's request.
GRANT SELECT (proposed_at, version), UPDATE (state, answered_at, version) ON handovers
  TO maillage_worker;
CREATE POLICY worker ON handovers FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_expire ON handovers FOR UPDATE TO maillage_worker
  USING (state = 'proposed' AND proposed_at <= app_now() - interval '5 days')
  WITH CHECK (state = 'expired');

-- participations
GRANT SELECT (id, version, case_id, professional_id, role, state, invited_by, invited_at,
  accepted_at, ends_at, ended_at, confidential_to), INSERT ON participations TO maillage_api;
CREATE POLICY api_read ON participations FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(participations.case_id) LIMIT 1)
  OR professional_id = app_professional());
CREATE POLICY api_insert ON participations FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM led(participations.case_id) LIMIT 1));
-- Rights over one's own row reach no further than the command they are for.
GRANT UPDATE (state, accepted_at, ended_at, version) ON participations TO maillage_api;
CREATE POLICY api_update ON participations FOR UPDATE TO maillage_api
  USING ((SELECT true FROM led(participations.case_id) LIMIT 1)
    OR professional_id = app_professional() AND state IN ('invited', 'accepted'))
  WITH CHECK ((SELECT true FROM led(participations.case_id) LIMIT 1)
    OR professional_id = app_professional() AND (state <> 'accepted' OR accepted_at = app_now()));
CREATE POLICY worker ON participations TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT (id, case_id, professional_id, state, ends_at, confidential_to) ON participations
  TO maillage_worker;

-- reference_assignments
GRANT SELECT, INSERT ON reference_assignments TO maillage_api;
CREATE POLICY api_read ON reference_assignments FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(reference_assignments.case_id) LIMIT 1)
  OR EXISTS (
    SELECT FROM handovers h WHERE h.case_id = reference_assignments.case_id
    AND h.to_id = app_professional() AND h.state = 'proposed'));
CREATE POLICY api_insert ON reference_assignments FOR INSERT TO maillage_api WITH CHECK (
  professional_id = app_professional() AND app_may_lead(case_id));
GRANT UPDATE (period) ON reference_assignments TO maillage_api;
CREATE POLICY api_update ON reference_assignments FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM handovers h WHERE h.case_id = reference_assignments.case_id
    AND h.to_id = app_professional() AND h.state = 'proposed'));
CREATE POLICY worker ON reference_assignments TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT ON reference_assignments TO maillage_worker;

-- notes
GRANT SELECT, INSERT ON notes TO maillage_api;
CREATE POLICY api_read ON notes FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(notes.case_id) g
    WHERE g.category_mask & notes.category <> 0 OR notes.author_id = app_professional() LIMIT 1));
CREATE POLICY api_insert ON notes FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(notes.case_id, notes.category) LIMIT 1)
  AND author_id = app_professional());
-- Of notes only their course changes.
GRANT UPDATE (latest, category) ON notes TO maillage_api;
CREATE POLICY api_update ON notes FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(notes.case_id) LIMIT 1)
  AND author_id = app_professional());
-- Handovers, personal notes and the household's wish for another worker.
-- A personal note is its author's alone: restrictive, so that no other policy opens it again.
CREATE POLICY personal ON notes AS RESTRICTIVE TO maillage_api
  USING (NOT personal OR author_id = app_professional());
CREATE POLICY api_not_closed ON notes AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(notes.case_id)));
CREATE POLICY api_change_not_closed ON notes AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(notes.case_id)));

-- note_revisions
GRANT SELECT, INSERT ON note_revisions TO maillage_api;
CREATE POLICY api_read ON note_revisions FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(note_revisions.case_id) g
    WHERE (g.category_mask & note_revisions.category <> 0
    OR note_revisions.author_id = app_professional())
    AND EXISTS (SELECT FROM notes n WHERE n.id = note_revisions.note_id) LIMIT 1));
CREATE POLICY api_insert ON note_revisions FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(note_revisions.case_id) LIMIT 1)
  AND author_id = app_professional() AND EXISTS (
    SELECT FROM notes parent WHERE parent.id = note_revisions.note_id
      AND parent.case_id = note_revisions.case_id));
CREATE POLICY personal ON note_revisions AS RESTRICTIVE TO maillage_api
  USING (NOT personal OR author_id = app_professional());
CREATE POLICY api_not_closed ON note_revisions AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(note_revisions.case_id)));

-- tasks
GRANT SELECT, INSERT ON tasks TO maillage_api;
CREATE POLICY api_read ON tasks FOR SELECT TO maillage_api USING (
  (SELECT true FROM team(tasks.case_id) g WHERE g.category_mask & tasks.category <> 0
    OR app_professional() IN (tasks.assignee_id, tasks.created_by) LIMIT 1));
CREATE POLICY api_insert ON tasks FOR INSERT TO maillage_api WITH CHECK (
  (SELECT true FROM work(tasks.case_id, tasks.category) LIMIT 1)
  AND created_by = app_professional());
GRANT UPDATE ON tasks TO maillage_api;
CREATE POLICY api_update ON tasks FOR UPDATE TO maillage_api USING (
  (SELECT true FROM work(tasks.case_id) g WHERE g.category_mask & tasks.category <> 0
    OR app_professional() IN (tasks.assignee_id, tasks.created_by) LIMIT 1));
CREATE POLICY api_not_closed ON tasks AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(tasks.case_id)));

-- cases
-- The case itself: also its code, for whoever is invited or asked to take over.
GRANT SELECT, INSERT, UPDATE ON cases TO maillage_api;
CREATE POLICY api_read ON cases FOR SELECT TO maillage_api USING (
  (SELECT true FROM held(cases.id) LIMIT 1)
  OR EXISTS (SELECT FROM participations p WHERE p.case_id = cases.id
             AND p.professional_id = app_professional() AND p.state = 'invited'
             AND (p.ends_at IS NULL OR app_now() < p.ends_at))
  OR EXISTS (SELECT FROM handovers h WHERE h.case_id = cases.id
             AND h.to_id = app_professional() AND h.state = 'proposed'));
CREATE POLICY api_insert ON cases FOR INSERT TO maillage_api
  WITH CHECK (opened_by = app_professional());
CREATE POLICY api_update ON cases FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(cases.id)));
CREATE POLICY worker ON cases TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT (id, code) ON cases TO maillage_worker;
GRANT SELECT (state) ON cases TO maillage_worker;
-- A case is closed by the second look alone (close_the_case), never by its reference worker's hand.
CREATE POLICY api_never_closes ON cases AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (true) WITH CHECK (state <> 'closed');
CREATE POLICY api_read_reviewer ON cases FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM closings k WHERE k.case_id = cases.id
          AND k.reviewer_id = app_professional() AND k.state = 'proposed'));

-- readable_notes
GRANT SELECT ON readable_notes TO maillage_api;

-- handover_ticks
GRANT SELECT, INSERT ON handover_ticks TO maillage_api;
CREATE POLICY api_read ON handover_ticks FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM handovers h WHERE h.id = handover_ticks.handover_id));
CREATE POLICY api_insert ON handover_ticks FOR INSERT TO maillage_api WITH CHECK (
  ticked_by = app_professional() AND EXISTS (
    SELECT FROM handovers h WHERE h.id = handover_ticks.handover_id
    AND h.to_id = app_professional() AND h.state = 'proposed'));

-- provisions
CREATE POLICY api_read_receiver ON provisions FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM handovers h WHERE h.case_id = provisions.case_id
          AND h.to_id = app_professional() AND h.state = 'proposed')
  AND (recipient_id = app_professional()
    OR recipient_id = (SELECT x.organisation_id FROM professionals x
                       WHERE x.id = app_professional())
    OR EXISTS (SELECT FROM participations p WHERE p.case_id = provisions.case_id
               AND p.professional_id = app_professional() AND p.state = 'accepted'
               AND p.role = provisions.recipient_role)));
CREATE POLICY api_not_closed ON provisions AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(provisions.case_id)));

-- consents
CREATE POLICY api_read_receiver ON consents FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM handovers h WHERE h.case_id = consents.case_id
          AND h.to_id = app_professional() AND h.state = 'proposed')
  AND names_me(id));
CREATE POLICY api_not_closed ON consents AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(consents.case_id)));

-- worker_requests
GRANT SELECT, INSERT, UPDATE ON worker_requests TO maillage_api;
-- The reason says something about the household: with the category identity, or one's own.
CREATE POLICY api_read ON worker_requests FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM team(worker_requests.case_id) g
    WHERE opens(g.category_mask, 'identity')
      OR worker_requests.recorded_by = app_professional()));
CREATE POLICY api_insert ON worker_requests FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT FROM work(worker_requests.case_id)) AND recorded_by = app_professional());
CREATE POLICY api_update ON worker_requests FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(worker_requests.case_id)));
CREATE POLICY api_not_closed ON worker_requests AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(worker_requests.case_id)));
CREATE POLICY api_change_not_closed ON worker_requests AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (
  NOT EXISTS (SELECT FROM closed_case(worker_requests.case_id)));

-- closings
-- Closings (docs/decisions/0018). Proposed and withdrawn by the reference worker, confirmed or
-- refused by the one who was asked for the second look, who reads the proposal while it waits and
-- nothing of the case with it but its code.
GRANT SELECT, INSERT, UPDATE (state, decided_at, refusal, reopened_at, reopened_by,
  reopening_reason, version) ON closings TO maillage_api;
CREATE POLICY api_read ON closings FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM led(closings.case_id))
  OR reviewer_id = app_professional() AND (state = 'proposed' OR decided_at = app_now()));
CREATE POLICY api_insert ON closings FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT FROM led(closings.case_id)) AND proposed_by = app_professional() AND state = 'proposed');
CREATE POLICY api_update ON closings FOR UPDATE TO maillage_api
  USING (EXISTS (SELECT FROM led(closings.case_id))
    OR reviewer_id = app_professional() AND state = 'proposed')
  WITH CHECK (reviewer_id = app_professional() AND state IN ('confirmed', 'refused')
    OR (state IN ('withdrawn', 'reopened')
      OR state = 'expired' AND proposed_at <= app_now() - interval '7 days')
        AND EXISTS (SELECT FROM led(closings.case_id)));
CREATE POLICY api_refused ON closings AS RESTRICTIVE TO maillage_api
  USING (NOT refuses_me(case_id));
GRANT SELECT (id, case_id, proposed_by, reviewer_id, state, proposed_at, version),
  UPDATE (state, decided_at, version) ON closings TO maillage_worker;
CREATE POLICY worker ON closings FOR SELECT TO maillage_worker USING (true);
CREATE POLICY worker_expire ON closings FOR UPDATE TO maillage_worker
  USING (state = 'proposed' AND proposed_at <= app_now() - interval '7 days')
  WITH CHECK (state = 'expired');

-- households
CREATE POLICY api_not_closed ON households AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(households.case_id)));
CREATE POLICY api_change_not_closed ON households AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(households.case_id)));

-- members
CREATE POLICY api_not_closed ON members AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(members.case_id)));
CREATE POLICY api_change_not_closed ON members AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(members.case_id)));

-- tenancies
CREATE POLICY api_not_closed ON tenancies AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(tenancies.case_id)));
CREATE POLICY api_change_not_closed ON tenancies AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(tenancies.case_id)));

-- sealed_contacts
CREATE POLICY api_not_closed ON sealed_contacts AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(sealed_contacts.case_id)));
CREATE POLICY api_change_not_closed ON sealed_contacts AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (
  NOT EXISTS (SELECT FROM closed_case(sealed_contacts.case_id)));

-- plan_goals
CREATE POLICY api_not_closed ON plan_goals AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(plan_goals.case_id)));
CREATE POLICY api_change_not_closed ON plan_goals AS RESTRICTIVE FOR UPDATE TO maillage_api USING (
  NOT EXISTS (SELECT FROM closed_case(plan_goals.case_id)));
-- The shared plan. Goals and actions are written in the categories one may write; an action is also
-- its owner's. What the household says to them is read with them, added and never changed.
GRANT SELECT, INSERT ON plan_goals TO maillage_api;
CREATE POLICY api_read ON plan_goals FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM team(plan_goals.case_id, plan_goals.category)));
CREATE POLICY api_insert ON plan_goals FOR INSERT TO maillage_api WITH CHECK (
  written_by = app_professional() AND (member_id IS NULL OR EXISTS (
    SELECT FROM members parent
    WHERE parent.id = plan_goals.member_id AND parent.case_id = plan_goals.case_id))
  AND (confidential_to IS NULL OR EXISTS (
    SELECT FROM members parent
    WHERE parent.id = plan_goals.confidential_to AND parent.case_id = plan_goals.case_id))
  AND EXISTS (SELECT FROM work(plan_goals.case_id, plan_goals.category)));
CREATE POLICY api_update ON plan_goals FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM work(plan_goals.case_id, plan_goals.category)));
GRANT UPDATE (words, position, terms, changed_at, version) ON plan_goals TO maillage_api;

-- plan_actions
CREATE POLICY api_not_closed ON plan_actions AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(plan_actions.case_id)));
CREATE POLICY api_change_not_closed ON plan_actions AS RESTRICTIVE FOR UPDATE TO maillage_api
  USING (
  NOT EXISTS (SELECT FROM closed_case(plan_actions.case_id)));
GRANT SELECT, INSERT ON plan_actions TO maillage_api;
CREATE POLICY api_read ON plan_actions FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM team(plan_actions.case_id) g
    WHERE g.category_mask & plan_actions.category <> 0 OR plan_actions.owner_id = app_professional()));
CREATE POLICY api_insert ON plan_actions FOR INSERT TO maillage_api WITH CHECK (
  written_by = app_professional() AND EXISTS (
    SELECT FROM plan_goals parent
    WHERE parent.id = plan_actions.goal_id AND parent.case_id = plan_actions.case_id)
  AND EXISTS (SELECT FROM work(plan_actions.case_id, plan_actions.category)));
CREATE POLICY api_update ON plan_actions FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM work(plan_actions.case_id) g
    WHERE g.category_mask & plan_actions.category <> 0 OR plan_actions.owner_id = app_professional()));
GRANT UPDATE (what, owner_id, due_on, state, drop_reason, terms, changed_at, closed_at, version)
  ON plan_actions TO maillage_api;

-- plan_answers
CREATE POLICY api_not_closed ON plan_answers AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  NOT EXISTS (SELECT FROM closed_case(plan_answers.case_id)));
CREATE POLICY api_insert ON plan_answers FOR INSERT TO maillage_api WITH CHECK (
  recorded_by = app_professional() AND EXISTS (SELECT FROM led(plan_answers.case_id)));
GRANT SELECT, INSERT ON plan_answers TO maillage_api;
-- An adult of the household sees goals too, and no answers but their own (services/portal).
CREATE POLICY api_read ON plan_answers FOR SELECT TO maillage_api USING (
  app_professional() IS NOT NULL AND (
    EXISTS (SELECT FROM plan_goals parent WHERE parent.id = plan_answers.goal_id)
    OR EXISTS (SELECT FROM plan_actions parent WHERE parent.id = plan_answers.action_id)));
-- An answer is about a row of its own case, in that row's category, by a member of that case.
CREATE POLICY api_about ON plan_answers AS RESTRICTIVE FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT FROM members parent
          WHERE parent.id = plan_answers.member_id AND parent.case_id = plan_answers.case_id)
  AND (EXISTS (SELECT FROM plan_goals parent WHERE parent.id = plan_answers.goal_id
        AND parent.case_id = plan_answers.case_id AND parent.category = plan_answers.category)
    OR EXISTS (SELECT FROM plan_actions parent WHERE parent.id = plan_answers.action_id
        AND parent.case_id = plan_answers.case_id AND parent.category = plan_answers.category)));
