-- Who of the household is reading, and what of the journals they are told (docs/decisions/0016).
-- Re-applied by `maillage migrate` whenever this file changes. These functions run as the owner:
-- each gives only what belongs to portal_member(), who is nobody unless a session is live.

CREATE OR REPLACE FUNCTION app_uuid(setting text) RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting(setting, true), '')::uuid $$;

-- Of a code and of the sessions it opened: an adult who lives there today, and whoever issued it is
-- the reference worker still, without a break. The limits stand a second time in
-- services/portal/sessions.py (IDLE).
CREATE OR REPLACE FUNCTION portal_code_holds(the_code uuid, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM portal_codes c JOIN members m ON m.id = c.member_id
  JOIN reference_assignments r ON r.case_id = c.case_id AND r.professional_id = c.issued_by
  WHERE c.id = the_code AND m.role = 'adult'
    AND (m.left_on IS NULL OR (at AT TIME ZONE 'Europe/Brussels')::date < m.left_on)
    AND r.period @> c.issued_at AND r.period @> at)
$$;

-- The adult of the household whose session this transaction carries, or for whom their present
-- reference worker prints; never while a professional reads as themselves.
CREATE OR REPLACE FUNCTION member_at_home() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT s.member_id FROM portal_sessions s
WHERE app_professional() IS NULL AND s.id = app_uuid('app.portal_session')
  AND s.ended_at IS NULL AND app_now() < s.expires_at
  AND app_now() - interval '15 minutes' < s.last_seen_at
  AND portal_code_holds(s.code_id, app_now())
UNION
SELECT m.id FROM members m JOIN reference_assignments r ON r.case_id = m.case_id
WHERE app_professional() IS NULL AND m.id = app_uuid('app.printed_for') AND m.role = 'adult'
  AND r.professional_id = app_uuid('app.printed_by') AND r.period @> app_now()
LIMIT 1
$$;

CREATE OR REPLACE FUNCTION case_at_home() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT case_id FROM members WHERE id = member_at_home() $$;

-- What policies ask. Plain expressions, so that they become part of the statement: a professional
-- who reads pays for one comparison and no call (docs/decisions/0021).
CREATE OR REPLACE FUNCTION portal_member() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT CASE WHEN app_professional() IS NULL THEN member_at_home() END $$;
CREATE OR REPLACE FUNCTION portal_case() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT CASE WHEN app_professional() IS NULL THEN case_at_home() END $$;

-- A code for a session: once, in one statement, and the same nothing for every wrong one.
CREATE OR REPLACE FUNCTION enter_portal(the_code bytea, session uuid, token bytea, csrf text,
  at timestamptz, ends timestamptz)
RETURNS TABLE (member_id uuid, case_id uuid, language text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH taken AS (
  UPDATE portal_codes c SET used_at = at
  WHERE c.code_hash = the_code AND c.used_at IS NULL AND c.revoked_at IS NULL
    AND at < c.expires_at AND portal_code_holds(c.id, at)
  RETURNING c.id, c.case_id, c.member_id
), opened AS (
  INSERT INTO portal_sessions (id, code_id, case_id, member_id, token_hash, csrf_token,
                               created_at, last_seen_at, expires_at)
  SELECT session, t.id, t.case_id, t.member_id, token, csrf, at, at, ends FROM taken t
)
SELECT t.member_id, t.case_id, h.language
FROM taken t JOIN households h ON h.case_id = t.case_id
$$;

-- Whose live session a token is; noted as use, at most once a minute.
CREATE OR REPLACE FUNCTION find_portal_session(token bytea, at timestamptz)
RETURNS TABLE (session_id uuid, member_id uuid, case_id uuid, language text, csrf_token text,
               expires_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH live AS (
  SELECT s.* FROM portal_sessions s
  WHERE s.token_hash = token AND s.ended_at IS NULL AND at < s.expires_at
    AND at - interval '15 minutes' < s.last_seen_at AND portal_code_holds(s.code_id, at)
), noted AS (
  UPDATE portal_sessions s SET last_seen_at = at FROM live
  WHERE s.id = live.id AND s.last_seen_at < at - interval '1 minute'
)
SELECT l.id, l.member_id, l.case_id, h.language, l.csrf_token, l.expires_at
FROM live l JOIN households h ON h.case_id = l.case_id
$$;

-- No other adult was ever in this file: nobody there can learn of somebody else's.
CREATE OR REPLACE FUNCTION portal_only_adult() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT NOT EXISTS (SELECT 1 FROM members m WHERE m.case_id = portal_case()
                   AND m.role = 'adult' AND m.id <> portal_member())
$$;

-- A consent is for the reader: their own, or nobody's compartment and nothing sensitive in it.
CREATE OR REPLACE FUNCTION portal_shows_consent(the_consent uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM consents c WHERE c.id = the_consent AND c.case_id = portal_case()
  AND (c.confidential_to = portal_member() OR c.confidential_to IS NULL
    AND (c.member_id = portal_member() OR NOT EXISTS (
      SELECT 1 FROM provisions v WHERE v.consent_id = c.id AND is_sensitive(v.category_mask)))))
$$;

-- Somebody whose help is confidential to another adult is not there, wherever they would show;
-- who is or was the reference worker is known to all.
CREATE OR REPLACE FUNCTION portal_hides(who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM participations p WHERE p.case_id = portal_case()
               AND p.professional_id = who AND p.confidential_to <> portal_member())
   AND NOT EXISTS (SELECT 1 FROM reference_assignments r WHERE r.case_id = portal_case()
                   AND r.professional_id = who)
$$;

-- What of a mask the reader may be told: what the consents that they see opened to that person.
-- Who reads everything by their office reads everything, which tells nothing.
CREATE OR REPLACE FUNCTION portal_mask(who uuid, ground text, mask int) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT CASE WHEN ground IN ('reference', 'substitute', 'break_glass') AND mask = every_bit() THEN mask
  ELSE mask & (CASE WHEN ground IN ('reference', 'substitute') THEN ordinary_bits() ELSE 0 END
    | coalesce((SELECT bit_or(v.category_mask)
        FROM consents c JOIN provisions v ON v.consent_id = c.id AND v.effect = 'permit'
        JOIN professionals x ON x.id = who
        WHERE c.case_id = portal_case() AND portal_shows_consent(c.id)
          AND (v.recipient_id IN (x.id, x.organisation_id)
            OR v.recipient_role = 'liaison' AND ground = 'liaison'
            OR EXISTS (SELECT 1 FROM participations p WHERE p.case_id = c.case_id
                       AND p.professional_id = x.id AND p.role = v.recipient_role))), 0)) END
$$;

-- Each time the glass was broken. In a household with another adult, one for violence shows only to
-- whom the reference worker gave it, and words written in an emergency likewise.
CREATE OR REPLACE FUNCTION portal_openings()
RETURNS TABLE (id uuid, professional_id uuid, name text, organisation text, danger text,
               reason text, opened_at timestamptz, closes_at timestamptz, verdict text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT b.id, x.id, x.name, o.name, b.danger,
       CASE WHEN b.confidential_to IS NOT NULL OR portal_only_adult() THEN b.reason END,
       b.opened_at, b.closes_at, b.verdict
FROM break_glass_openings b
JOIN professionals x ON x.id = b.professional_id JOIN organisations o ON o.id = x.organisation_id
WHERE b.case_id = portal_case() AND NOT portal_hides(x.id)
  AND (b.confidential_to = portal_member()
    OR b.confidential_to IS NULL AND (b.danger <> 'violence' OR portal_only_adult()))
$$;

-- Who read, the newest first. Left out: what is sealed, files of another's compartment, readers
-- who are hidden, and reads of nothing that the reader may be told.
CREATE OR REPLACE FUNCTION portal_reads(before bigint, at_most int)
RETURNS TABLE (seq bigint, at timestamptz, professional_id uuid, name text, organisation text,
               what text, mask int, basis text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT r.seq, r.at, x.id, x.name, o.name, split_part(r.what, ':', 1), shown.mask, r.basis,
       (SELECT coalesce(b.reason, b.danger) FROM portal_openings() b
        WHERE r.basis = 'break_glass' AND b.professional_id = x.id
          AND b.opened_at <= r.at AND r.at < b.closes_at LIMIT 1)
FROM read_entries r
JOIN professionals x ON x.id = r.actor_id JOIN organisations o ON o.id = x.organisation_id
CROSS JOIN LATERAL (SELECT portal_mask(x.id, r.basis, r.category_mask) AS mask) shown
WHERE r.case_id = portal_case() AND (before IS NULL OR r.seq < before)
  AND r.what NOT LIKE 'sealed-%' AND r.what <> 'compartments'
  AND (split_part(r.what, ':', 1) <> 'household-copy'
    OR split_part(r.what, ':', 2) = portal_member()::text)
  AND (split_part(r.what, ':', 1) <> 'document-content' OR EXISTS (
    SELECT 1 FROM documents d WHERE d.id::text = split_part(r.what, ':', 2)
    AND (d.confidential_to = portal_member()
      OR d.confidential_to IS NULL AND NOT is_sensitive(d.category))))
  AND NOT portal_hides(x.id) AND (r.category_mask = 0 OR shown.mask <> 0)
  AND (r.basis IS DISTINCT FROM 'break_glass' OR EXISTS (
    SELECT 1 FROM portal_openings() b
    WHERE b.professional_id = x.id AND b.opened_at <= r.at AND r.at < b.closes_at))
ORDER BY r.seq DESC LIMIT at_most
$$;

-- Who could read which categories from when to when, past and present, as far as the reader may be
-- told. Neighbouring stretches are joined by whoever shows them: a seam would tell of a secret.
CREATE OR REPLACE FUNCTION portal_shares()
RETURNS TABLE (professional_id uuid, name text, organisation text, basis text, mask int,
               since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT x.id, x.name, o.name, p.basis, shown.mask, p.since,
       CASE WHEN isfinite(p.until) THEN p.until END
FROM (SELECT g.principal_id, g.basis, g.category_mask, g.valid_from AS since, g.valid_until AS until
      FROM access_grants g WHERE g.case_id = portal_case() AND g.valid_from <= app_now()
      UNION ALL
      SELECT s.principal_id, s.basis, s.category_mask, s.since, s.until
      FROM share_periods s WHERE s.case_id = portal_case() AND NOT EXISTS (
        SELECT 1 FROM access_grants g WHERE g.case_id = s.case_id
        AND g.principal_id = s.principal_id AND g.basis = s.basis
        AND g.category_mask = s.category_mask AND g.valid_from = s.since)) p
JOIN professionals x ON x.id = p.principal_id JOIN organisations o ON o.id = x.organisation_id
CROSS JOIN LATERAL (SELECT portal_mask(x.id, p.basis, p.category_mask) AS mask) shown
WHERE shown.mask <> 0 AND NOT portal_hides(x.id)
  AND (p.basis <> 'break_glass' OR EXISTS (SELECT 1 FROM portal_openings() b
    WHERE b.professional_id = x.id AND b.opened_at = p.since))
$$;

-- Messages that left about the case: when, to whom, of which kind, and no word of them. Only kinds
-- that every adult may know of.
CREATE OR REPLACE FUNCTION portal_messages()
RETURNS TABLE (sent_at timestamptz, name text, organisation text, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT d.sent_at, x.name, o.name, a.kind
FROM alerts a CROSS JOIN LATERAL (
  SELECT * FROM deliveries WHERE alert_id = a.id
  UNION ALL
  SELECT m.* FROM digest_items i JOIN deliveries m
    ON m.alert_id = i.digest_id AND m.professional_id = i.professional_id WHERE i.alert_id = a.id
) d
JOIN professionals x ON x.id = d.professional_id JOIN organisations o ON o.id = x.organisation_id
WHERE a.case_id = portal_case() AND NOT portal_hides(x.id)
  AND d.state = 'sent' AND d.channel = 'email'
  AND (a.kind LIKE 'evictions.%' OR a.kind LIKE 'cases.handover%')
ORDER BY d.sent_at DESC, d.id LIMIT 200
$$;

-- Their own home and their own helpers: the columns that nobody may select (households, cases).
CREATE OR REPLACE FUNCTION portal_commune() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT h.commune FROM households h WHERE h.case_id = portal_case() $$;
CREATE OR REPLACE FUNCTION portal_reason_to_join(the_place uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT p.reason FROM participations p
  WHERE p.id = the_place AND p.case_id = portal_case()
    AND (p.confidential_to IS NULL OR p.confidential_to = portal_member()) $$;

-- The others who live there: what they are called and nothing else; who left is not told.
CREATE OR REPLACE FUNCTION portal_housemates() RETURNS TABLE (role text, pseudonym text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT m.role, m.pseudonym FROM members m
WHERE m.case_id = portal_case() AND m.id <> portal_member() AND m.left_on IS NULL
ORDER BY m.role, m.joined_on, m.id
$$;

-- For whom of the household something is: by its author or the reference worker, who alone may
-- know it. False if it is not there for them.
CREATE OR REPLACE FUNCTION set_compartment(kind text, the_case uuid, object uuid, owner uuid)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE leads boolean; takes_part boolean; touched int := 0;
BEGIN
  SELECT bool_or(g.basis = 'reference'), bool_or(g.basis NOT IN ('liaison', 'break_glass'))
  INTO leads, takes_part FROM access_grants g
  WHERE g.case_id = the_case AND g.principal_id = app_professional()
    AND g.valid_from <= app_now() AND app_now() < g.valid_until;
  IF NOT coalesce(takes_part, false) OR owner IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM members m WHERE m.id = owner AND m.case_id = the_case AND m.role = 'adult') THEN
    RETURN false;
  END IF;
  CASE kind
    WHEN 'note' THEN UPDATE notes n SET confidential_to = owner
      WHERE n.id = object AND n.case_id = the_case
        AND (n.author_id = app_professional() OR leads AND NOT n.personal);
    WHEN 'document' THEN UPDATE documents d SET confidential_to = owner
      WHERE d.id = object AND d.case_id = the_case
        AND (leads OR d.uploaded_by = app_professional());
    WHEN 'task' THEN UPDATE tasks t SET confidential_to = owner, version = version + 1
      WHERE t.id = object AND t.case_id = the_case
        AND (leads OR t.created_by = app_professional());
    -- What an adult wants in their own words is theirs, or nobody's.
    WHEN 'plan_goal' THEN UPDATE plan_goals p SET confidential_to = owner, version = version + 1
      WHERE p.id = object AND p.case_id = the_case
        AND (leads OR p.written_by = app_professional())
        AND (owner IS NULL OR owner = p.member_id OR NOT EXISTS (
          SELECT 1 FROM members m WHERE m.id = p.member_id AND m.role = 'adult'));
    WHEN 'participation' THEN
      UPDATE participations p SET confidential_to = owner, version = version + 1
      WHERE p.id = object AND p.case_id = the_case AND leads;
    WHEN 'consent' THEN UPDATE consents c SET confidential_to = owner, version = version + 1
      WHERE c.id = object AND c.case_id = the_case AND leads
        -- What somebody of the household gave is theirs, or nobody's.
        AND (c.member_id IS NULL OR owner IS NULL OR owner = c.member_id);
    WHEN 'break_glass' THEN
      UPDATE break_glass_openings b SET confidential_to = owner, version = version + 1
      WHERE b.id = object AND b.case_id = the_case AND leads;
    ELSE RETURN false;
  END CASE;
  GET DIAGNOSTICS touched = ROW_COUNT;
  RETURN touched > 0;
END $$;

-- One adult refuses somebody: their open places, proposals and tasks end in that very statement,
-- but for whatever is confidential to another adult, which the one who refuses knows nothing of.
CREATE OR REPLACE FUNCTION end_what_the_refused_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE people uuid[]; at timestamptz := coalesce(app_now(), clock_timestamp());
BEGIN
  people := ARRAY(SELECT x.id FROM professionals x
    WHERE (x.id = NEW.professional_id OR x.organisation_id = NEW.organisation_id)
      AND is_refused(NEW.case_id, x.id));
  UPDATE handovers SET state = 'declined', answered_at = at, version = version + 1
  WHERE case_id = NEW.case_id AND to_id = ANY (people) AND state = 'proposed';
  UPDATE participations SET state = 'ended', ended_at = at, version = version + 1
  WHERE case_id = NEW.case_id AND professional_id = ANY (people)
    AND state IN ('invited', 'accepted');
  WITH left_over AS (
    UPDATE tasks SET assignee_id = NULL, version = version + 1
    WHERE case_id = NEW.case_id AND assignee_id = ANY (people) AND state = 'open' RETURNING id
  )
  UPDATE alerts SET recipient_role = 'reference_worker', recipient_id = NULL
  WHERE object_id IN (SELECT id FROM left_over) AND recipient_id IS NOT NULL AND state = 'planned';
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER end_what_the_refused_held AFTER INSERT ON exclusions
  FOR EACH ROW WHEN (NEW.set_by_member IS NOT NULL) EXECUTE FUNCTION end_what_the_refused_held();

-- Their procedure, or all of theirs, held for as long as the transaction lasts: they read it and
-- change none of it.
CREATE OR REPLACE FUNCTION portal_holds_procedure(the_procedure uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH held AS (SELECT 1 FROM procedures d
  WHERE d.case_id = portal_case() AND d.id = coalesce(the_procedure, d.id) FOR UPDATE)
SELECT EXISTS (SELECT 1 FROM held) $$;

-- What an adult said is done: the day by which they could object is kept, with all its alerts; it
-- runs again when they take it back. As services/evictions/dates/write.py writes it for the team.
CREATE OR REPLACE FUNCTION portal_keeps_objection(the_opposition uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH kept AS (
  UPDATE deadlines d SET version = d.version + 1, ended_as = 'kept', ended_by = o.id
  FROM welfare_oppositions o
  WHERE o.id = the_opposition AND o.case_id = portal_case() AND d.procedure_id = o.procedure_id
    AND d.computes = 'welfare_objection_until' AND d.ended_as IS NULL
    AND o.opposed_on <= coalesce(d.overridden_date, d.falls_on)
  RETURNING d.id)
UPDATE alerts a SET state = 'cancelled' FROM kept
WHERE a.object_id = kept.id AND a.state IN ('planned', 'sending') $$;
CREATE OR REPLACE FUNCTION portal_reopens_objection(the_opposition uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH running AS (
  UPDATE deadlines d SET version = d.version + 1, ended_as = NULL, ended_by = NULL
  WHERE d.ended_by = the_opposition AND d.case_id = portal_case() AND d.ended_as = 'kept'
  RETURNING d.id, cautious_day(d) AS day)
UPDATE alerts a SET state = 'planned' FROM running r
WHERE a.object_id = r.id AND a.state = 'cancelled' AND a.told_at IS NULL
  AND a.facts ->> 'due_on' = r.day::text
  AND a.object_version = (SELECT max(b.object_version) FROM alerts b WHERE b.object_id = a.object_id
    AND b.rung = a.rung AND b.recipient_role = a.recipient_role) $$;

DROP FUNCTION IF EXISTS portal_is_for(uuid, timestamptz);
REVOKE EXECUTE ON FUNCTION portal_code_holds(uuid, timestamptz), member_at_home(), case_at_home(),
  enter_portal(bytea, uuid, bytea, text, timestamptz, timestamptz),
  find_portal_session(bytea, timestamptz), portal_only_adult(), portal_shows_consent(uuid),
  portal_hides(uuid), portal_mask(uuid, text, int), portal_openings(), portal_reads(bigint, int),
  portal_shares(), portal_messages(), portal_housemates(), portal_commune(),
  portal_reason_to_join(uuid), set_compartment(text, uuid, uuid, uuid), end_what_the_refused_held(),
  portal_holds_procedure(uuid), portal_keeps_objection(uuid), portal_reopens_objection(uuid)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION member_at_home(), case_at_home(),
  enter_portal(bytea, uuid, bytea, text, timestamptz, timestamptz),
  find_portal_session(bytea, timestamptz), portal_shows_consent(uuid), portal_only_adult(),
  portal_openings(), portal_reads(bigint, int), portal_shares(), portal_messages(),
  portal_hides(uuid), portal_housemates(), portal_commune(), portal_reason_to_join(uuid),
  set_compartment(text, uuid, uuid, uuid), portal_holds_procedure(uuid),
  portal_keeps_objection(uuid), portal_reopens_objection(uuid) TO maillage_api;
