-- Notes after a withdrawal (docs/decisions/0011). A note stands as withdrawn while the household has
-- taken back a consent that had opened its category to its author, and nothing given since, or
-- given otherwise, opens it to them. What somebody wrote as the reference worker was never under
-- such a consent. Kept true by triggers, in the transaction that takes back or gives.
-- Re-applied by `maillage migrate` whenever this file changes.

-- The consents that permit a note's category to its author: by name, by the organisation they wrote
-- for, or by a role they have or had in the team.
CREATE OR REPLACE FUNCTION consents_behind(the_case uuid, author uuid, organisation uuid, mask int)
RETURNS TABLE (withdrawn_at timestamptz, ends_at timestamptz) LANGUAGE sql STABLE AS $$
SELECT c.withdrawn_at, least(c.valid_until, c.renewed_at)
FROM consents c JOIN provisions v ON v.consent_id = c.id
WHERE c.case_id = the_case AND v.effect = 'permit' AND v.category_mask & mask <> 0
  AND (v.recipient_kind = 'person' AND v.recipient_id = author
    OR v.recipient_kind = 'organisation' AND v.recipient_id = organisation
    OR v.recipient_kind = 'role' AND EXISTS (
      SELECT 1 FROM participations p WHERE p.case_id = the_case
      AND p.professional_id = author AND p.role = v.recipient_role))
$$;

-- When the last of them was taken back; null if one that was not was still to run then.
CREATE OR REPLACE FUNCTION note_withdrawn_at(n notes) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
WITH behind AS (SELECT * FROM consents_behind(n.case_id, n.author_id, n.organisation_id, n.category)),
  taken AS (SELECT max(withdrawn_at) AS at FROM behind)
SELECT taken.at FROM taken
WHERE NOT EXISTS (SELECT 1 FROM behind b WHERE b.withdrawn_at IS NULL AND b.ends_at > taken.at)
  AND NOT EXISTS (SELECT 1 FROM reference_assignments r WHERE r.case_id = n.case_id
                  AND r.professional_id = n.author_id AND r.period @> n.written_at)
$$;

CREATE OR REPLACE FUNCTION mark_withdrawn_notes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE notes n SET withdrawn_at = note_withdrawn_at(n)
  WHERE n.case_id IN (SELECT case_id FROM changed)
    AND n.withdrawn_at IS DISTINCT FROM note_withdrawn_at(n);
  UPDATE note_revisions r SET withdrawn_at = n.withdrawn_at
  FROM notes n
  WHERE n.id = r.note_id AND n.case_id IN (SELECT case_id FROM changed)
    AND r.withdrawn_at IS DISTINCT FROM n.withdrawn_at;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER notes_after_withdrawal AFTER UPDATE ON consents
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_withdrawn_notes();
CREATE OR REPLACE TRIGGER notes_after_withdrawal AFTER INSERT ON provisions
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_withdrawn_notes();

-- What the network chose; the default stands a second time in services/network/settings.py.
CREATE OR REPLACE FUNCTION withdrawn_notes_are_kept() RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT coalesce((SELECT notes_after_withdrawal FROM network_settings),
                      'kept_for_reference_worker') = 'kept_for_reference_worker' $$;

REVOKE EXECUTE ON FUNCTION mark_withdrawn_notes(), note_withdrawn_at(notes),
  consents_behind(uuid, uuid, uuid, int) FROM PUBLIC;
