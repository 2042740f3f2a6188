-- Agendas, follow-ups and needs (docs/decisions/0044). Applied after
-- services/intervisions/row_security.sql.

-- Whether somebody is of a table: they sit there, and the seat is still possible (0043). Told of
-- oneself, and to whoever works on that session.
CREATE OR REPLACE FUNCTION is_of_table(the_table uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (
  SELECT 1 FROM seats s WHERE s.table_id = the_table AND s.professional_id = who
    AND (who = app_professional() OR facilitates(s.session_id) OR sits_at(the_table)))
  AND is_possible_seat(the_table, who) $$;

-- Whether the reader attends the session in which it was made, or a later one of the series.
CREATE OR REPLACE FUNCTION reaches_follow_up(the_series uuid, the_session uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (
  SELECT 1 FROM intervision_sessions made
  JOIN intervision_sessions i ON i.series_id = made.series_id AND i.number >= made.number
  WHERE made.id = the_session AND i.series_id = the_series AND attends(i.id)) $$;

-- What opens the agenda of a session: what earlier sessions left open, and what was closed since
-- the one before it. A function, since whoever comes for the first time sees no earlier session.
CREATE OR REPLACE FUNCTION agenda_follow_ups(the_session uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT f.id FROM intervision_sessions i
JOIN intervision_sessions made ON made.series_id = i.series_id AND made.number < i.number
JOIN follow_ups f ON f.session_id = made.id
WHERE i.id = the_session AND attends(i.id) AND (f.closed_at IS NULL OR f.closed_at > (
  SELECT max(b.starts_at) FROM intervision_sessions b
  WHERE b.series_id = i.series_id AND b.number < i.number AND b.state <> 'cancelled'))
$$;

-- The next session of a series after this instant, for whoever has anything to do with it.
CREATE OR REPLACE FUNCTION next_session_at(the_series uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT min(i.starts_at) FROM intervision_sessions i
WHERE i.series_id = the_series AND i.state = 'planned' AND i.starts_at > app_now()
  AND belongs_to_series(the_series)
$$;

-- A task of a case is done: noted where nobody but its reference worker can read it.
CREATE OR REPLACE FUNCTION note_follow_up_done(the_task uuid, the_day date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
UPDATE follow_up_sources SET done_on = the_day WHERE task_id = the_task AND done_on IS NULL
$$;

-- Those whose task was done before this day are closed, together; returns which.
CREATE OR REPLACE FUNCTION settle_follow_ups(before date) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
UPDATE follow_ups f
SET state = 'done', closed_at = app_now(), snoozed_until = NULL, version = f.version + 1
FROM follow_up_sources s
WHERE s.follow_up_id = f.id AND s.done_on < before AND f.state = 'open'
RETURNING f.id
$$;

-- In how many sessions of a period each need was found. What is less than five is nobody's to know:
-- the figure leaves the database as null.
CREATE OR REPLACE FUNCTION need_counts(since date, until date)
RETURNS TABLE (tag text, sessions bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT n.tag, CASE WHEN count(DISTINCT i.id) >= 5 THEN count(DISTINCT i.id) END
FROM session_needs n JOIN intervision_sessions i ON i.id = n.session_id AND i.state = 'held'
WHERE (app_has_role('facilitator') OR app_has_role('coordinator'))
  AND (i.starts_at AT TIME ZONE 'Europe/Brussels')::date BETWEEN since AND until
GROUP BY n.tag
$$;

-- A case that is erased takes the words with it that were said about it; what was open is over, since
-- nobody could read any more what there is to do.
CREATE OR REPLACE FUNCTION forget_follow_up_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  theirs uuid[] := ARRAY (SELECT f.id FROM follow_ups f WHERE f.proposal_id = OLD.proposal_id);
BEGIN
  DELETE FROM follow_up_words WHERE follow_up_id = ANY (theirs);
  PERFORM forget_session_answers(theirs);
  UPDATE alerts a SET state = 'cancelled' FROM follow_ups f
  WHERE f.id = ANY (theirs) AND a.object_id = f.session_id AND a.state IN ('planned', 'sending')
    AND a.kind = 'intervisions.follow_up_due' AND starts_with(a.rung, f.id || ' ');
  UPDATE follow_ups SET state = 'dropped', closed_at = coalesce(app_now(), clock_timestamp()),
    snoozed_until = NULL, version = version + 1
  WHERE id = ANY (theirs) AND state = 'open';
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER forget_follow_up_words AFTER DELETE ON proposal_sources
  FOR EACH ROW EXECUTE FUNCTION forget_follow_up_words();

REVOKE EXECUTE ON FUNCTION is_of_table(uuid, uuid), reaches_follow_up(uuid, uuid),
  agenda_follow_ups(uuid), next_session_at(uuid),
  note_follow_up_done(uuid, date), settle_follow_ups(date), need_counts(date, date),
  forget_follow_up_words() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_of_table(uuid, uuid), reaches_follow_up(uuid, uuid),
  agenda_follow_ups(uuid), next_session_at(uuid),
  need_counts(date, date) TO maillage_api;
GRANT EXECUTE ON FUNCTION note_follow_up_done(uuid, date), settle_follow_ups(date)
  TO maillage_worker;

-- The draft is the facilitators'; what was published is for whoever attends, and stays.
GRANT SELECT, INSERT, UPDATE (latest, version) ON agendas TO maillage_api;
GRANT SELECT, INSERT, UPDATE (position, title, minutes, owner_id), DELETE ON agenda_items
  TO maillage_api;
GRANT SELECT, INSERT ON agenda_versions TO maillage_api;
CREATE POLICY api_change ON agendas TO maillage_api
  USING (facilitates(session_id)) WITH CHECK (facilitates(session_id));
CREATE POLICY api_change ON agenda_items TO maillage_api
  USING (facilitates(session_id)) WITH CHECK (facilitates(session_id));
CREATE POLICY api_read ON agenda_versions FOR SELECT TO maillage_api USING (attends(session_id));
CREATE POLICY api_insert ON agenda_versions FOR INSERT TO maillage_api
  WITH CHECK (facilitates(session_id) AND published_by = app_professional());

-- That there is a follow-up is known to whoever attends from then on; its words, to fewer.
GRANT SELECT, INSERT, UPDATE (version, state, closed_at, snoozed_until, carried) ON follow_ups
  TO maillage_api;
CREATE POLICY api_read ON follow_ups FOR SELECT TO maillage_api USING (
  owner_id = app_professional() OR reaches_follow_up(series_id, session_id)
  OR answers_for_proposal(proposal_id));
CREATE POLICY api_insert ON follow_ups FOR INSERT TO maillage_api WITH CHECK (
  created_by = app_professional() AND state = 'open' AND carried = 0
  AND attends_as(session_id, owner_id)
  AND EXISTS (SELECT 1 FROM intervision_sessions i
              WHERE i.id = session_id AND i.series_id = follow_ups.series_id)
  AND (facilitates(session_id) OR is_of_table(table_id, app_professional()))
  AND (table_id IS NULL OR EXISTS (SELECT 1 FROM session_tables t WHERE t.id = table_id
       AND t.session_id = follow_ups.session_id
       AND t.proposal_id IS NOT DISTINCT FROM follow_ups.proposal_id)));
CREATE POLICY api_update ON follow_ups FOR UPDATE TO maillage_api
  USING (owner_id = app_professional() OR facilitates_series(series_id));
GRANT SELECT, INSERT, UPDATE (outcome) ON follow_up_words TO maillage_api;
CREATE POLICY api_read ON follow_up_words FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM follow_ups f WHERE f.id = follow_up_id
          AND (f.proposal_id IS NULL OR app_professional() IN (f.owner_id, f.created_by)
            OR is_of_table(f.table_id, app_professional()) OR answers_for_proposal(f.proposal_id))));
CREATE POLICY api_insert ON follow_up_words FOR INSERT TO maillage_api WITH CHECK (
  EXISTS (SELECT 1 FROM follow_ups f WHERE f.id = follow_up_id
          AND f.created_by = app_professional()));
CREATE POLICY api_update ON follow_up_words FOR UPDATE TO maillage_api USING (
  EXISTS (SELECT 1 FROM follow_ups f WHERE f.id = follow_up_id
          AND (f.owner_id = app_professional() OR facilitates_series(f.series_id))));
GRANT SELECT, INSERT ON follow_up_carryings TO maillage_api;
CREATE POLICY api_read ON follow_up_carryings FOR SELECT TO maillage_api USING (
  attends(session_id));
CREATE POLICY api_insert ON follow_up_carryings FOR INSERT TO maillage_api WITH CHECK (
  facilitates(session_id)
  AND EXISTS (SELECT 1 FROM follow_ups f JOIN intervision_sessions i ON i.id = session_id
              WHERE f.id = follow_up_id AND f.series_id = i.series_id));

-- Sealed: the reference worker's alone.
GRANT SELECT, INSERT ON follow_up_sources TO maillage_api;
CREATE POLICY api_read ON follow_up_sources FOR SELECT TO maillage_api USING (
  EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = follow_up_sources.case_id
          AND g.principal_id = app_professional() AND g.basis = 'reference'
          AND g.valid_from <= app_now() AND app_now() < g.valid_until));
CREATE POLICY api_insert ON follow_up_sources FOR INSERT TO maillage_api WITH CHECK (
  done_on IS NULL
  AND EXISTS (SELECT 1 FROM access_grants g WHERE g.case_id = follow_up_sources.case_id
              AND g.principal_id = app_professional() AND g.basis = 'reference'
              AND g.valid_from <= app_now() AND app_now() < g.valid_until)
  AND EXISTS (SELECT 1 FROM follow_ups f JOIN proposal_sources s ON s.proposal_id = f.proposal_id
              WHERE f.id = follow_up_id AND s.case_id = follow_up_sources.case_id)
  AND EXISTS (SELECT 1 FROM tasks t
              WHERE t.id = task_id AND t.case_id = follow_up_sources.case_id));

CREATE POLICY api_not_closed ON follow_up_sources AS RESTRICTIVE FOR INSERT TO maillage_api
  WITH CHECK (NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = case_id AND c.state = 'closed'));

GRANT SELECT, INSERT, DELETE ON session_needs TO maillage_api;
CREATE POLICY api_change ON session_needs TO maillage_api
  USING (facilitates(session_id) OR is_of_table(table_id, app_professional()))
  WITH CHECK ((facilitates(session_id) OR is_of_table(table_id, app_professional()))
    AND (table_id IS NULL OR EXISTS (SELECT 1 FROM session_tables t
         WHERE t.id = table_id AND t.session_id = session_needs.session_id)));

-- The workers: whose it is and when it is due, and not what it says.
GRANT SELECT (id, version, series_id, session_id, owner_id, due_on, snoozed_until, state, carried)
  ON follow_ups TO maillage_worker;
CREATE POLICY worker ON follow_ups FOR SELECT TO maillage_worker USING (true);
