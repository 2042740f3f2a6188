-- The file of a case as `services.cases.queries` reads it, without any rule.
SELECT c.id, c.code, c.state, c.opened_at,
  (SELECT json_build_object('professional_id', x.id, 'name', x.name, 'organisation', o.name,
                            'since', lower(a.period))
   FROM reference_assignments a JOIN professionals x ON x.id = a.professional_id
   JOIN organisations o ON o.id = x.organisation_id
   WHERE a.case_id = c.id AND upper_inf(a.period)) AS reference_worker,
  (SELECT json_build_object('language', h.language, 'commune', h.commune,
     'members', (SELECT coalesce(json_agg(json_build_object('id', m.id,
        'person_id', m.person_id, 'role', m.role,
        'pseudonym', m.pseudonym, 'family_name', m.family_name, 'given_name', m.given_name,
        'birth_date', m.birth_date, 'joined_on', m.joined_on, 'left_on', m.left_on,
        'version', m.version) ORDER BY m.role, m.joined_on, m.id), '[]')
        FROM members m WHERE m.case_id = c.id))
   FROM households h WHERE h.case_id = c.id) AS household,
  (SELECT json_build_object('address', t.address, 'postal_code', t.postal_code,
     'landlord', t.landlord, 'lease_kind', t.lease_kind, 'rent_eur', t.rent_eur::text,
     'months_of_arrears', t.months_of_arrears::text, 'started_on', t.started_on,
     'version', t.version)
   FROM tenancies t WHERE t.case_id = c.id) AS tenancy,
  (SELECT coalesce(json_agg(json_build_object('id', p.id, 'professional_id', x.id,
     'name', x.name, 'organisation', o.name, 'role', p.role, 'state', p.state,
     'reason', p.reason, 'invited_at', p.invited_at, 'accepted_at', p.accepted_at,
     'ends_at', p.ends_at, 'ended_at', p.ended_at, 'version', p.version)
     ORDER BY p.invited_at, p.id), '[]')
   FROM participations p JOIN professionals x ON x.id = p.professional_id
   JOIN organisations o ON o.id = x.organisation_id WHERE p.case_id = c.id) AS team,
  (SELECT coalesce(json_agg(json_build_object('id', w.id, 'wanted_id', w.wanted_id,
     'recorded_at', w.recorded_at) ORDER BY w.recorded_at, w.id), '[]')
   FROM worker_requests w WHERE w.case_id = c.id AND w.state = 'open') AS worker_requests,
  (SELECT coalesce(json_agg(q ORDER BY q.written_at DESC, q.id DESC), '[]') FROM (
     SELECT n.id, n.category, n.author_id, x.name AS author, o.name AS organisation,
            n.written_at, n.latest AS version, r.body,
            CASE WHEN n.latest > 1 THEN r.written_at END AS amended_at, n.personal,
            n.confidential_to
     FROM notes n JOIN note_revisions r ON r.note_id = n.id AND r.number = n.latest
     JOIN professionals x ON x.id = n.author_id JOIN organisations o ON o.id = n.organisation_id
     WHERE n.case_id = c.id ORDER BY n.written_at DESC, n.id DESC LIMIT 50) q) AS notes
FROM cases c WHERE c.id = %s
