-- Every date that matters to whoever asks: of the cases they may read, decided in this very statement,
-- and their own sessions. Re-applied by `maillage migrate` whenever this file changes.

-- The columns of eviction_dates(), and of the reader: whether they are in the team, answer for the
-- case, and may write in what the date is about. Who reads in an emergency (break-glass) writes
-- nothing; a liaison is shown the hearings of her cantons and is in no team.
DROP FUNCTION IF EXISTS my_dates();
CREATE OR REPLACE FUNCTION my_dates(from_today jsonb DEFAULT NULL)
RETURNS TABLE (about text, id uuid, case_id uuid, procedure_id uuid, category int, computes text,
  day date, starts_at timestamptz, room text, protective boolean, binding boolean, late boolean,
  to_come boolean, certainty text, overridden boolean, version int, person_id uuid, rule_id text,
  article text, code text, canton text, in_team boolean, leads boolean, writes boolean, number int)
LANGUAGE sql STABLE AS $$
SELECT d.about, d.id, d.case_id, d.procedure_id, d.category, d.computes, d.day, d.starts_at, d.room,
  d.protective, d.binding, d.late, d.to_come, d.certainty, d.overridden, d.version, d.person_id,
  d.rule_id, d.article, c.code, p.canton, s.in_team, s.leads,
  s.write_mask & d.category <> 0
    OR s.takes_part AND d.about = 'task' AND d.person_id = app_professional(),
  NULL::int
FROM may_see s
JOIN cases c ON c.id = s.case_id AND c.state <> 'closed'
CROSS JOIN LATERAL (
  SELECT * FROM eviction_dates(s.case_id, from_today)
  UNION ALL SELECT * FROM team_dates(s.case_id)) d
LEFT JOIN procedures p ON p.id = d.procedure_id
WHERE s.in_team AND (s.mask & d.category <> 0
    OR d.about = 'task' AND d.person_id = app_professional())
  OR s.as_liaison AND d.about = 'hearing' AND s.mask & d.category <> 0 AND works_in(p.canton)
UNION ALL
SELECT 'session', i.id, NULL, NULL, 0, 'session',
  (i.starts_at AT TIME ZONE 'Europe/Brussels')::date, i.starts_at, NULL, true, false, false, false,
  'found', false, i.sequence + 1, NULL, NULL, NULL, NULL, NULL, true, false, true, i.number
FROM intervision_sessions i
JOIN session_invitations v ON v.session_id = i.id AND v.professional_id = app_professional()
  AND v.state NOT IN ('withdrawn', 'declined')
WHERE i.state = 'planned' $$;
