-- The notes the reader of this transaction may see, in their latest wording: the open categories,
-- and what they wrote themselves while they see anything of the case. A personal note is its
-- author's alone. What was written under a consent that the household took back is as the network's
-- setting says (notes/withdrawn.sql).
CREATE OR REPLACE VIEW readable_notes WITH (security_invoker = true) AS
SELECT n.id, n.case_id, n.category, n.author_id, x.name AS author, o.name AS organisation,
       n.written_at, n.latest AS version, r.body,
       CASE WHEN n.latest > 1 THEN r.written_at END AS amended_at, n.personal,
       n.confidential_to
FROM notes n
JOIN may_see s ON s.case_id = n.case_id AND s.in_team
  AND (s.mask & n.category <> 0 OR n.author_id = app_professional())
  AND (n.withdrawn_at IS NULL OR s.leads AND withdrawn_notes_are_kept())
JOIN note_revisions r ON r.note_id = n.id AND r.number = n.latest
JOIN professionals x ON x.id = n.author_id
JOIN organisations o ON o.id = n.organisation_id
WHERE NOT n.personal OR n.author_id = app_professional();
