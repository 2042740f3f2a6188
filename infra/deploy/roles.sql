-- The three roles of Maillage and their rights. Run it as a superuser (or the provider's admin
-- role) inside the database, as often as you like:
--     createdb maillage && psql -v ON_ERROR_STOP=1 -d maillage -f roles.sql
-- On a server reached by password, then give each role one: ALTER ROLE maillage_api PASSWORD '...'.
--
-- maillage_owner  owns the database and its tables; only migrations log in as it.
-- maillage_api    the API; maillage_worker the workers and sweepers. Neither owns anything, and
--                 neither can get round row-level security.

DO $roles$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['maillage_owner', 'maillage_api', 'maillage_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN', role_name);
        -- Only where needed: a provider's admin role may not be allowed to state SUPERUSER at all.
        IF EXISTS (
            SELECT FROM pg_roles
            WHERE rolname = role_name
              AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)
        ) THEN
            EXECUTE format(
                'ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION',
                role_name
            );
        END IF;
    END LOOP;

    -- A request that hangs must give its locks back; migrations by the owner may take their time.
    FOREACH role_name IN ARRAY ARRAY['maillage_api', 'maillage_worker'] LOOP
        EXECUTE format('ALTER ROLE %I SET statement_timeout = ''5s''', role_name);
        EXECUTE format('ALTER ROLE %I SET lock_timeout = ''3s''', role_name);
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''10s''', role_name);
    END LOOP;

    EXECUTE format('ALTER DATABASE %I OWNER TO maillage_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO maillage_owner, maillage_api, maillage_worker',
        current_database()
    );
END
$roles$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO maillage_api, maillage_worker;
GRANT USAGE, CREATE ON SCHEMA public TO maillage_owner;

-- Exclusion constraints that combine "equal" with "overlaps" (validity periods) need it.
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
