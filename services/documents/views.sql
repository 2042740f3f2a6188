-- The versions of documents that the reader of this transaction may see: the open categories, and
-- what they uploaded themselves while they are in the team. The liaison sees none.
CREATE OR REPLACE VIEW readable_document_versions WITH (security_invoker = true) AS
SELECT d.id, v.number, d.case_id, d.category, d.kind, d.title, d.uploaded_at AS added_at,
       v.uploaded_by, x.name AS uploader, o.name AS organisation, v.uploaded_at, v.original_name,
       v.media_type, v.size, v.dated_on, v.expires_on, v.scan_state, v.stored_name,
       d.confidential_to
FROM documents d
JOIN document_versions v ON v.document_id = d.id
JOIN may_see s ON s.case_id = d.case_id AND s.in_team
  AND (s.mask & d.category <> 0 OR v.uploaded_by = app_professional())
JOIN professionals x ON x.id = v.uploaded_by
JOIN organisations o ON o.id = v.organisation_id;
