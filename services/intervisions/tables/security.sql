-- Seats, promises and minutes (docs/decisions/0043): applied after
-- services/intervisions/row_security.sql. A table's minutes are read by who sits there and signed,
-- and by whoever answers for the case; a final text is changed by nobody.

GRANT SELECT, INSERT, UPDATE (state, version) ON seat_plans TO maillage_api;
CREATE POLICY api_read ON seat_plans FOR SELECT TO maillage_api USING (attends(session_id));
CREATE POLICY api_change ON seat_plans TO maillage_api
  USING (facilitates(session_id)) WITH CHECK (facilitates(session_id));

-- Their note is the facilitators'; the columns of a table's own list say no more than who.
GRANT SELECT, INSERT, UPDATE (table_id, placed, note), DELETE ON seats TO maillage_api;
CREATE POLICY api_read ON seats FOR SELECT TO maillage_api USING (
  facilitates(session_id) OR sits_with_me(table_id, professional_id));
CREATE POLICY api_change ON seats TO maillage_api
  USING (facilitates(session_id))
  WITH CHECK (facilitates(session_id) AND EXISTS (
    SELECT 1 FROM session_tables t WHERE t.id = table_id AND t.session_id = seats.session_id));

-- One's own, whatever else one is.
GRANT SELECT, INSERT, DELETE ON declared_conflicts TO maillage_api;
CREATE POLICY api_own ON declared_conflicts TO maillage_api
  USING (professional_id = app_professional())
  WITH CHECK (professional_id = app_professional() AND attends(session_id) AND EXISTS (
    SELECT 1 FROM proposals p
    WHERE p.id = proposal_id AND p.session_id = declared_conflicts.session_id));

-- Known to those who know which case it is.
GRANT SELECT, INSERT, DELETE ON invited_in TO maillage_api;
CREATE POLICY api_source ON invited_in TO maillage_api
  USING (EXISTS (SELECT 1 FROM proposal_sources s WHERE s.proposal_id = invited_in.proposal_id))
  WITH CHECK (invited_by = app_professional() AND EXISTS (
    SELECT 1 FROM proposal_sources s WHERE s.proposal_id = invited_in.proposal_id));

GRANT SELECT, INSERT ON undertakings TO maillage_api;
CREATE POLICY api_read ON undertakings FOR SELECT TO maillage_api USING (
  professional_id = app_professional() OR facilitates(session_id));
CREATE POLICY api_insert ON undertakings FOR INSERT TO maillage_api WITH CHECK (
  professional_id = app_professional() AND attends(session_id));

GRANT SELECT, INSERT, UPDATE (note_taker_id, state, latest, version) ON minutes TO maillage_api;
CREATE POLICY api_read ON minutes FOR SELECT TO maillage_api USING (
  works_at(table_id) OR answers_for_proposal(proposal_id));
CREATE POLICY api_insert ON minutes FOR INSERT TO maillage_api WITH CHECK (
  note_taker_id = app_professional() AND state = 'draft' AND works_at(table_id) AND EXISTS (
    SELECT 1 FROM session_tables t WHERE t.id = table_id AND t.session_id = minutes.session_id
      AND t.proposal_id IS NOT DISTINCT FROM minutes.proposal_id));
CREATE POLICY api_update ON minutes FOR UPDATE TO maillage_api
  USING (state = 'draft' AND works_at(table_id))
  WITH CHECK (works_at(table_id) AND (state = 'draft' OR note_taker_id = app_professional()));

DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM (VALUES ('minutes_revisions', 'draft'), ('minutes_addenda', 'final'))
      AS x (tbl, state) LOOP
    EXECUTE format('GRANT SELECT, INSERT ON %I TO maillage_api', r.tbl);
    EXECUTE format('CREATE POLICY api_read ON %1$I FOR SELECT TO maillage_api USING (
      EXISTS (SELECT 1 FROM minutes m WHERE m.id = %1$I.minutes_id))', r.tbl);
    EXECUTE format('CREATE POLICY api_insert ON %1$I FOR INSERT TO maillage_api WITH CHECK (
      author_id = app_professional() AND EXISTS (SELECT 1 FROM minutes m
        WHERE m.id = %1$I.minutes_id AND m.state = %2$L AND works_at(m.table_id)))',
      r.tbl, r.state);
  END LOOP;
END $$;
