-- What policies of a case ask. Re-applied by `maillage migrate` whenever this file changes.

-- One row if the case is closed, none otherwise: nothing is written into it any more. What the household
-- may always say (a withdrawal, an exclusion and the places that end with it) does not ask. Who joins or
-- takes over is judged at commit (closings/functions.sql): a policy there would ask the case, which asks them.
CREATE OR REPLACE FUNCTION closed_case(the_case uuid) RETURNS SETOF boolean LANGUAGE sql STABLE
AS $$ SELECT true FROM cases c WHERE c.id = the_case AND c.state = 'closed' $$;

-- Whoever is asked to take over knows the consents that let them into the case. A function, since
-- the policies of provisions ask for the consent: each would ask for the other without end.
CREATE OR REPLACE FUNCTION names_me(the_consent uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (
  SELECT 1 FROM provisions v JOIN professionals x ON x.id = app_professional()
  WHERE v.consent_id = the_consent
    AND (v.recipient_id IN (x.id, x.organisation_id)
      OR EXISTS (SELECT 1 FROM participations p WHERE p.case_id = v.case_id
                 AND p.professional_id = x.id AND p.state = 'accepted'
                 AND p.role = v.recipient_role)))
$$;
REVOKE EXECUTE ON FUNCTION names_me(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION names_me(uuid) TO maillage_api;

-- What somebody who leaves still holds: a number for an administrator, codes for a coordinator
-- and for themselves. Administrators have no case scope, so no policy could count for them.
CREATE OR REPLACE FUNCTION cases_held(the_professional uuid)
RETURNS TABLE (held bigint, codes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT count(*), CASE WHEN the_professional = app_professional() OR app_has_role('coordinator')
                      THEN coalesce(array_agg(c.code ORDER BY c.code), '{}') END
FROM reference_assignments r JOIN cases c ON c.id = r.case_id AND c.state <> 'closed'
WHERE r.professional_id = the_professional AND upper_inf(r.period)
  AND (the_professional = app_professional() OR app_has_role('coordinator')
       OR app_has_role('administrator'))
$$;
REVOKE EXECUTE ON FUNCTION cases_held(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_held(uuid) TO maillage_api;

-- Why somebody was asked to join, for the reference worker and for the one who was asked: it says
-- something about the household, the rest of that row does not.
CREATE OR REPLACE FUNCTION reason_to_join(the_place uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT p.reason FROM participations p
  WHERE p.id = the_place
    AND (p.professional_id = app_professional() OR EXISTS (SELECT FROM led(p.case_id))) $$;
REVOKE EXECUTE ON FUNCTION reason_to_join(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reason_to_join(uuid) TO maillage_api;
