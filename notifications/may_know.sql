-- Who may know of an alert, once for all: asked before anything is sent, by the list in the
-- application, by whoever follows a message's link, and by the policies of the table. What an alert
-- of each kind asks for is said in notifications/catalogue.py and read here as alert_needs(kind).
-- Re-applied by `maillage migrate` whenever this file or the catalogue changes.

-- What follows is asked by people of themselves, who may not read what it rests on, and by the
-- workers of everybody.
CREATE OR REPLACE FUNCTION asks_for(who uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT who = app_professional() OR session_user = 'maillage_worker' $$;

-- Whether a hearing is in none of the cantons in which somebody works: a liaison sees none of those.
CREATE OR REPLACE FUNCTION is_heard_elsewhere(the_hearing uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT asks_for(who) AND EXISTS (
  SELECT FROM hearings h JOIN procedures d ON d.id = h.procedure_id
  WHERE h.id = the_hearing AND NOT EXISTS (
    SELECT FROM professional_cantons k
    WHERE k.professional_id = who AND k.canton = d.canton)) $$;

-- Whether somebody leads the team of whoever is, or last was, the reference worker; nobody their own.
CREATE OR REPLACE FUNCTION leads_team_of(the_case uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT asks_for(who) AND EXISTS (
  SELECT FROM professional_roles r
  JOIN professionals l ON l.id = r.professional_id
  JOIN professionals w ON w.organisation_id = l.organisation_id AND w.id <> l.id
  WHERE r.professional_id = who AND r.role = 'team_lead' AND w.id = (
    SELECT h.professional_id FROM reference_assignments h WHERE h.case_id = the_case
    ORDER BY lower(h.period) DESC LIMIT 1)) $$;

-- Whether a hearing of a case was put into somebody's calendar.
CREATE OR REPLACE FUNCTION was_invited_to_hearing(the_case uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT asks_for(who) AND EXISTS (
  SELECT FROM alerts i JOIN deliveries d ON d.alert_id = i.id AND d.professional_id = who
  WHERE i.case_id = the_case AND i.kind = 'evictions.hearing_invited') $$;

CREATE OR REPLACE FUNCTION shuts_out(the_case uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT asks_for(who) AND is_refused(the_case, who) $$;

-- The rule: one row if `who` may know of an alert at that instant, none otherwise. Set-returning, of
-- its columns and with the rights of whoever asks, so that it becomes part of the asking statement.
CREATE OR REPLACE FUNCTION may_know(kind text, told_as text, the_case uuid,
  the_object uuid, who uuid, at timestamptz) RETURNS SETOF boolean LANGUAGE sql STABLE ROWS 1 AS $$
SELECT true WHERE
  -- The case is open to them: with the procedure, if it is about that, and to a liaison only in her
  -- cantons. Breaking a glass shows a case for an hour and makes nobody one of those who are told.
  told_as NOT IN ('coordinator', 'team_lead') AND EXISTS (
    SELECT FROM access_grants g
    WHERE g.case_id = the_case AND g.principal_id = who AND g.basis <> 'break_glass'
      AND g.valid_from <= at AND at < g.valid_until
      AND (alert_needs(kind) <> 'procedure' OR opens(g.category_mask, 'procedure')
           AND (g.basis <> 'liaison' OR NOT is_heard_elsewhere(the_object, who))))
  -- Or it is not, and what the alert says is theirs to know.
  OR CASE
    -- They have no case: told its code and nothing else. Nobody reviews the glass they broke.
    WHEN told_as = 'coordinator' THEN EXISTS (
        SELECT FROM professional_roles r WHERE r.professional_id = who AND r.role = 'coordinator')
      AND NOT EXISTS (SELECT FROM break_glass_openings b
        WHERE b.id = the_object AND b.professional_id = who)
    WHEN told_as = 'team_lead' THEN leads_team_of(the_case, who)
    ELSE CASE alert_needs(kind)
      -- One that sums up several cases names none of them.
      WHEN 'case' THEN the_case IS NULL
      WHEN 'procedure' THEN the_case IS NULL
      WHEN 'nothing' THEN true
      WHEN 'session' THEN attends_as(the_object, who)
      WHEN 'invitation' THEN EXISTS (
        SELECT FROM participations p WHERE p.id = the_object AND p.professional_id = who
          AND p.state = 'invited' AND (p.ends_at IS NULL OR at < p.ends_at))
      WHEN 'handover' THEN EXISTS (
        SELECT FROM handovers h WHERE h.id = the_object
          AND (h.from_id = who OR h.to_id = who AND h.state = 'proposed'))
      WHEN 'closing' THEN EXISTS (
        SELECT FROM closings k
        WHERE k.id = the_object AND k.reviewer_id = who AND k.state = 'proposed')
      -- Whose access ended with the closing is told that it did.
      WHEN 'place' THEN EXISTS (
        SELECT FROM participations p
        WHERE p.case_id = the_case AND p.professional_id = who AND p.state = 'accepted')
      -- Whoever has it in their calendar may hear that it is no longer theirs.
      WHEN 'calendar' THEN was_invited_to_hearing(the_case, who)
      WHEN 'glass' THEN EXISTS (
        SELECT FROM break_glass_openings b
        WHERE b.id = the_object AND b.professional_id = who AND b.reviewed_at IS NULL)
      ELSE false END END
    -- Whom the household refuses hears nothing of its case; no grant is theirs either.
    AND (the_case IS NULL OR NOT shuts_out(the_case, who)) $$;

-- One row as long as what the alert says is so, or waits for the answer that it asks; otherwise nothing of
-- it is sent any more.
CREATE OR REPLACE FUNCTION still_stands(kind text, the_object uuid) RETURNS SETOF boolean
LANGUAGE sql STABLE ROWS 1 AS $$
SELECT true WHERE alert_while_it_is(kind) IS NULL OR CASE alert_needs(kind)
  WHEN 'invitation' THEN EXISTS (SELECT FROM participations p
    WHERE p.id = the_object AND p.state = alert_while_it_is(kind))
  WHEN 'handover' THEN EXISTS (SELECT FROM handovers h
    WHERE h.id = the_object AND h.state = alert_while_it_is(kind))
  WHEN 'closing' THEN EXISTS (SELECT FROM closings k
    WHERE k.id = the_object AND k.state = alert_while_it_is(kind))
  WHEN 'erasure' THEN EXISTS (SELECT FROM erasures e
    WHERE e.id = the_object AND e.state = alert_while_it_is(kind))
  WHEN 'session' THEN lacks_quorum(the_object)
  ELSE false END $$;

REVOKE EXECUTE ON FUNCTION is_heard_elsewhere(uuid, uuid), leads_team_of(uuid, uuid),
  was_invited_to_hearing(uuid, uuid), shuts_out(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_heard_elsewhere(uuid, uuid), leads_team_of(uuid, uuid),
  was_invited_to_hearing(uuid, uuid), shuts_out(uuid, uuid), attends_as(uuid, uuid)
  TO maillage_api, maillage_worker;
