-- Who may know of an alert, once for all: asked before anything is sent, by the list in the
-- application, by whoever follows a message's link, and by the policies of the table. What an alert
-- of each kind asks for is said in notifications/catalogue.py and read here as alert_needs(kind).
-- Re-applied by `maillage migrate` whenever this file or the catalogue changes.

-- Whether a hearing is in none of the cantons in which somebody works: a liaison sees none of those.
CREATE OR REPLACE FUNCTION is_heard_elsewhere(the_hearing uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE
AS $$ SELECT EXISTS (
  SELECT FROM hearings h JOIN procedures d ON d.id = h.procedure_id
  WHERE h.id = the_hearing AND NOT EXISTS (
    SELECT FROM professional_cantons k
    WHERE k.professional_id = who AND k.canton = d.canton)) $$;

-- Whether somebody leads the team of whoever is, or last was, the reference worker; nobody their own.
CREATE OR REPLACE FUNCTION leads_team_of(the_case uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE
AS $$ SELECT EXISTS (
  SELECT FROM professional_roles r
  JOIN professionals l ON l.id = r.professional_id
  JOIN professionals w ON w.organisation_id = l.organisation_id AND w.id <> l.id
  WHERE r.professional_id = who AND r.role = 'team_lead' AND w.id = (
    SELECT h.professional_id FROM reference_assignments h WHERE h.case_id = the_case
    ORDER BY lower(h.period) DESC LIMIT 1)) $$;

-- Whether a case is open to somebody as an alert about it needs: with the procedure, if it is about
-- that. Breaking a glass shows the case for an hour and makes nobody one of those who are told.
CREATE OR REPLACE FUNCTION opens_case(alert alerts, needs text, who uuid, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT EXISTS (
  SELECT FROM access_grants g
  WHERE g.case_id = alert.case_id AND g.principal_id = who AND g.basis <> 'break_glass'
    AND g.valid_from <= at AND at < g.valid_until
    AND (needs <> 'procedure' OR g.category_mask & 4 = 4
         AND (g.basis <> 'liaison' OR NOT is_heard_elsewhere(alert.object_id, who)))) $$;

-- Whether what the alert is about is somebody's own, though the case is not open to them.
CREATE OR REPLACE FUNCTION concerns(alert alerts, needs text, who uuid, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT CASE needs
  WHEN 'nothing' THEN true
  -- One that sums up several cases names none of them.
  WHEN 'case' THEN alert.case_id IS NULL
  WHEN 'procedure' THEN alert.case_id IS NULL
  WHEN 'session' THEN attends_as(alert.object_id, who)
  WHEN 'invitation' THEN EXISTS (
    SELECT FROM participations p WHERE p.id = alert.object_id AND p.professional_id = who
      AND p.state = 'invited' AND (p.ends_at IS NULL OR at < p.ends_at))
  WHEN 'handover' THEN EXISTS (
    SELECT FROM handovers h WHERE h.id = alert.object_id
      AND (h.from_id = who OR h.to_id = who AND h.state = 'proposed'))
  WHEN 'closing' THEN EXISTS (
    SELECT FROM closings k
    WHERE k.id = alert.object_id AND k.reviewer_id = who AND k.state = 'proposed')
  -- Whose access ended with the closing is told that it did.
  WHEN 'place' THEN EXISTS (
    SELECT FROM participations p
    WHERE p.case_id = alert.case_id AND p.professional_id = who AND p.state = 'accepted')
  -- Whoever has it in their calendar may hear that it is no longer theirs.
  WHEN 'calendar' THEN EXISTS (
    SELECT FROM alerts i JOIN deliveries d ON d.alert_id = i.id AND d.professional_id = who
    WHERE i.case_id = alert.case_id AND i.kind = 'evictions.hearing_invited')
  WHEN 'glass' THEN EXISTS (
    SELECT FROM break_glass_openings b
    WHERE b.id = alert.object_id AND b.professional_id = who AND b.reviewed_at IS NULL)
  ELSE false END $$;

-- The rule. Whom the household refuses hears nothing of its case; its reference worker never is.
CREATE OR REPLACE FUNCTION may_know(alert alerts, who uuid, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT CASE alert.recipient_role
    -- They have no case: told its code and nothing else. Nobody reviews the glass they broke.
    WHEN 'coordinator' THEN EXISTS (
        SELECT FROM professional_roles r WHERE r.professional_id = who AND r.role = 'coordinator')
      AND NOT EXISTS (SELECT FROM break_glass_openings b
        WHERE b.id = alert.object_id AND b.professional_id = who)
    WHEN 'team_lead' THEN leads_team_of(alert.case_id, who)
    ELSE opens_case(alert, alert_needs(alert.kind), who, at)
      OR concerns(alert, alert_needs(alert.kind), who, at) END
  AND (alert.case_id IS NULL OR alert.recipient_role = 'reference_worker'
       OR NOT is_refused(alert.case_id, who))
  -- What others may know is the workers' to ask.
  AND (who = app_professional() OR session_user = 'maillage_worker') $$;

-- Whether what the alert asks for still waits for an answer: otherwise nothing of it is sent any more.
CREATE OR REPLACE FUNCTION still_asks(alert alerts) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT NOT alert_asks(alert.kind) OR CASE alert_needs(alert.kind)
  WHEN 'invitation' THEN EXISTS (
    SELECT FROM participations p WHERE p.id = alert.object_id AND p.state = 'invited')
  WHEN 'handover' THEN EXISTS (
    SELECT FROM handovers h WHERE h.id = alert.object_id AND h.state = 'proposed')
  WHEN 'closing' THEN EXISTS (
    SELECT FROM closings k WHERE k.id = alert.object_id AND k.state = 'proposed')
  WHEN 'erasure' THEN EXISTS (
    SELECT FROM erasures e WHERE e.id = alert.object_id AND e.state = 'requested')
  WHEN 'session' THEN lacks_quorum(alert.object_id)
  ELSE false END $$;

REVOKE EXECUTE ON FUNCTION may_know(alerts, uuid, timestamptz), still_asks(alerts) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION may_know(alerts, uuid, timestamptz) TO maillage_api, maillage_worker;
GRANT EXECUTE ON FUNCTION still_asks(alerts) TO maillage_worker;
