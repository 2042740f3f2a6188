-- A column that says more than its row. Re-applied by `maillage migrate` whenever this file changes.

-- Where the household lives, for whoever of the team may read its tenancy: the rest of that row is for
-- the whole team, and nobody may select this column.
CREATE OR REPLACE FUNCTION commune_of(the_case uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT h.commune FROM households h
  WHERE h.case_id = the_case AND EXISTS (SELECT FROM team(the_case, 'tenancy')) $$;
REVOKE EXECUTE ON FUNCTION commune_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION commune_of(uuid) TO maillage_api;
