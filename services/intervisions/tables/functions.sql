-- Who can sit at which table (docs/decisions/0043). Only these functions join a session's tables to
-- the cases behind them; they answer with pairs and truth values, never with a reason.
-- Re-applied by `maillage migrate` whenever this file changes.

-- The organisations that have somebody in a file: who takes part or is asked to, and the reference
-- worker. Whoever stands in for the latter is of the same organisation (services/consent/access.sql).
CREATE OR REPLACE FUNCTION houses_in_file(the_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE
AS $$ SELECT m.organisation_id FROM participations p JOIN professionals m ON m.id = p.professional_id
  WHERE p.case_id = the_case AND p.state IN ('invited', 'accepted')
    AND (p.ends_at IS NULL OR app_now() < p.ends_at)
  UNION
  SELECT m.organisation_id
  FROM reference_assignments r JOIN professionals m ON m.id = r.professional_id
  WHERE r.case_id = the_case AND upper_inf(r.period) $$;

-- The pairs of a session that are not possible, for everybody who comes or for one of them. Whoever
-- brings a proposal, or was invited in to it, sits there if anywhere: other tables are not possible
-- for them either, and nobody can tell the one from the other.
CREATE OR REPLACE FUNCTION impossible_seats(the_session uuid, who uuid)
RETURNS TABLE (table_id uuid, professional_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH people AS MATERIALIZED (
  SELECT v.professional_id, x.organisation_id
  FROM session_invitations v JOIN professionals x ON x.id = v.professional_id
  WHERE v.session_id = the_session AND (who IS NULL OR v.professional_id = who)
), rooms AS MATERIALIZED (
  SELECT t.id, t.proposal_id, p.proposer_id, s.case_id
  FROM session_tables t LEFT JOIN proposals p ON p.id = t.proposal_id
  LEFT JOIN proposal_sources s ON s.proposal_id = t.proposal_id
  WHERE t.session_id = the_session
), asked AS (
  SELECT r.id AS table_id, r.proposer_id AS professional_id, 1 AS rank
  FROM rooms r WHERE r.proposer_id IS NOT NULL
  UNION ALL
  SELECT r.id, i.professional_id, 2 FROM rooms r JOIN invited_in i ON i.proposal_id = r.proposal_id
), known AS (
  -- Of an organisation in the file, or reading it by themselves (a liaison, an opened glass).
  SELECT r.id AS table_id, q.professional_id
  FROM rooms r CROSS JOIN LATERAL houses_in_file(r.case_id) AS h (house)
  JOIN people q ON q.organisation_id = h.house
  UNION
  SELECT r.id, g.principal_id FROM rooms r JOIN access_grants g ON g.case_id = r.case_id
    AND g.valid_from <= app_now() AND app_now() < g.valid_until
), barred AS MATERIALIZED (
  SELECT r.id AS table_id, d.professional_id FROM rooms r
  JOIN declared_conflicts d ON d.proposal_id = r.proposal_id
  UNION
  SELECT r.id, q.professional_id FROM rooms r
  JOIN exclusions e ON e.case_id = r.case_id AND e.lifted_at IS NULL
  JOIN people q ON q.professional_id = e.professional_id OR q.organisation_id = e.organisation_id
  WHERE is_refused(r.case_id, q.professional_id)
  UNION
  (SELECT k.table_id, k.professional_id FROM known k
   EXCEPT SELECT a.table_id, a.professional_id FROM asked a)
), pinned AS (
  SELECT a.professional_id, a.table_id,
         a.rank = min(a.rank) OVER (PARTITION BY a.professional_id) AS first
  FROM asked a
  WHERE (a.table_id, a.professional_id) NOT IN (
    SELECT b.table_id, b.professional_id FROM barred b)
)
SELECT b.table_id, b.professional_id FROM barred b
UNION
SELECT r.id, q.professional_id FROM rooms r CROSS JOIN people q
WHERE q.professional_id IN (SELECT p.professional_id FROM pinned p)
  AND (r.id, q.professional_id) NOT IN (
    SELECT p.table_id, p.professional_id FROM pinned p WHERE p.first)
$$;

-- Whoever said yes and was not missing, or was there.
CREATE OR REPLACE FUNCTION comes_to(the_session uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM session_invitations v
  WHERE v.session_id = the_session AND v.professional_id = who
    AND (v.attended OR v.attended IS NULL AND v.state = 'accepted')) $$;

CREATE OR REPLACE FUNCTION is_possible_seat(the_table uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM session_tables t
  WHERE t.id = the_table AND comes_to(t.session_id, who)
    AND NOT EXISTS (SELECT 1 FROM impossible_seats(t.session_id, who) n
                    WHERE n.table_id = the_table AND n.professional_id = who)) $$;

-- For whoever facilitates, and nobody else.
CREATE OR REPLACE FUNCTION seat_bars(the_session uuid)
RETURNS TABLE (table_id uuid, professional_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT n.table_id, n.professional_id FROM impossible_seats(the_session, NULL) n
WHERE facilitates(the_session) $$;

CREATE OR REPLACE FUNCTION can_be_seated(the_table uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM session_tables t WHERE t.id = the_table AND facilitates(t.session_id))
  AND is_possible_seat(the_table, who) $$;

-- Whether the reader sits there, now: a seat that became impossible is none.
CREATE OR REPLACE FUNCTION sits_at(the_table uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM seats s
    WHERE s.table_id = the_table AND s.professional_id = app_professional())
  AND is_possible_seat(the_table, app_professional()) $$;

-- Of those at the reader's own table: who still sits there.
CREATE OR REPLACE FUNCTION sits_with_me(the_table uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT sits_at(the_table) AND is_possible_seat(the_table, who)
  AND EXISTS (SELECT 1 FROM seats s WHERE s.table_id = the_table AND s.professional_id = who) $$;

-- Who works on the minutes of a table: sits there, and signed.
CREATE OR REPLACE FUNCTION works_at(the_table uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM undertakings u JOIN session_tables t ON t.session_id = u.session_id
    WHERE t.id = the_table AND u.professional_id = app_professional())
  AND sits_at(the_table) $$;

-- Whether the reader answers for the case behind a proposal, through the sealed link.
CREATE OR REPLACE FUNCTION answers_for_proposal(the_proposal uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM proposal_sources s JOIN access_grants g ON g.case_id = s.case_id
  WHERE s.proposal_id = the_proposal AND g.principal_id = app_professional()
    AND g.basis = 'reference' AND g.valid_from <= app_now() AND app_now() < g.valid_until) $$;

-- What was said at tables over a case goes with it (docs/decisions/0019): the last thread to the case
-- is cut by an erasure alone.
CREATE OR REPLACE FUNCTION forget_discussed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  texts uuid[] := ARRAY (SELECT m.id FROM minutes m WHERE m.proposal_id = OLD.proposal_id);
  tables uuid[] := ARRAY (SELECT t.id FROM session_tables t WHERE t.proposal_id = OLD.proposal_id);
BEGIN
  PERFORM delete_minutes(texts), forget_session_answers(texts || tables);
  -- Who sat there stays; why somebody was moved to or from there may be about the family.
  UPDATE seats SET note = '' WHERE table_id = ANY (tables) AND note <> '';
  DELETE FROM invited_in WHERE proposal_id = OLD.proposal_id;
  DELETE FROM declared_conflicts WHERE proposal_id = OLD.proposal_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER forget_discussed AFTER DELETE ON proposal_sources
  FOR EACH ROW EXECUTE FUNCTION forget_discussed();

REVOKE EXECUTE ON FUNCTION forget_discussed(), houses_in_file(uuid), impossible_seats(uuid, uuid),
  comes_to(uuid, uuid), is_possible_seat(uuid, uuid), seat_bars(uuid), can_be_seated(uuid, uuid),
  sits_at(uuid), sits_with_me(uuid, uuid), works_at(uuid), answers_for_proposal(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houses_in_file(uuid), seat_bars(uuid), can_be_seated(uuid, uuid),
  sits_at(uuid), sits_with_me(uuid, uuid), works_at(uuid), answers_for_proposal(uuid)
  TO maillage_api;
