-- The dates of a case that the law, a court or an agreement gives, written once: every screen, feed,
-- package and ladder reads them here (docs/decisions/0063).
-- Re-applied by `maillage migrate` whenever this file changes.

-- The cautious reading: a person's own date, else the earlier of two defensible ones.
CREATE OR REPLACE FUNCTION cautious_day(its deadlines) RETURNS date LANGUAGE sql IMMUTABLE
AS $$ SELECT coalesce(its.overridden_date, least(its.falls_on, its.earlier_reading)) $$;

-- With the rights of whoever asks, and set-returning, so that it becomes part of the statement.
--   about       what it is the date of: its id is the object's
--   category    what must be open to whoever reads it
--   computes    what the day is for, as the catalogues call it
--   day         of two readings the earlier; a person's own date stands before both
--   protective  somebody must act, pay, leave or be there; otherwise it is only a day to know
--   binding     the law, a court or an agreement gives it, and not the team itself
--   late        what had to be done by it is not, and the day is over
--   to_come     "next" is the first of these: binding, asks something of them, and not over
--
-- `from_today` (passed.py): days to show instead of first lawful days that are over, by their ids.
DROP FUNCTION IF EXISTS eviction_dates(uuid);
CREATE OR REPLACE FUNCTION eviction_dates(the_case uuid, from_today jsonb DEFAULT NULL)
RETURNS TABLE (about text, id uuid, case_id uuid, procedure_id uuid, category int, computes text,
  day date, starts_at timestamptz, room text, protective boolean, binding boolean, late boolean,
  to_come boolean, certainty text, overridden boolean, version int, person_id uuid, rule_id text,
  article text)
LANGUAGE sql STABLE AS $$
SELECT d.about, d.id, d.case_id, d.procedure_id, d.category, d.computes, d.day, d.starts_at, d.room,
  d.protective, true,
  d.protective AND d.about NOT IN ('hearing', 'eviction') AND (d.missed OR d.day < legal_today()),
  d.protective AND NOT d.missed AND d.day >= legal_today(),
  d.certainty, d.overridden, d.version, NULL::uuid, d.rule_id, d.article
FROM (
  SELECT 'deadline' AS about, l.id, l.case_id, l.procedure_id,
    category_bit('procedure') AS category, l.computes,
    coalesce((from_today ->> l.id::text)::date, cautious_day(l)) AS day,
    NULL::timestamptz AS starts_at, NULL::text AS room, l.protective, false AS missed, l.certainty,
    l.overridden_date IS NOT NULL AS overridden, l.version, l.rule_id, l.article
  FROM deadlines l
  WHERE l.case_id = the_case AND l.ended_as IS NULL
  UNION ALL
  SELECT 'hearing', h.id, h.case_id, h.procedure_id, category_bit('procedure'), 'hearing',
    (h.starts_at AT TIME ZONE 'Europe/Brussels')::date, h.starts_at, h.room, true, false, 'found',
    false, h.version, NULL, NULL
  FROM hearings h
  WHERE h.case_id = the_case AND h.state = 'set'
  UNION ALL
  -- What the bailiff announced, until it is over.
  SELECT 'eviction', a.id, a.case_id, a.procedure_id, category_bit('procedure'), 'eviction',
    a.acted_on, NULL, NULL, true, false, 'found', false, 1, NULL, NULL
  FROM acts a
  WHERE a.case_id = the_case AND a.kind = 'eviction' AND a.replaced_by IS NULL
    AND a.lapsed_at IS NULL AND a.called_off_by IS NULL AND a.acted_on >= legal_today()
  UNION ALL
  SELECT 'term', t.id, t.case_id, a.procedure_id, t.category, t.kind, t.due_on, NULL, NULL, true,
    t.state = 'missed', 'found', false, t.version, NULL, NULL
  FROM terms t LEFT JOIN acts a ON a.id = t.act_id
  WHERE t.case_id = the_case AND t.state IN ('running', 'missed', 'resumed')
    AND t.due_on IS NOT NULL AND a.lapsed_at IS NULL
  UNION ALL
  SELECT 'instalment', i.id, i.case_id, a.procedure_id, i.category, 'instalment', i.due_on, NULL,
    NULL, true, i.state = 'missed', 'found', false, t.version, NULL, NULL
  FROM instalments i JOIN terms t ON t.id = i.term_id LEFT JOIN acts a ON a.id = t.act_id
  WHERE i.case_id = the_case AND i.state IN ('due', 'missed')
    AND t.state IN ('running', 'missed', 'resumed') AND a.lapsed_at IS NULL
) d $$;
