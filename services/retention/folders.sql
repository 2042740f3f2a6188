-- Whether a folder is this database's own (docs/decisions/0049). Asked by every process before it
-- uses one, and before anybody acts: about names of files and ids, never about whose they are.

CREATE OR REPLACE FUNCTION files_without_row(names text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT n FROM unnest(names) n
WHERE NOT EXISTS (SELECT FROM document_versions v WHERE v.stored_name = n)
  AND NOT EXISTS (SELECT FROM defence_bundles b WHERE b.stored_name = n)
$$;

-- A key is a case's or a ballot's; its name is the id in hexadecimal.
CREATE OR REPLACE FUNCTION keys_without_row(names text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT n FROM unnest(names) n
WHERE NOT EXISTS (SELECT FROM cases c WHERE c.id = n::uuid)
  AND NOT EXISTS (SELECT FROM ballots b WHERE b.id = n::uuid)
$$;

CREATE OR REPLACE FUNCTION keeps_files() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT FROM document_versions) OR EXISTS (SELECT FROM defence_bundles)
$$;

-- Once for each kind: a second folder of a kind is refused by the primary key.
CREATE OR REPLACE FUNCTION take_folder(the_kind text, the_id uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
INSERT INTO shared_folders (kind, id) VALUES (the_kind, the_id)
$$;

REVOKE EXECUTE ON FUNCTION files_without_row(text[]), keys_without_row(text[]), keeps_files(),
  take_folder(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION files_without_row(text[]), keys_without_row(text[]), keeps_files(),
  take_folder(text, uuid) TO maillage_api, maillage_worker;
CREATE POLICY everybody ON shared_folders FOR SELECT TO maillage_api, maillage_worker USING (true);
GRANT SELECT ON shared_folders TO maillage_api, maillage_worker;
