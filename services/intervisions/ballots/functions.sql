-- What a ballot needs to know that its readers may not: which proposals are visible, for the workers,
-- who see no word of them; and that nobody, by whatever road, changes the rules once it is open.
-- Re-applied by `maillage migrate` whenever this file changes.

-- The proposals of its session that can be voted on now, with what decides a tie: the place of their
-- first priority public in the ballot's order, and how long they wait. For the workers, and for
-- whoever attends the session. No tag, no word.
CREATE OR REPLACE FUNCTION votable_proposals(the_ballot uuid)
RETURNS TABLE (proposal_id uuid, priority integer, waiting_weeks integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT p.id,
  (SELECT min(o.place)::integer - 1
   FROM jsonb_array_elements_text(b.priority_order) WITH ORDINALITY AS o(tag, place)
   WHERE p.tags ? o.tag),
  p.waiting_weeks
FROM ballots b JOIN proposals p ON p.session_id = b.session_id
WHERE b.id = the_ballot AND p.state = 'visible'
  AND (session_user = 'maillage_worker' OR attends(b.session_id))
ORDER BY p.id
$$;
REVOKE EXECUTE ON FUNCTION votable_proposals(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION votable_proposals(uuid) TO maillage_api, maillage_worker;

CREATE OR REPLACE FUNCTION keep_ballot_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'planned' AND (NEW.session_id, NEW.points, NEW.self_vote, NEW.priority_order,
      NEW.places, NEW.opens_at, NEW.closes_at, NEW.electors, NEW.quorum, NEW.seed_digest)
    IS DISTINCT FROM (OLD.session_id, OLD.points, OLD.self_vote, OLD.priority_order,
      OLD.places, OLD.opens_at, OLD.closes_at, OLD.electors, OLD.quorum, OLD.seed_digest)
  THEN
    RAISE EXCEPTION 'the rules of an opened ballot' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('planned', 'open'),
      ('planned', 'void'), ('open', 'closed'), ('open', 'void'))
    OR OLD.state = 'closed' AND (NEW.result, NEW.seed, NEW.turnout, NEW.papers_digest)
      IS DISTINCT FROM (OLD.result, OLD.seed, OLD.turnout, OLD.papers_digest)
  THEN
    RAISE EXCEPTION 'the course of a ballot' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS ballot_is_frozen ON ballots;
CREATE TRIGGER ballot_is_frozen BEFORE UPDATE ON ballots
  FOR EACH ROW EXECUTE FUNCTION keep_ballot_frozen();
