-- Who is calling? Asked before row-level security knows anybody, hence SECURITY DEFINER.
-- Each returns at most one row, of the one identity or token that the caller already holds.
-- They run as maillage_owner, to whom the policies of the tables named here must show their rows.

CREATE OR REPLACE FUNCTION find_actor(issuer text, subject text)
RETURNS TABLE (
    professional_id uuid,
    organisation_id uuid,
    language text,
    roles text[],
    cantons text[]
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT p.id, p.organisation_id, p.language,
           ARRAY(SELECT r.role FROM professional_roles r
                 WHERE r.professional_id = p.id ORDER BY r.role),
           ARRAY(SELECT c.canton FROM professional_cantons c
                 WHERE c.professional_id = p.id ORDER BY c.canton)
    FROM identities i JOIN professionals p ON p.id = i.professional_id
    WHERE i.issuer = $1 AND i.subject = $2 AND p.active
$$;

-- Live: not revoked, not past its absolute end, and used within the idle limit, which stands a
-- second time in services/network/sessions.py (IDLE). Use is noted at most once a minute, so that
-- reading does not write.
CREATE OR REPLACE FUNCTION find_session_actor(token_hash bytea, at timestamptz)
RETURNS TABLE (
    professional_id uuid,
    organisation_id uuid,
    language text,
    roles text[],
    cantons text[],
    session_id uuid,
    csrf_token text
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH live AS (
        SELECT s.id AS session_id, s.csrf_token, p.id AS professional_id,
               p.organisation_id, p.language
        FROM login_sessions s JOIN professionals p ON p.id = s.professional_id
        WHERE s.token_hash = $1
          AND s.revoked_at IS NULL
          AND s.expires_at > $2
          AND s.last_seen_at > $2 - interval '30 minutes'
          AND p.active
    ), noted AS (
        UPDATE login_sessions s SET last_seen_at = $2
        FROM live
        WHERE s.id = live.session_id AND s.last_seen_at < $2 - interval '1 minute'
    )
    SELECT live.professional_id, live.organisation_id, live.language,
           ARRAY(SELECT r.role FROM professional_roles r
                 WHERE r.professional_id = live.professional_id ORDER BY r.role),
           ARRAY(SELECT c.canton FROM professional_cantons c
                 WHERE c.professional_id = live.professional_id ORDER BY c.canton),
           live.session_id, live.csrf_token
    FROM live
$$;

ALTER FUNCTION find_actor(text, text) OWNER TO maillage_owner;
ALTER FUNCTION find_session_actor(bytea, timestamptz) OWNER TO maillage_owner;
REVOKE ALL ON FUNCTION find_actor(text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION find_session_actor(bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_actor(text, text) TO maillage_api;
GRANT EXECUTE ON FUNCTION find_session_actor(bytea, timestamptz) TO maillage_api;

-- What the reader is in the network, asked by policies and functions.
CREATE OR REPLACE FUNCTION app_has_role(wanted text) RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT EXISTS (SELECT 1 FROM professional_roles r
                     WHERE r.professional_id = app_professional() AND r.role = wanted) $$;

-- Whether the reader works in this canton: what a liaison sees ends there, procedure by procedure.
CREATE OR REPLACE FUNCTION works_in(the_canton text) RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT EXISTS (SELECT 1 FROM professional_cantons k
                     WHERE k.professional_id = app_professional() AND k.canton = the_canton) $$;

-- Policies on professional_roles must not read professional_roles: an administrator's rights are
-- checked by the definer function below.
CREATE OR REPLACE FUNCTION app_is_administrator() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT app_has_role('administrator') $$;
REVOKE EXECUTE ON FUNCTION app_is_administrator() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_is_administrator() TO maillage_api;
