-- What sessions keep, and how long (docs/decisions/0045). Asked by services/retention/retention.sql,
-- which runs as the owner: nobody else may call these.
-- Re-applied by `maillage migrate` whenever this file changes.

-- A session forgets its words as one, then who was kept from which table and who sat there: as long as
-- somebody could read a word of a table, its bars stand. What was left to do keeps its words until it
-- is closed.
CREATE OR REPLACE VIEW old_session_rows WITH (security_invoker = true) AS
SELECT 'intervisions' AS class, 'session_words' AS what, i.id AS key, i.ends_at AS since
FROM intervision_sessions i
WHERE EXISTS (SELECT 1 FROM minutes m WHERE m.session_id = i.id)
   OR EXISTS (SELECT 1 FROM proposals p WHERE p.session_id = i.id
              AND (p.vignette <> '' OR p.question <> '' OR p.tags <> '[]'
                   OR p.remark IS NOT NULL OR p.region IS NOT NULL
                   OR EXISTS (SELECT 1 FROM proposal_attachments a WHERE a.proposal_id = p.id)))
   OR EXISTS (SELECT 1 FROM seats s WHERE s.session_id = i.id AND s.note <> '')
UNION ALL
SELECT 'intervisions', 'session_seats', i.id, i.ends_at
FROM intervision_sessions i
WHERE NOT EXISTS (SELECT 1 FROM minutes m WHERE m.session_id = i.id)
  AND NOT EXISTS (SELECT 1 FROM follow_ups f JOIN follow_up_words w ON w.follow_up_id = f.id
                  WHERE f.session_id = i.id)
  AND (EXISTS (SELECT 1 FROM seats s WHERE s.session_id = i.id)
    OR EXISTS (SELECT 1 FROM declared_conflicts d WHERE d.session_id = i.id)
    OR EXISTS (SELECT 1 FROM invited_in v JOIN proposals p ON p.id = v.proposal_id
               WHERE p.session_id = i.id))
UNION ALL
SELECT 'intervisions', 'follow_up_words', f.id, greatest(i.ends_at, f.closed_at)
FROM follow_up_words w JOIN follow_ups f ON f.id = w.follow_up_id
JOIN intervision_sessions i ON i.id = f.session_id
WHERE f.state <> 'open'
UNION ALL
SELECT 'voters', 'ballot_electors', b.id, b.closes_at FROM ballots b
WHERE b.state IN ('closed', 'void')
  AND EXISTS (SELECT 1 FROM ballot_electors e WHERE e.ballot_id = b.id);

-- The words of proposals: the row stays, for the ballot that counted it.
CREATE OR REPLACE FUNCTION empty_proposals(keys uuid[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  DELETE FROM proposal_attachments a WHERE a.proposal_id = ANY (keys);
  UPDATE proposals p SET vignette = '', question = '', tags = '[]', remark = NULL, region = NULL,
    state = CASE p.state WHEN 'visible' THEN p.state ELSE 'withdrawn' END,
    version = p.version + 1
  WHERE p.id = ANY (keys);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

CREATE OR REPLACE FUNCTION delete_minutes(keys uuid[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  DELETE FROM minutes_addenda WHERE minutes_id = ANY (keys);
  DELETE FROM minutes_revisions WHERE minutes_id = ANY (keys);
  DELETE FROM minutes WHERE id = ANY (keys);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- Answers kept for a repeated request show words, and name no case of which they are.
CREATE OR REPLACE FUNCTION forget_session_answers(keys uuid[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
DELETE FROM idempotency_keys k USING unnest(keys) AS about (key)
WHERE k.case_id IS NULL AND position(convert_to(about.key::text, 'UTF8') IN k.body) > 0
$$;

-- What `old_session_rows` named, by its session, follow-up or ballot; how many rows changed.
CREATE OR REPLACE FUNCTION forget_session_rows(kind text, keys uuid[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  gone bigint := 0;
  n bigint;
BEGIN
  CASE kind
    WHEN 'session_words' THEN
      gone := delete_minutes(ARRAY (SELECT m.id FROM minutes m WHERE m.session_id = ANY (keys)))
        + empty_proposals(ARRAY (SELECT p.id FROM proposals p WHERE p.session_id = ANY (keys)));
      UPDATE seats SET note = '' WHERE session_id = ANY (keys) AND note <> '';
    WHEN 'session_seats' THEN
      DELETE FROM declared_conflicts WHERE session_id = ANY (keys);
      GET DIAGNOSTICS n = ROW_COUNT;
      gone := gone + n;
      DELETE FROM invited_in v USING proposals p
      WHERE p.id = v.proposal_id AND p.session_id = ANY (keys);
      GET DIAGNOSTICS n = ROW_COUNT;
      gone := gone + n;
      DELETE FROM seats WHERE session_id = ANY (keys);
    WHEN 'follow_up_words' THEN DELETE FROM follow_up_words WHERE follow_up_id = ANY (keys);
    WHEN 'ballot_electors' THEN
      DELETE FROM ballot_voters WHERE ballot_id = ANY (keys);
      DELETE FROM ballot_electors WHERE ballot_id = ANY (keys);
  END CASE;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN gone + n;
END $$;

REVOKE EXECUTE ON FUNCTION empty_proposals(uuid[]), delete_minutes(uuid[]),
  forget_session_answers(uuid[]), forget_session_rows(text, uuid[]) FROM PUBLIC;
