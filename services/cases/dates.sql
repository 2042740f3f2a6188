-- The dates of a case that its team gave itself, with the columns of eviction_dates()
-- (services/evictions/dates/dates.sql): tasks with a day, the end of a consent, a review.
-- Re-applied by `maillage migrate` whenever this file changes.

CREATE OR REPLACE FUNCTION team_dates(the_case uuid)
RETURNS TABLE (about text, id uuid, case_id uuid, procedure_id uuid, category int, computes text,
  day date, starts_at timestamptz, room text, protective boolean, binding boolean, late boolean,
  to_come boolean, certainty text, overridden boolean, version int, person_id uuid, rule_id text,
  article text)
LANGUAGE sql STABLE AS $$
SELECT d.about, d.id, d.case_id, NULL::uuid, d.category, d.about, d.day, NULL::timestamptz,
  NULL::text, true, false, d.day < legal_today(), false, 'found',
  false, d.version, d.person_id, NULL::text, NULL::text
FROM (
  SELECT 'task' AS about, t.id, t.case_id, t.category, t.due_on AS day, t.version,
    t.assignee_id AS person_id
  FROM tasks t
  WHERE t.case_id = the_case AND t.state = 'open' AND t.due_on IS NOT NULL
  UNION ALL
  -- Consents are the reference worker's to read, as their policy says.
  SELECT 'consent', c.id, c.case_id, category_bit('identity'),
    (c.valid_until AT TIME ZONE 'Europe/Brussels')::date, 1, NULL
  FROM consents c
  WHERE c.case_id = the_case AND c.withdrawn_at IS NULL AND c.renewed_at IS NULL
    AND c.valid_until > app_now()
  UNION ALL
  SELECT 'review', f.id, f.id, every_bit(), f.review_on, f.version, NULL
  FROM cases f
  WHERE f.id = the_case AND f.state = 'watch'
) d $$;
