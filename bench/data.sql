-- :cases shared case files, put in place by the superuser without triggers; every professional
-- leads 20 and takes part in 40, whatever the number of cases. access_grants holds exactly what
-- access_rule() yields (bench.data checks a sample).
CREATE OR REPLACE FUNCTION pg_temp.key(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT md5(kind || number)::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.code(number bigint) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT 'BX-' || string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ',
        1 + ((number >> (5 * p)) & 31)::int, 1), '')
      FROM generate_series(0, 3) p $$;
CREATE TEMP TABLE plan AS
  SELECT n, :staff::bigint AS staff, n % :staff AS leader, (n + 1) % :staff AS first,
         (n + 2) % :staff AS second, timestamptz '2026-01-05 08:00Z' + n % 400 * interval '1 min' AS at
  FROM generate_series(0, :cases - 1) n;
INSERT INTO organisations (id, version, name, sector, kind)
  SELECT pg_temp.key('o', n), 1, 'Organisation ' || n, 'social', 'specialist'
  FROM generate_series(0, 24) n;
INSERT INTO professionals (id, version, organisation_id, name, email, language)
  SELECT pg_temp.key('p', n), 1, pg_temp.key('o', n % 25), 'Professional ' || n,
         'p' || n || '@example.org', (ARRAY['fr', 'nl', 'en'])[1 + n % 3]
  FROM generate_series(0, :staff - 1) n;
INSERT INTO professional_roles SELECT id, 'worker' FROM professionals;
INSERT INTO identities SELECT :issuer, name, id FROM professionals;
INSERT INTO protocols (id, number, title, body, published_at, published_by)
  VALUES (pg_temp.key('r', 1), 1, 'P', 'P', '2025-01-01Z', pg_temp.key('p', 0));
INSERT INTO protocol_signatures SELECT pg_temp.key('r', 1), id, '2025-02-01Z', id FROM organisations;
INSERT INTO cases (id, version, code, state, opened_at, opened_by)
  SELECT pg_temp.key('c', n), 1, pg_temp.code(n), 'open', at, pg_temp.key('p', leader) FROM plan;
INSERT INTO reference_assignments (id, case_id, professional_id, period)
  SELECT pg_temp.key('a', n), pg_temp.key('c', n), pg_temp.key('p', leader), tstzrange(at, NULL)
  FROM plan;
INSERT INTO households (id, version, case_id, language, commune)
  SELECT pg_temp.key('h', n), 1, pg_temp.key('c', n), 'fr', 'Schaerbeek' FROM plan;
INSERT INTO members (id, version, case_id, household_id, role, pseudonym, family_name, joined_on)
  SELECT pg_temp.key('m' || k, n), 1, pg_temp.key('c', n), pg_temp.key('h', n),
         CASE k WHEN 3 THEN 'child' ELSE 'adult' END, 'M' || k, 'Family ' || n, '2020-01-01'
  FROM plan, generate_series(1, 3) k;
INSERT INTO tenancies (id, version, case_id, address, postal_code, lease_kind, rent_eur)
  SELECT pg_temp.key('t', n), 1, pg_temp.key('c', n), 'Street ' || n, '1030', 'social', 512.50
  FROM plan;
INSERT INTO participations (id, version, case_id, professional_id, role, reason, state, invited_by,
                            invited_at, accepted_at)
  SELECT pg_temp.key('i' || k, n), 1, pg_temp.key('c', n),
         pg_temp.key('p', CASE k WHEN 1 THEN first ELSE second END), 'generalist', 'Follow-up',
         'accepted', pg_temp.key('p', leader), at, at + interval '1 hour'
  FROM plan, generate_series(1, 2) k;
INSERT INTO consents (id, version, case_id, purpose, evidence, witness, language, collected_by, given_at,
                      valid_from, valid_until)
  SELECT pg_temp.key('k' || k, n), 1, pg_temp.key('c', n), 'Support', 'oral', 'Witness', 'fr',
         pg_temp.key('p', leader), at, at, '2126-01-01Z'
  FROM plan, generate_series(1, 3) k;
-- One names a person, one an organisation, one a role that nobody here has.
INSERT INTO provisions (id, consent_id, case_id, effect, recipient_kind, recipient_id,
                        recipient_role, category_mask)
  SELECT pg_temp.key('v' || k, n), pg_temp.key('k' || k, n), pg_temp.key('c', n), 'permit',
         (ARRAY['person', 'organisation', 'role'])[k],
         CASE k WHEN 1 THEN pg_temp.key('p', first)
                WHEN 2 THEN pg_temp.key('o', second % 25) END,
         CASE k WHEN 3 THEN 'lawyer' END, (ARRAY[7, 31, 63])[k]
  FROM plan, generate_series(1, 3) k;
INSERT INTO access_grants (case_id, principal_id, basis, category_mask, valid_from, valid_until)
  SELECT pg_temp.key('c', n), pg_temp.key('p', leader), 'reference', 1023, at,
         'infinity'::timestamptz FROM plan
  UNION ALL SELECT pg_temp.key('c', n), pg_temp.key('p', first), 'participation', 7,
         at + interval '1 hour', '2126-01-01Z' FROM plan
  UNION ALL SELECT pg_temp.key('c', n), pg_temp.key('p', second), 'participation', 31,
         at + interval '1 hour', '2126-01-01Z' FROM plan;
INSERT INTO notes (id, case_id, category, author_id, organisation_id, written_at, latest)
  SELECT pg_temp.key('n' || k, n), pg_temp.key('c', n), (ARRAY[1, 2, 4, 8, 16])[k],
         pg_temp.key('p', leader), pg_temp.key('o', leader % 25), at + k * interval '1 day', 1
  FROM plan, generate_series(1, 5) k;
INSERT INTO note_revisions (note_id, number, case_id, category, author_id, body, written_at)
  SELECT id, 1, case_id, category, author_id, repeat('What was said and agreed. ', 12), written_at
  FROM notes;
DROP TABLE plan;
