-- What an adult of the household sees and writes themselves (docs/decisions/0016). No professional
-- gains by these: portal_member() is nobody while one reads. The sensitive categories show only in the
-- compartment of the one they are about.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- exclusions
CREATE POLICY api_signed ON exclusions AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (set_by = app_professional() OR set_by_member = (SELECT portal_member()));
CREATE POLICY portal_read ON exclusions FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND set_by_member = (SELECT portal_member()));
CREATE POLICY portal_refuse ON exclusions FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND set_by_member = (SELECT portal_member())
  AND lifted_at IS NULL);

-- notes
-- Notes written under a consent that was taken back, and their wordings: at most for the reference
-- worker (docs/decisions/0011). The columns that say so are written by a trigger only.
CREATE POLICY api_withdrawn ON notes AS RESTRICTIVE FOR SELECT TO maillage_api USING (
  withdrawn_at IS NULL OR withdrawn_notes_are_kept()
    AND (EXISTS (SELECT FROM led(notes.case_id))
      -- As long as they are kept, the household they are about reads them.
      OR case_id = (SELECT portal_case())));
CREATE POLICY portal_read ON notes FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case())
    AND (confidential_to = (SELECT portal_member()) OR confidential_to IS NULL
    AND NOT is_sensitive(category)));

-- note_revisions
CREATE POLICY api_withdrawn ON note_revisions AS RESTRICTIVE FOR SELECT TO maillage_api USING (
  withdrawn_at IS NULL OR withdrawn_notes_are_kept()
    AND (EXISTS (SELECT FROM led(note_revisions.case_id))
      -- As long as they are kept, the household they are about reads them.
      OR case_id = (SELECT portal_case())));
CREATE POLICY portal_read ON note_revisions FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND EXISTS (SELECT FROM notes n
    WHERE n.id = note_revisions.note_id AND n.latest = note_revisions.number));

-- households
CREATE POLICY portal_read ON households FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));

-- tenancies
CREATE POLICY portal_read ON tenancies FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));

-- reference_assignments
CREATE POLICY portal_read ON reference_assignments FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));

-- procedures
CREATE POLICY portal_read ON procedures FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));

-- acts
CREATE POLICY portal_read ON acts FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));

-- deadlines
CREATE POLICY portal_read ON deadlines FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));

-- terms, instalments
-- What a judgment or an agreement asks of them.
CREATE POLICY portal_read ON terms FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND NOT is_sensitive(category));
CREATE POLICY portal_read ON instalments FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND NOT is_sensitive(category));

-- welfare_oppositions
CREATE POLICY portal_read ON welfare_oppositions FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));
CREATE POLICY portal_oppose ON welfare_oppositions FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND recorded_by_member = (SELECT portal_member())
  AND withdrawn_at IS NULL AND EXISTS (SELECT FROM procedures parent
    WHERE parent.id = welfare_oppositions.procedure_id
    AND parent.case_id = welfare_oppositions.case_id));
-- What another adult said by themselves is for them to take back.
CREATE POLICY portal_withdraw ON welfare_oppositions FOR UPDATE TO maillage_api
  USING (case_id = (SELECT portal_case())
    AND (recorded_by_member IS NULL OR recorded_by_member = (SELECT portal_member())))
  WITH CHECK (case_id = (SELECT portal_case()) AND withdrawn_at = app_now()
    AND withdrawn_by_member = (SELECT portal_member()));

-- welfare_steps
-- What an opposition stops, and has due again once it is taken back.
CREATE POLICY portal_read ON welfare_steps FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));
CREATE POLICY portal_stop ON welfare_steps FOR UPDATE TO maillage_api
  USING (case_id = (SELECT portal_case()) AND state IN ('due', 'opposed'))
  WITH CHECK (case_id = (SELECT portal_case()) AND state IN ('due', 'opposed'));

-- hearings
CREATE POLICY portal_read ON hearings FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()));

-- participations
CREATE POLICY portal_read ON participations FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case())
    AND (confidential_to = (SELECT portal_member()) OR confidential_to IS NULL));

-- documents
CREATE POLICY portal_read ON documents FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case())
    AND (confidential_to = (SELECT portal_member()) OR confidential_to IS NULL
    AND NOT is_sensitive(category)));

-- tasks
-- Words of workers to each other stay theirs, unless they are for this person.
CREATE POLICY portal_read ON tasks FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND (asked_by_member = (SELECT portal_member())
    OR confidential_to = (SELECT portal_member())
    OR asked_by_member IS NULL AND confidential_to IS NULL AND template IS NOT NULL
      AND NOT is_sensitive(category)));
CREATE POLICY portal_ask ON tasks FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND asked_by_member = (SELECT portal_member())
  AND assignee_id IS NULL AND state = 'open');

-- document_versions
CREATE POLICY portal_read ON document_versions FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND EXISTS (SELECT FROM documents d
    WHERE d.id = document_versions.document_id AND d.latest = document_versions.number));

-- consents
CREATE POLICY portal_read ON consents FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND (portal_shows_consent(id)
    OR member_id = (SELECT portal_member())));
-- What they give, refuse and ask: in their own name, in their own case.
CREATE POLICY portal_give ON consents FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member())
  AND withdrawn_at IS NULL
  AND (confidential_to IS NULL OR confidential_to = (SELECT portal_member())));
-- Withdrawn and nothing else; what another adult gave by themselves is for them to take back.
CREATE POLICY portal_withdraw ON consents FOR UPDATE TO maillage_api
  USING (case_id = (SELECT portal_case()) AND portal_shows_consent(id)
    AND (member_id IS NULL OR member_id = (SELECT portal_member())))
  WITH CHECK (case_id = (SELECT portal_case()) AND withdrawn_at = app_now());

-- provisions
CREATE POLICY portal_read ON provisions FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND EXISTS (SELECT FROM consents c
    WHERE c.id = provisions.consent_id));
CREATE POLICY portal_give ON provisions FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND EXISTS (SELECT FROM consents c
    WHERE c.id = provisions.consent_id AND c.case_id = provisions.case_id
    AND c.member_id = (SELECT portal_member())));

-- worker_requests
CREATE POLICY portal_read ON worker_requests FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND asked_by_member = (SELECT portal_member()));
CREATE POLICY portal_ask ON worker_requests FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND asked_by_member = (SELECT portal_member())
  AND state = 'open');

-- household_requests
CREATE POLICY portal_read ON household_requests FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member()));
CREATE POLICY api_read ON household_requests FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM led(household_requests.case_id)));
CREATE POLICY api_update ON household_requests FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(household_requests.case_id)));
GRANT SELECT, INSERT, UPDATE (state, answer, answered_at, answered_by, version)
  ON household_requests TO maillage_api;
CREATE POLICY portal_ask ON household_requests FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member()) AND state = 'open');

-- portal_sessions
CREATE POLICY portal_read ON portal_sessions FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member()));
CREATE POLICY api_read ON portal_sessions FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM led(portal_sessions.case_id)));
CREATE POLICY api_update ON portal_sessions FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(portal_sessions.case_id)));
GRANT SELECT (id, code_id, case_id, member_id, created_at, last_seen_at, expires_at, ended_at),
  UPDATE (ended_at) ON portal_sessions TO maillage_api;
CREATE POLICY portal_leave ON portal_sessions FOR UPDATE TO maillage_api
  USING (member_id = (SELECT portal_member()));

-- plan_goals
-- The plan: one's own words, what is in one's compartment, and what is nobody's and not sensitive.
CREATE POLICY portal_read ON plan_goals FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND (confidential_to = (SELECT portal_member())
    OR confidential_to IS NULL AND (NOT is_sensitive(category)
      OR member_id = (SELECT portal_member()))));

-- plan_actions
CREATE POLICY portal_read ON plan_actions FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND EXISTS (SELECT FROM plan_goals g
    WHERE g.id = plan_actions.goal_id AND (NOT is_sensitive(plan_actions.category)
    OR (SELECT portal_member()) IN (g.confidential_to, g.member_id)))
    AND (owner_id IS NULL OR NOT portal_hides(owner_id)));

-- plan_answers
CREATE POLICY portal_read ON plan_answers FOR SELECT TO maillage_api USING (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member()));
-- What they say to their plan; `api_about` asks that it is about a row that they see.
CREATE POLICY portal_answer ON plan_answers FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member())
  AND recorded_by IS NULL AND evidence = 'portal');

-- cases
CREATE POLICY portal_read ON cases FOR SELECT TO maillage_api USING (
  id = (SELECT portal_case()));

-- members
CREATE POLICY portal_read ON members FOR SELECT TO maillage_api USING (
  id = (SELECT portal_member()));

-- organisations
CREATE POLICY portal_read ON organisations FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL);

-- professionals
CREATE POLICY portal_read ON professionals FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL);

-- professional_roles
CREATE POLICY portal_read ON professional_roles FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL);

-- rule_changes
-- The law is for everybody; a date that a network added is said in the words of its rule.
CREATE POLICY portal_read ON rule_changes FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL AND state = 'active');

-- courts, court_corrections
-- Where the justice of the peace sits, as everybody may know it.
CREATE POLICY portal_read ON courts FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL);
CREATE POLICY portal_read ON court_corrections FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL);

-- rule_set_confirmations
-- A household is told whether a lawyer confirmed the rules behind its dates.
CREATE POLICY portal_read ON rule_set_confirmations FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL);

-- network_settings
CREATE POLICY portal_read ON network_settings FOR SELECT TO maillage_api USING (
  (SELECT portal_member()) IS NOT NULL);

-- alerts
CREATE POLICY portal_ask ON alerts FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND recipient_role = 'reference_worker'
  AND kind IN ('consent.ending', 'cases.task_due'));
-- A consent that is taken back does not end any more.
CREATE POLICY portal_cancel ON alerts FOR UPDATE TO maillage_api
  USING (case_id = (SELECT portal_case()) AND kind = 'consent.ending'
    AND EXISTS (SELECT FROM consents c WHERE c.id = alerts.object_id));
-- Of telling the welfare centre, which they oppose and no longer oppose.
CREATE POLICY portal_tell ON alerts FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND recipient_role = 'welfare_centre'
  AND kind = 'evictions.welfare_step_due');
CREATE POLICY portal_untell ON alerts FOR UPDATE TO maillage_api
  USING (case_id = (SELECT portal_case()) AND kind = 'evictions.welfare_step_due');
CREATE POLICY portal_told ON alerts FOR SELECT TO maillage_api
  USING (case_id = (SELECT portal_case()) AND kind = 'evictions.welfare_step_due');
CREATE POLICY portal_read ON alerts FOR SELECT TO maillage_api
  USING (case_id = (SELECT portal_case()) AND kind = 'consent.ending'
    AND EXISTS (SELECT FROM consents c WHERE c.id = alerts.object_id));

-- idempotency_keys
CREATE POLICY portal_own ON idempotency_keys TO maillage_api
  USING (actor_id = (SELECT portal_member())) WITH CHECK (actor_id = (SELECT portal_member()));

-- outbox_events
CREATE POLICY portal_insert ON outbox_events FOR INSERT TO maillage_api
  WITH CHECK (actor_id = (SELECT portal_member()));

-- audit_entries
CREATE POLICY portal_insert ON audit_entries FOR INSERT TO maillage_api WITH CHECK (
  actor_id = (SELECT portal_member()) AND (case_id = (SELECT portal_case()) OR case_id IS NULL)
  OR actor_id = app_uuid('app.visitor') AND case_id IS NULL);

-- attempts
-- How often they printed; in the journal an attempt is of no case.
CREATE POLICY portal_own ON attempts TO maillage_api
  USING (actor_id = (SELECT portal_member())) WITH CHECK (actor_id = (SELECT portal_member()));
-- Who tries codes at the door is known by where they come from only, and sees their own tries.
CREATE POLICY portal_door ON attempts TO maillage_api
  USING (actor_id = app_uuid('app.visitor')) WITH CHECK (actor_id = app_uuid('app.visitor'));

-- portal_codes
-- Codes, sessions and requests, as the reference worker handles them; no secret can be selected.
CREATE POLICY api_read ON portal_codes FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM led(portal_codes.case_id)));
CREATE POLICY api_update ON portal_codes FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT FROM led(portal_codes.case_id)));
CREATE POLICY api_insert ON portal_codes FOR INSERT TO maillage_api WITH CHECK (
  issued_by = app_professional() AND used_at IS NULL
    AND EXISTS (SELECT FROM led(portal_codes.case_id)));
GRANT SELECT (id, case_id, member_id, issued_by, issued_at, expires_at, used_at, revoked_at),
  INSERT, UPDATE (revoked_at) ON portal_codes TO maillage_api;
