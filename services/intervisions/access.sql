-- Who attends a session and who facilitates it. Asked by the policies of every table of a session,
-- hence as the owner: a policy on invitations could not ask the invitations.
-- Re-applied by `maillage migrate` whenever this file changes.

CREATE OR REPLACE FUNCTION facilitates_series(the_series uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (
  SELECT 1 FROM intervision_series s
  WHERE s.id = the_series AND app_professional() IN (s.facilitator_id, s.co_facilitator_id)) $$;

CREATE OR REPLACE FUNCTION facilitates(the_session uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (
  SELECT 1 FROM intervision_sessions i JOIN intervision_series s ON s.id = i.series_id
  WHERE i.id = the_session AND app_professional() IN (s.facilitator_id, s.co_facilitator_id)) $$;

-- Whether somebody has a place in a session: invited and not asked to stay away, or its facilitator.
CREATE OR REPLACE FUNCTION attends_as(the_session uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (
    SELECT 1 FROM session_invitations v
    WHERE v.session_id = the_session AND v.professional_id = who AND v.state <> 'withdrawn')
  OR EXISTS (
    SELECT 1 FROM intervision_sessions i JOIN intervision_series s ON s.id = i.series_id
    WHERE i.id = the_session AND who IN (s.facilitator_id, s.co_facilitator_id)) $$;

CREATE OR REPLACE FUNCTION attends(the_session uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT attends_as(the_session, app_professional()) $$;

-- A session of a housing table is open: any professional of the network sees that it is there.
CREATE OR REPLACE FUNCTION is_open_session(the_session uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT app_professional() IS NOT NULL AND EXISTS (
  SELECT 1 FROM intervision_sessions i JOIN intervision_series s ON s.id = i.series_id
  WHERE i.id = the_session AND s.kind = 'housing_table') $$;

-- Whether the reader has any session in a series, or is one of its members.
CREATE OR REPLACE FUNCTION belongs_to_series(the_series uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT facilitates_series(the_series)
  OR EXISTS (SELECT 1 FROM series_members m
             WHERE m.series_id = the_series AND m.professional_id = app_professional())
  OR EXISTS (SELECT 1 FROM intervision_sessions i
             JOIN session_invitations v ON v.session_id = i.id AND v.state <> 'withdrawn'
             WHERE i.series_id = the_series AND v.professional_id = app_professional()) $$;

-- Whether fewer have said that they come than the session needs.
CREATE OR REPLACE FUNCTION lacks_quorum(the_session uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (
  SELECT 1 FROM intervision_sessions i JOIN intervision_series s ON s.id = i.series_id
  WHERE i.id = the_session AND i.state = 'planned' AND s.quorum > (
    SELECT count(*) FROM session_invitations v
    WHERE v.session_id = i.id AND v.state = 'accepted')) $$;

-- Whether somebody who says yes has a place: of all, and of those of their sector.
CREATE OR REPLACE FUNCTION has_place(the_session uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH coming AS (
  SELECT o.sector FROM session_invitations v
  JOIN professionals x ON x.id = v.professional_id
  JOIN organisations o ON o.id = x.organisation_id
  WHERE v.session_id = the_session AND v.state = 'accepted' AND v.professional_id <> who
)
SELECT (SELECT count(*) FROM coming) < s.capacity
   AND (s.max_per_sector IS NULL OR s.max_per_sector > (
     SELECT count(*) FROM coming c WHERE c.sector = (
       SELECT o.sector FROM professionals x JOIN organisations o ON o.id = x.organisation_id
       WHERE x.id = who)))
FROM intervision_sessions i JOIN intervision_series s ON s.id = i.series_id
WHERE i.id = the_session
$$;

REVOKE EXECUTE ON FUNCTION facilitates_series(uuid), facilitates(uuid), attends_as(uuid, uuid),
  attends(uuid), is_open_session(uuid), belongs_to_series(uuid), lacks_quorum(uuid),
  has_place(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION facilitates_series(uuid), facilitates(uuid), attends(uuid),
  is_open_session(uuid), belongs_to_series(uuid) TO maillage_api;
GRANT EXECUTE ON FUNCTION attends_as(uuid, uuid), lacks_quorum(uuid), has_place(uuid, uuid)
  TO maillage_api, maillage_worker;
