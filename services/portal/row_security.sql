-- What an adult of the household sees and writes themselves (docs/decisions/0016). Applied after
-- services/consent/row_security.sql, which drops every policy. No professional gains by these:
-- portal_member() is nobody while one reads.
-- 960: the sensitive categories, which show only in the compartment of the one they are about.

DO $$
DECLARE
  r record;
  mine text := 'case_id = (SELECT portal_case())';
  compartment text := ' AND (confidential_to = (SELECT portal_member()) OR confidential_to IS NULL%s)';
BEGIN
  FOR r IN SELECT * FROM (VALUES
    ('households', mine),
    ('tenancies', mine),
    ('reference_assignments', mine),
    ('procedures', mine),
    ('acts', mine),
    ('deadlines', mine),
    ('hearings', mine),
    ('participations', mine || format(compartment, '')),
    ('notes', mine || format(compartment, ' AND category & 960 = 0')),
    ('documents', mine || format(compartment, ' AND category & 960 = 0')),
    -- Words of workers to each other stay theirs, unless they are for this person.
    ('tasks', mine || ' AND (asked_by_member = (SELECT portal_member())
      OR confidential_to = (SELECT portal_member())
      OR asked_by_member IS NULL AND confidential_to IS NULL AND template IS NOT NULL
        AND category & 960 = 0)'),
    ('note_revisions', mine || ' AND EXISTS (SELECT 1 FROM notes n
      WHERE n.id = note_revisions.note_id AND n.latest = note_revisions.number)'),
    ('document_versions', mine || ' AND EXISTS (SELECT 1 FROM documents d
      WHERE d.id = document_versions.document_id AND d.latest = document_versions.number)'),
    ('consents', mine || ' AND (portal_shows_consent(id)
      OR member_id = (SELECT portal_member()))'),
    ('provisions', mine || ' AND EXISTS (SELECT 1 FROM consents c
      WHERE c.id = provisions.consent_id)'),
    ('exclusions', mine || ' AND set_by_member = (SELECT portal_member())'),
    ('worker_requests', mine || ' AND asked_by_member = (SELECT portal_member())'),
    ('household_requests', mine || ' AND member_id = (SELECT portal_member())'),
    ('portal_sessions', mine || ' AND member_id = (SELECT portal_member())'),
    -- The plan: one's own words, what is in one's compartment, and what is nobody's and not sensitive.
    ('plan_goals', mine || ' AND (confidential_to = (SELECT portal_member())
      OR confidential_to IS NULL AND (category & 960 = 0 OR member_id = (SELECT portal_member())))'),
    ('plan_actions', mine || ' AND EXISTS (SELECT 1 FROM plan_goals g
      WHERE g.id = plan_actions.goal_id AND (plan_actions.category & 960 = 0
        OR (SELECT portal_member()) IN (g.confidential_to, g.member_id)))
      AND (owner_id IS NULL OR NOT portal_hides(owner_id))'),
    ('plan_answers', mine || ' AND member_id = (SELECT portal_member())'),
    ('cases', 'id = (SELECT portal_case())'),
    ('members', 'id = (SELECT portal_member())'),
    ('organisations', '(SELECT portal_member()) IS NOT NULL'),
    ('professionals', '(SELECT portal_member()) IS NOT NULL'),
    ('professional_roles', '(SELECT portal_member()) IS NOT NULL'),
    ('network_settings', '(SELECT portal_member()) IS NOT NULL')
  ) AS x (tbl, sees) LOOP
    EXECUTE format('CREATE POLICY portal_read ON %I FOR SELECT TO maillage_api USING (%s)',
      r.tbl, r.sees);
  END LOOP;
END $$;

-- What they give, refuse and ask: in their own name, in their own case.
CREATE POLICY portal_give ON consents FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member())
  AND withdrawn_at IS NULL
  AND (confidential_to IS NULL OR confidential_to = (SELECT portal_member())));
CREATE POLICY portal_give ON provisions FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND EXISTS (SELECT 1 FROM consents c
    WHERE c.id = provisions.consent_id AND c.case_id = provisions.case_id
    AND c.member_id = (SELECT portal_member())));
-- Withdrawn and nothing else; what another adult gave by themselves is for them to take back.
CREATE POLICY portal_withdraw ON consents FOR UPDATE TO maillage_api
  USING (case_id = (SELECT portal_case()) AND portal_shows_consent(id)
    AND (member_id IS NULL OR member_id = (SELECT portal_member())))
  WITH CHECK (case_id = (SELECT portal_case()) AND withdrawn_at = app_now());
CREATE POLICY portal_refuse ON exclusions FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND set_by_member = (SELECT portal_member())
  AND lifted_at IS NULL);
CREATE POLICY portal_ask ON worker_requests FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND asked_by_member = (SELECT portal_member())
  AND state = 'open');
CREATE POLICY portal_ask ON tasks FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND asked_by_member = (SELECT portal_member())
  AND assignee_id IS NULL AND state = 'open');
CREATE POLICY portal_ask ON alerts FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND recipient_role = 'reference_worker'
  AND kind IN ('consent.ending', 'cases.task_due'));
-- A consent that is taken back does not end any more.
CREATE POLICY portal_cancel ON alerts FOR UPDATE TO maillage_api
  USING (case_id = (SELECT portal_case()) AND kind = 'consent.ending'
    AND EXISTS (SELECT 1 FROM consents c WHERE c.id = alerts.object_id));
CREATE POLICY portal_read ON alerts FOR SELECT TO maillage_api
  USING (case_id = (SELECT portal_case()) AND kind = 'consent.ending'
    AND EXISTS (SELECT 1 FROM consents c WHERE c.id = alerts.object_id));
CREATE POLICY portal_own ON idempotency_keys TO maillage_api
  USING (actor_id = (SELECT portal_member())) WITH CHECK (actor_id = (SELECT portal_member()));
CREATE POLICY portal_insert ON outbox_events FOR INSERT TO maillage_api
  WITH CHECK (actor_id = (SELECT portal_member()));
CREATE POLICY portal_insert ON audit_entries FOR INSERT TO maillage_api WITH CHECK (
  actor_id = (SELECT portal_member()) AND (case_id = (SELECT portal_case()) OR case_id IS NULL)
  OR actor_id = app_uuid('app.visitor') AND case_id IS NULL);

-- What they say to their plan; `api_about` asks that it is about a row that they see.
CREATE POLICY portal_answer ON plan_answers FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member())
  AND recorded_by IS NULL AND evidence = 'portal');

-- How often they printed; in the journal an attempt is of no case.
CREATE POLICY portal_own ON attempts TO maillage_api
  USING (actor_id = (SELECT portal_member())) WITH CHECK (actor_id = (SELECT portal_member()));
-- Who tries codes at the door is known by where they come from only, and sees their own tries.
CREATE POLICY portal_door ON attempts TO maillage_api
  USING (actor_id = app_uuid('app.visitor')) WITH CHECK (actor_id = app_uuid('app.visitor'));

-- Codes, sessions and requests, as the reference worker handles them; no secret can be selected.
DO $$
DECLARE
  t text;
  lead text := 'EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = %1$I.case_id'
    ' AND g.principal_id = app_professional() AND g.basis = ''reference'''
    ' AND g.valid_from <= app_now() AND app_now() < g.valid_until)';
BEGIN
  FOREACH t IN ARRAY ARRAY['portal_codes', 'portal_sessions', 'household_requests'] LOOP
    EXECUTE format('CREATE POLICY api_read ON %I FOR SELECT TO maillage_api USING (%s)', t,
      format(lead, t));
    EXECUTE format('CREATE POLICY api_update ON %I FOR UPDATE TO maillage_api USING (%s)', t,
      format(lead, t));
  END LOOP;
  EXECUTE format('CREATE POLICY api_insert ON portal_codes FOR INSERT TO maillage_api
    WITH CHECK (issued_by = app_professional() AND used_at IS NULL AND %s)',
    format(lead, 'portal_codes'));
END $$;
GRANT SELECT (id, case_id, member_id, issued_by, issued_at, expires_at, used_at, revoked_at),
  INSERT, UPDATE (revoked_at) ON portal_codes TO maillage_api;
GRANT SELECT (id, code_id, case_id, member_id, created_at, last_seen_at, expires_at, ended_at),
  UPDATE (ended_at) ON portal_sessions TO maillage_api;
CREATE POLICY portal_leave ON portal_sessions FOR UPDATE TO maillage_api
  USING (member_id = (SELECT portal_member()));
GRANT SELECT, INSERT, UPDATE (state, answer, answered_at, answered_by, version)
  ON household_requests TO maillage_api;
CREATE POLICY portal_ask ON household_requests FOR INSERT TO maillage_api WITH CHECK (
  case_id = (SELECT portal_case()) AND member_id = (SELECT portal_member()) AND state = 'open');
