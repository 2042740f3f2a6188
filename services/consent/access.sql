-- The access rule (design §4), written once. What it yields stands in access_grants; triggers keep
-- those rows true in the very transaction that changes a consent, a participation, a reference
-- assignment, a procedure, a signature or a professional, so that no code path can forget to.
-- Re-applied by `maillage migrate` whenever this file changes.

-- Whether the household refuses somebody: by name, or with everybody of their organisation. To
-- whoever may not read the exclusions of the case the answer is no.
CREATE OR REPLACE FUNCTION is_refused(the_case uuid, who uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT EXISTS (
  SELECT 1 FROM exclusions e JOIN professionals x ON x.id = who
  WHERE e.case_id = the_case AND e.lifted_at IS NULL
    AND (e.professional_id = x.id OR e.organisation_id = x.organisation_id)
    -- What one adult refuses does not take from another whoever helps them in confidence (0016).
    AND NOT (e.set_by_member IS NOT NULL AND EXISTS (
      SELECT 1 FROM participations p WHERE p.case_id = the_case AND p.professional_id = who
      AND p.state IN ('invited', 'accepted') AND p.confidential_to <> e.set_by_member))) $$;

-- The same about the reader of this transaction, who learns it of nobody else. It never shuts out
-- the present reference worker: the case is handed over first.
CREATE OR REPLACE FUNCTION refuses_me(the_case uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT is_refused(the_case, app_professional()) AND NOT EXISTS (
  SELECT 1 FROM reference_assignments r
  WHERE r.case_id = the_case AND r.professional_id = app_professional()
    AND upper_inf(r.period)) $$;

-- The category procedure, for a house that is a public welfare centre, while the tenant opposes that
-- it is told (docs/decisions/0028); nothing for any other. Consent does not bring it back: the
-- tenant withdraws the opposition. Whoever answers for the case, and stands in for them, keeps it.
CREATE OR REPLACE FUNCTION opposed_mask(the_case uuid, house uuid) RETURNS int LANGUAGE sql STABLE
AS $$ SELECT CASE WHEN EXISTS (
  SELECT 1 FROM welfare_oppositions w JOIN organisations o ON o.id = house
  WHERE w.case_id = the_case AND w.withdrawn_at IS NULL AND o.public_welfare_centre)
  THEN category_bit('procedure') ELSE 0 END $$;

-- Who can have a glass broken for them (docs/decisions/0013): active workers whose organisation
-- signed the protocol in force. Reviewers judge it and liaisons serve the court: neither may, even
-- if they are workers as well. Whom the household excluded from the_case is refused here too, so
-- that an exclusion also ends an hour that has begun.
CREATE OR REPLACE FUNCTION may_break_glass(the_case uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
SELECT EXISTS (SELECT 1 FROM professionals x
    JOIN protocol_signatures s ON s.organisation_id = x.organisation_id
      AND s.protocol_id = (SELECT id FROM protocols ORDER BY number DESC LIMIT 1)
    WHERE x.id = who AND x.active)
  AND EXISTS (SELECT 1 FROM professional_roles r
              WHERE r.professional_id = who AND r.role = 'worker')
  AND NOT EXISTS (SELECT 1 FROM professional_roles r
                  WHERE r.professional_id = who AND r.role IN ('coordinator', 'liaison'))
  AND NOT is_refused(the_case, who)
$$;

-- The rule. Each fact permits or denies categories to a principal in a window; between two
-- neighbouring edges nothing changes, so there the mask is what is permitted and not denied.
CREATE OR REPLACE FUNCTION access_rule(the_case uuid)
RETURNS TABLE (principal_id uuid, basis text, category_mask int,
               valid_from timestamptz, valid_until timestamptz)
LANGUAGE sql STABLE AS $$
WITH signed AS (
  -- No signed version in force, no sharing: a newer version asks every organisation again.
  SELECT s.organisation_id, s.signed_at
  FROM protocol_signatures s
  WHERE s.protocol_id = (SELECT id FROM protocols ORDER BY number DESC LIMIT 1)
), standing AS (
  -- Who could be given something: accepted participants, and liaisons of the case's cantons.
  SELECT p.professional_id, x.organisation_id, 'participation' AS basis, p.role,
         every_bit() & ~opposed_mask(the_case, x.organisation_id) AS cap,
         greatest(p.accepted_at, s.signed_at) AS since, coalesce(p.ends_at, 'infinity') AS until,
         p.confidential_to
  FROM participations p
  JOIN professionals x ON x.id = p.professional_id AND x.active
  JOIN signed s ON s.organisation_id = x.organisation_id
  WHERE p.case_id = the_case AND p.state = 'accepted'
  UNION ALL
  SELECT x.id, x.organisation_id, 'liaison', 'liaison',
         (category_bit('identity') | category_bit('procedure'))
           & ~opposed_mask(the_case, x.organisation_id), s.signed_at, 'infinity', NULL
  FROM professionals x
  JOIN professional_roles r ON r.professional_id = x.id AND r.role = 'liaison'
  JOIN signed s ON s.organisation_id = x.organisation_id
  WHERE x.active AND EXISTS (
    SELECT 1 FROM procedures d JOIN professional_cantons k ON k.canton = d.canton
    WHERE d.case_id = the_case AND k.professional_id = x.id)
  UNION ALL
  -- Whoever stands in for the reference worker, in the same organisation, for a dated period.
  SELECT b.substitute_id, x.organisation_id, 'substitute', 'substitute', every_bit(),
         greatest(lower(r.period), b.valid_from),
         least(b.valid_until, coalesce(b.ended_at, 'infinity')), NULL
  FROM reference_assignments r
  JOIN substitutions b ON b.reference_id = r.professional_id
  JOIN professionals w ON w.id = r.professional_id
  JOIN professionals x ON x.id = b.substitute_id AND x.active
                      AND x.organisation_id = w.organisation_id
  WHERE r.case_id = the_case AND upper_inf(r.period)
), facts AS (
  -- A substitute has what the reference worker has; the denials below still count against them.
  SELECT s.professional_id, s.basis, 'permit' AS effect, s.cap AS mask, s.since, s.until
  FROM standing s WHERE s.basis = 'substitute' AND s.since < s.until
    AND NOT is_refused(the_case, s.professional_id)
  UNION ALL
  SELECT s.professional_id, s.basis, v.effect, v.category_mask & s.cap AS mask,
         greatest(s.since, c.valid_from) AS since,
         -- least() passes over what is null: a consent that was not renewed.
         least(s.until, c.valid_until, c.renewed_at) AS until
  FROM standing s
  JOIN consents c ON c.case_id = the_case AND c.withdrawn_at IS NULL
  JOIN provisions v ON v.consent_id = c.id AND (
       (v.recipient_kind = 'person' AND v.recipient_id = s.professional_id)
    OR (v.recipient_kind = 'organisation' AND v.recipient_id = s.organisation_id)
    OR (v.recipient_kind = 'role' AND v.recipient_role = s.role))
  WHERE greatest(s.since, c.valid_from) < least(s.until, c.valid_until, c.renewed_at)
    -- One adult's denial does not close what another's confidential helper needs (0016).
    AND (v.effect = 'permit' OR c.member_id IS NULL OR s.confidential_to IS NULL
      OR s.confidential_to = c.member_id)
    -- Whom the household refuses gets nothing, whatever is permitted and on either basis.
    AND NOT is_refused(the_case, s.professional_id)
), edges AS (
  SELECT professional_id, basis, since AS at FROM facts
  UNION SELECT professional_id, basis, until FROM facts
), stretches AS (
  SELECT professional_id, basis, at AS since,
         lead(at) OVER (PARTITION BY professional_id, basis ORDER BY at) AS until
  FROM edges
), shared AS (
  SELECT t.professional_id, t.basis, t.since, t.until,
         coalesce(bit_or(f.mask) FILTER (WHERE f.effect = 'permit'), 0)
         & ~coalesce(bit_or(f.mask) FILTER (WHERE f.effect = 'deny'), 0) AS mask
  FROM stretches t
  JOIN facts f ON f.professional_id = t.professional_id AND f.basis = t.basis
              AND f.since <= t.since AND t.until <= f.until
  GROUP BY t.professional_id, t.basis, t.since, t.until
)
SELECT r.professional_id, 'reference', every_bit(), lower(r.period), 'infinity'::timestamptz
FROM reference_assignments r WHERE r.case_id = the_case AND upper_inf(r.period)
UNION ALL
SELECT professional_id, basis, mask, since, until FROM shared
WHERE mask <> 0 AND (basis <> 'liaison' OR opens(mask, 'procedure'))
  -- Places of a closed case wait for its reopening and open nothing (docs/decisions/0018).
  AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = the_case AND c.state = 'closed')
UNION ALL
-- All categories, never what is sealed: that has no bit. The end is the row's own, no job's.
SELECT b.professional_id, 'break_glass', every_bit() & ~opposed_mask(the_case, x.organisation_id),
       b.opened_at, b.closes_at
FROM break_glass_openings b JOIN professionals x ON x.id = b.professional_id
WHERE b.case_id = the_case AND may_break_glass(the_case, b.professional_id)
$$;

-- Who opens what is sealed (docs/decisions/0014): the reference worker, and a participant whom a
-- consent in force names in person for violence and whom none denies it. No organisation, no role,
-- no break-glass. SECURITY DEFINER because only the reference worker may read provisions.
CREATE OR REPLACE FUNCTION may_unseal(the_case uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT EXISTS (
  SELECT 1 FROM access_grants g
  WHERE g.case_id = the_case AND g.principal_id = app_professional()
    AND g.valid_from <= app_now() AND app_now() < g.valid_until
    AND (g.basis = 'reference'
      OR g.basis = 'participation' AND opens(g.category_mask, 'violence') AND EXISTS (
        SELECT 1 FROM consents c JOIN provisions v ON v.consent_id = c.id
        WHERE c.case_id = the_case AND c.withdrawn_at IS NULL
          AND c.valid_from <= app_now() AND app_now() < least(c.valid_until, c.renewed_at)
          AND v.effect = 'permit' AND opens(v.category_mask, 'violence')
          AND v.recipient_kind = 'person' AND v.recipient_id = app_professional())))
$$;

CREATE OR REPLACE FUNCTION refresh_access(the_case uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- One refresh of a case at a time; the statements below then see what the other committed.
  PERFORM 1 FROM cases WHERE id = the_case FOR NO KEY UPDATE;
  -- What was open until now stays known to the household (services/portal).
  WITH replaced AS (DELETE FROM access_grants WHERE case_id = the_case RETURNING *)
  INSERT INTO share_periods (case_id, principal_id, basis, category_mask, since, until)
  SELECT case_id, principal_id, basis, category_mask, valid_from, least(valid_until, ended.at)
  FROM replaced, (SELECT coalesce(app_now(), clock_timestamp()) AS at) ended
  WHERE valid_from < ended.at
  ON CONFLICT (case_id, principal_id, basis, category_mask, since)
    DO UPDATE SET until = greatest(share_periods.until, excluded.until);
  INSERT INTO access_grants (case_id, principal_id, basis, category_mask, valid_from, valid_until)
  SELECT the_case, g.principal_id, g.basis, g.category_mask, g.valid_from, g.valid_until
  FROM access_rule(the_case) g
  -- Whose erasure is confirmed is nobody's any more (services/retention/retention.sql).
  WHERE NOT is_being_erased(the_case);
END $$;

CREATE OR REPLACE FUNCTION refresh_access_of_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_case uuid;
BEGIN
  -- Beside each other, but never beside a change in the network: neither would see the other.
  PERFORM pg_advisory_xact_lock_shared(7410212);
  FOR the_case IN SELECT DISTINCT case_id FROM changed ORDER BY 1 LOOP
    PERFORM refresh_access(the_case);
  END LOOP;
  RETURN NULL;
END $$;

-- Somebody's role, canton, organisation or activity changed: the cases they take part in, those
-- whose canton they work in, those of whoever they stand in for, and those of which they hold a grant.
CREATE OR REPLACE FUNCTION refresh_access_of_professionals(people uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_case uuid;
BEGIN
  FOR the_case IN
    SELECT p.case_id FROM participations p
    WHERE p.professional_id = ANY (people) AND p.state = 'accepted'
    UNION SELECT d.case_id FROM procedures d JOIN professional_cantons k ON k.canton = d.canton
          WHERE k.professional_id = ANY (people)
    UNION SELECT r.case_id FROM reference_assignments r
          JOIN substitutions b ON b.reference_id = r.professional_id
          WHERE b.substitute_id = ANY (people) AND upper_inf(r.period)
    UNION SELECT b.case_id FROM break_glass_openings b WHERE b.professional_id = ANY (people)
    UNION SELECT g.case_id FROM access_grants g WHERE g.principal_id = ANY (people)
    ORDER BY 1 LOOP
    PERFORM refresh_access(the_case);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION refresh_access_of_network() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE people uuid[];
BEGIN
  PERFORM pg_advisory_xact_lock(7410212);
  people := CASE TG_TABLE_NAME
    WHEN 'organisations' THEN ARRAY(
      SELECT x.id FROM changed c
      JOIN professionals x ON x.organisation_id = (to_jsonb(c) ->> 'id')::uuid)
    WHEN 'professionals' THEN ARRAY(SELECT (to_jsonb(c) ->> 'id')::uuid FROM changed c)
    WHEN 'protocol_signatures' THEN ARRAY(
      SELECT x.id FROM changed c
      JOIN professionals x ON x.organisation_id = (to_jsonb(c) ->> 'organisation_id')::uuid)
    -- A new version closes everybody's sharing until their organisation has signed it.
    WHEN 'protocols' THEN ARRAY(SELECT DISTINCT principal_id FROM access_grants
                                WHERE basis <> 'reference')
    ELSE ARRAY(SELECT (to_jsonb(c) ->> 'professional_id')::uuid FROM changed c) END;
  PERFORM refresh_access_of_professionals(people);
  RETURN NULL;
END $$;

-- A substitute for all the cases of a reference worker, those of this instant.
CREATE OR REPLACE FUNCTION refresh_access_of_substitutions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_case uuid;
BEGIN
  -- Never beside a case that changes hands: neither would see the other.
  PERFORM pg_advisory_xact_lock(7410212);
  FOR the_case IN SELECT r.case_id FROM reference_assignments r
                  WHERE r.professional_id = NEW.reference_id AND upper_inf(r.period)
                  ORDER BY 1 LOOP
    PERFORM refresh_access(the_case);
  END LOOP;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER access_on_change AFTER INSERT OR UPDATE ON substitutions
  FOR EACH ROW EXECUTE FUNCTION refresh_access_of_substitutions();

-- Whoever leaves loses sessions, places and substitutions with the account, by whatever way it is
-- closed, so that opening it again gives nothing back. Their open tasks, with the reminders, become
-- the reference worker's: nothing waits for somebody who is gone.
CREATE OR REPLACE FUNCTION end_what_a_leaver_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE at timestamptz := coalesce(app_now(), clock_timestamp());
BEGIN
  -- First, since the changes below would hold it shared: two leavers then waited for each other.
  PERFORM pg_advisory_xact_lock(7410212);
  UPDATE login_sessions SET revoked_at = at
  WHERE professional_id = NEW.id AND revoked_at IS NULL;
  WITH left_over AS (
    UPDATE tasks SET assignee_id = NULL, version = version + 1
    WHERE assignee_id = NEW.id AND state = 'open'
      AND case_id IN (SELECT case_id FROM participations WHERE professional_id = NEW.id)
    RETURNING id
  )
  UPDATE alerts SET recipient_role = 'reference_worker', recipient_id = NULL
  WHERE object_id IN (SELECT id FROM left_over) AND recipient_id = NEW.id AND state = 'planned';
  UPDATE participations SET state = 'ended', ended_at = at, version = version + 1
  WHERE professional_id = NEW.id AND state IN ('invited', 'accepted');
  UPDATE substitutions SET ended_at = at
  WHERE NEW.id IN (reference_id, substitute_id) AND ended_at IS NULL AND valid_until > at;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER end_what_a_leaver_held AFTER UPDATE OF active ON professionals
  FOR EACH ROW WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION end_what_a_leaver_held();

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['reference_assignments', 'participations', 'consents', 'provisions',
                           'procedures', 'exclusions', 'break_glass_openings',
                           'welfare_oppositions'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER access_on_insert AFTER INSERT ON %I
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
      EXECUTE FUNCTION refresh_access_of_rows()', t);
    EXECUTE format('CREATE OR REPLACE TRIGGER access_on_update AFTER UPDATE ON %I
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
      EXECUTE FUNCTION refresh_access_of_rows()', t);
    EXECUTE format('CREATE OR REPLACE TRIGGER access_on_delete AFTER DELETE ON %I
      REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
      EXECUTE FUNCTION refresh_access_of_rows()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['protocols', 'protocol_signatures', 'professional_roles',
                           'professional_cantons', 'professionals'] LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS access_on_change ON %I', t);
    EXECUTE format('CREATE OR REPLACE TRIGGER access_on_insert AFTER INSERT ON %I
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
      EXECUTE FUNCTION refresh_access_of_network()', t);
    EXECUTE format('CREATE OR REPLACE TRIGGER access_on_update AFTER UPDATE ON %I
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
      EXECUTE FUNCTION refresh_access_of_network()', t);
    EXECUTE format('CREATE OR REPLACE TRIGGER access_on_delete AFTER DELETE ON %I
      REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
      EXECUTE FUNCTION refresh_access_of_network()', t);
  END LOOP;
END $$;

-- An organisation turns out to be a public welfare centre, or not to be one.
CREATE OR REPLACE TRIGGER access_on_update AFTER UPDATE ON organisations
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION refresh_access_of_network();

-- Exactly one reference worker at every instant since the opening: WITHOUT OVERLAPS refuses two,
-- this refuses a gap, at commit.
CREATE OR REPLACE FUNCTION require_reference_worker() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_case uuid := coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> TG_ARGV[0];
DECLARE opened timestamptz;
DECLARE covered tstzmultirange;
BEGIN
  SELECT opened_at INTO opened FROM cases WHERE id = the_case;
  SELECT range_agg(period) INTO covered FROM reference_assignments WHERE case_id = the_case;
  IF opened IS NOT NULL
     AND covered IS DISTINCT FROM tstzmultirange(tstzrange(opened, NULL)) THEN
    RAISE EXCEPTION 'a case must have exactly one reference worker at every instant'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'exactly_one_reference_worker';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS exactly_one_reference_worker ON cases;
CREATE CONSTRAINT TRIGGER exactly_one_reference_worker AFTER INSERT OR UPDATE ON cases
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_reference_worker('id');
DROP TRIGGER IF EXISTS exactly_one_reference_worker ON reference_assignments;
CREATE CONSTRAINT TRIGGER exactly_one_reference_worker
  AFTER INSERT OR UPDATE OR DELETE ON reference_assignments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_reference_worker('case_id');

-- One cannot ask whether a code leads to a case without breaking its glass: the row, and with it the
-- access, is written by the very call that looks the code up. No row for an unknown code, and none
-- for a case on which this professional may not.
CREATE OR REPLACE FUNCTION open_break_glass(
  opening uuid, the_code text, the_danger text, the_reason text, ends timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
INSERT INTO break_glass_openings
  (id, version, case_id, case_code, professional_id, danger, reason, opened_at, closes_at)
SELECT opening, 1, c.id, c.code, app_professional(), the_danger, the_reason, app_now(), ends
FROM cases c WHERE c.code = the_code AND may_break_glass(c.id, app_professional())
$$;

REVOKE EXECUTE ON FUNCTION open_break_glass(uuid, text, text, text, timestamptz),
  may_unseal(uuid) FROM PUBLIC;

-- Who may become the reference worker now: the opener of a case that has none, and the receiver of
-- an open proposal. Hidden and absent cases are refused alike.
CREATE OR REPLACE FUNCTION app_may_lead(the_case uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM cases c WHERE c.id = the_case AND c.opened_by = app_professional()
                 AND NOT EXISTS (SELECT 1 FROM reference_assignments r WHERE r.case_id = c.id))
      OR EXISTS (SELECT 1 FROM handovers h WHERE h.case_id = the_case
                 AND h.to_id = app_professional() AND h.state = 'proposed')
$$;

-- Whether a member of the reader's team may read a category of their case.
CREATE OR REPLACE FUNCTION team_may_read(the_case uuid, who uuid, category int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FILTER (WHERE g.principal_id = app_professional()) > 0
     AND count(*) FILTER (WHERE g.principal_id = who AND g.category_mask & category <> 0) > 0
  FROM access_grants g
  WHERE g.case_id = the_case AND g.basis NOT IN ('liaison', 'break_glass')
    AND g.valid_from <= app_now() AND app_now() < g.valid_until
$$;

REVOKE EXECUTE ON FUNCTION app_may_lead(uuid), team_may_read(uuid, uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_may_lead(uuid), team_may_read(uuid, uuid, int) TO maillage_api;

-- The reference worker is never among those whom the household refuses: hand over first. Deferred,
-- and after refresh_access has held the case, so that of two commits the second sees the first.
CREATE OR REPLACE FUNCTION refuse_refused_reference_worker() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE wrong boolean;
BEGIN
  -- Only what this row says is judged: one who moved to a refused organisation can still hand over.
  IF TG_TABLE_NAME = 'exclusions' THEN
    wrong := EXISTS (
      SELECT 1 FROM reference_assignments r JOIN professionals x ON x.id = r.professional_id
      WHERE r.case_id = NEW.case_id AND upper_inf(r.period)
        AND (x.id = NEW.professional_id OR x.organisation_id = NEW.organisation_id));
  ELSE
    wrong := upper_inf(NEW.period) AND is_refused(NEW.case_id, NEW.professional_id);
  END IF;
  IF wrong THEN
    RAISE EXCEPTION 'the reference worker cannot be somebody whom the household refuses'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reference_worker_not_refused';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS reference_worker_not_refused ON exclusions;
CREATE CONSTRAINT TRIGGER reference_worker_not_refused AFTER INSERT ON exclusions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_refused_reference_worker();
DROP TRIGGER IF EXISTS reference_worker_not_refused ON reference_assignments;
CREATE CONSTRAINT TRIGGER reference_worker_not_refused
  AFTER INSERT OR UPDATE ON reference_assignments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_refused_reference_worker();
REVOKE EXECUTE ON FUNCTION refuses_me(uuid), refuse_refused_reference_worker() FROM PUBLIC;

REVOKE EXECUTE ON FUNCTION access_rule(uuid), refresh_access(uuid), refresh_access_of_rows(),
  refresh_access_of_professionals(uuid[]), refresh_access_of_network(), require_reference_worker(),
  refresh_access_of_substitutions(), end_what_a_leaver_held(),
  may_break_glass(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuses_me(uuid), may_unseal(uuid),
  open_break_glass(uuid, text, text, text, timestamptz) TO maillage_api;
