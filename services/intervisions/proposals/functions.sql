-- What a case does to its proposals, whoever the peers are. Triggers, because the reader of a
-- proposal and the workers see nothing of its case, and nothing that a case says may be missed.
-- Re-applied by `maillage migrate` whenever this file changes.

CREATE OR REPLACE FUNCTION household_agrees(the_proposal uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (
  SELECT 1 FROM proposal_sources s JOIN intervision_agreements a ON a.case_id = s.case_id
  WHERE s.proposal_id = the_proposal AND a.withdrawn_at IS NULL AND a.answer = 'agreed') $$;
REVOKE EXECUTE ON FUNCTION household_agrees(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION household_agrees(uuid) TO maillage_api;

-- The household says no, or takes its yes back: nobody sees what was proposed, until a session was
-- held in which it was spoken of.
CREATE OR REPLACE FUNCTION withdraw_proposals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN
  IF NEW.answer = 'refused' OR NEW.withdrawn_at IS NOT NULL THEN
    UPDATE proposals p SET state = 'withdrawn', version = p.version + 1
    FROM proposal_sources s, intervision_sessions i
    WHERE s.case_id = NEW.case_id AND p.id = s.proposal_id AND i.id = p.session_id
      AND i.state <> 'held' AND p.state IN ('draft', 'in_reading', 'visible', 'returned');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER withdraw_proposals AFTER INSERT OR UPDATE ON intervision_agreements
  FOR EACH ROW EXECUTE FUNCTION withdraw_proposals();

-- A text that passed the screen passed it with the names of that day. With other ones it goes back
-- to its proposer, who submits it again: the screen runs anew.
CREATE OR REPLACE FUNCTION screen_proposals_again() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN
  -- Without a remark nobody sent it back: its reader sees it no more either.
  UPDATE proposals p SET state = 'returned', remark = NULL, version = p.version + 1
  FROM proposal_sources s, intervision_sessions i
  WHERE s.case_id = NEW.case_id AND p.id = s.proposal_id AND i.id = p.session_id
    AND i.state = 'planned' AND p.state IN ('in_reading', 'visible');
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER screen_proposals_again_added AFTER INSERT ON members
  FOR EACH ROW EXECUTE FUNCTION screen_proposals_again();
CREATE OR REPLACE TRIGGER screen_proposals_again AFTER UPDATE ON members
  FOR EACH ROW WHEN ((OLD.family_name, OLD.given_name, OLD.pseudonym)
    IS DISTINCT FROM (NEW.family_name, NEW.given_name, NEW.pseudonym))
  EXECUTE FUNCTION screen_proposals_again();
CREATE OR REPLACE TRIGGER screen_proposals_again_added AFTER INSERT ON tenancies
  FOR EACH ROW EXECUTE FUNCTION screen_proposals_again();
CREATE OR REPLACE TRIGGER screen_proposals_again AFTER UPDATE ON tenancies
  FOR EACH ROW WHEN ((OLD.address, OLD.postal_code, OLD.landlord)
    IS DISTINCT FROM (NEW.address, NEW.postal_code, NEW.landlord))
  EXECUTE FUNCTION screen_proposals_again();
CREATE OR REPLACE TRIGGER screen_proposals_again AFTER UPDATE ON sealed_contacts
  FOR EACH ROW WHEN ((OLD.address, OLD.phone) IS DISTINCT FROM (NEW.address, NEW.phone)
    AND OLD.recorded_at IS DISTINCT FROM NEW.recorded_at)
  EXECUTE FUNCTION screen_proposals_again();
CREATE OR REPLACE TRIGGER screen_proposals_again AFTER UPDATE ON households
  FOR EACH ROW WHEN (OLD.commune IS DISTINCT FROM NEW.commune)
  EXECUTE FUNCTION screen_proposals_again();

-- With its case a situation goes: of what was discussed the row stays, without a word.
CREATE OR REPLACE FUNCTION empty_proposal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN
  PERFORM empty_proposals(ARRAY[OLD.proposal_id]), forget_session_answers(ARRAY[OLD.proposal_id]);
  UPDATE proposals p SET state = 'withdrawn' WHERE p.id = OLD.proposal_id;
  RETURN OLD;
END $$;
CREATE OR REPLACE TRIGGER empty_proposal BEFORE DELETE ON proposal_sources
  FOR EACH ROW EXECUTE FUNCTION empty_proposal();

-- Once people vote, what they vote on stays as it is; only a withdrawal takes something away.
CREATE OR REPLACE FUNCTION proposals_frozen(the_session uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT 1 FROM ballots b
                     WHERE b.session_id = the_session AND b.state IN ('open', 'closed')) $$;
GRANT EXECUTE ON FUNCTION proposals_frozen(uuid) TO maillage_api;
REVOKE EXECUTE ON FUNCTION withdraw_proposals(), screen_proposals_again(), empty_proposal(),
  proposals_frozen(uuid) FROM PUBLIC;
