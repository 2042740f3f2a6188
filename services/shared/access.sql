-- Who reads, at which instant, and what is open to them: what every statement that reads a case and every
-- policy asks. The grants are written by the access rule (services/consent/access.sql).
-- Re-applied by `maillage migrate`.

-- Who reads and when: set for one transaction by infra.database. Unset means nobody and never.
CREATE OR REPLACE FUNCTION app_professional() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.professional', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.now', true), '')::timestamptz $$;

-- Today, as the law counts days.
CREATE OR REPLACE FUNCTION legal_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (app_now() AT TIME ZONE 'Europe/Brussels')::date $$;

-- What the reader of this transaction may see, one row per case. Every reading statement joins it,
-- so that access is decided in the statement that reads, never before.
CREATE OR REPLACE VIEW may_see WITH (security_invoker = true) AS
SELECT g.case_id, bit_or(g.category_mask) AS mask,
       bool_or(g.basis = 'reference') AS leads, bool_or(g.basis <> 'liaison') AS in_team,
       bool_or(g.basis = 'liaison') AS as_liaison,
       -- Break-glass reads and never writes: what follows counts only other grounds.
       bool_or(g.basis NOT IN ('liaison', 'break_glass')) AS takes_part,
       -- What they may write in: what a liaison may read is not theirs as a member of the team.
       coalesce(bit_or(g.category_mask) FILTER (
         WHERE g.basis NOT IN ('liaison', 'break_glass')), 0) AS write_mask,
       -- The ground that the read log names.
       CASE WHEN bool_or(g.basis = 'reference') THEN 'reference'
            WHEN bool_or(g.basis = 'break_glass') THEN 'break_glass'
            WHEN bool_or(g.basis = 'participation') THEN 'participation'
            WHEN bool_or(g.basis = 'substitute') THEN 'substitute'
            ELSE 'liaison' END AS basis
FROM access_grants g
WHERE g.principal_id = app_professional()
  AND g.valid_from <= app_now() AND app_now() < g.valid_until
GROUP BY g.case_id;

-- What policies ask: the reader's own grants on a case that are in force, and of these
--   held    all of them, a liaison's too;
--   team    those of whoever takes part, a liaison's not;
--   work    those by which one writes: who reads in an emergency (break-glass) writes nothing;
--   led     the reference worker's.
-- With a category, by its name or as a row has it, only those that open it. Plain and set-returning,
-- so that they become part of the statement: (SELECT true FROM team(x.case_id) LIMIT 1) is one probe of
-- an index, where EXISTS would let the planner hash a subplan (docs/decisions/0021).
CREATE OR REPLACE FUNCTION held(the_case uuid) RETURNS SETOF access_grants LANGUAGE sql STABLE
AS $$ SELECT g.* FROM access_grants g
  WHERE g.case_id = the_case AND g.principal_id = app_professional()
    AND g.valid_from <= app_now() AND app_now() < g.valid_until $$;
CREATE OR REPLACE FUNCTION team(the_case uuid) RETURNS SETOF access_grants LANGUAGE sql STABLE
AS $$ SELECT g.* FROM held(the_case) g WHERE g.basis <> 'liaison' $$;
CREATE OR REPLACE FUNCTION work(the_case uuid) RETURNS SETOF access_grants LANGUAGE sql STABLE
AS $$ SELECT g.* FROM held(the_case) g WHERE g.basis NOT IN ('liaison', 'break_glass') $$;
CREATE OR REPLACE FUNCTION led(the_case uuid) RETURNS SETOF access_grants LANGUAGE sql STABLE
AS $$ SELECT g.* FROM held(the_case) g WHERE g.basis = 'reference' $$;
CREATE OR REPLACE FUNCTION held(the_case uuid, category int) RETURNS SETOF access_grants
LANGUAGE sql STABLE
AS $$ SELECT g.* FROM held(the_case) g WHERE g.category_mask & category <> 0 $$;
CREATE OR REPLACE FUNCTION held(the_case uuid, category text) RETURNS SETOF access_grants
LANGUAGE sql STABLE
AS $$ SELECT g.* FROM held(the_case) g WHERE opens(g.category_mask, category) $$;
CREATE OR REPLACE FUNCTION team(the_case uuid, category int) RETURNS SETOF access_grants
LANGUAGE sql STABLE
AS $$ SELECT g.* FROM team(the_case) g WHERE g.category_mask & category <> 0 $$;
CREATE OR REPLACE FUNCTION team(the_case uuid, category text) RETURNS SETOF access_grants
LANGUAGE sql STABLE
AS $$ SELECT g.* FROM team(the_case) g WHERE opens(g.category_mask, category) $$;
CREATE OR REPLACE FUNCTION work(the_case uuid, category int) RETURNS SETOF access_grants
LANGUAGE sql STABLE
AS $$ SELECT g.* FROM work(the_case) g WHERE g.category_mask & category <> 0 $$;
CREATE OR REPLACE FUNCTION work(the_case uuid, category text) RETURNS SETOF access_grants
LANGUAGE sql STABLE
AS $$ SELECT g.* FROM work(the_case) g WHERE opens(g.category_mask, category) $$;
