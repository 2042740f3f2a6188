-- The tables of consent as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE share_periods (
  case_id UUID NOT NULL,
  principal_id UUID NOT NULL,
  basis TEXT NOT NULL,
  category_mask INTEGER NOT NULL,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  until TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_share_periods PRIMARY KEY (case_id, principal_id, basis, category_mask, since)
);

CREATE TABLE break_glass_openings (
  case_id UUID NOT NULL,
  case_code TEXT NOT NULL,
  professional_id UUID NOT NULL,
  danger TEXT NOT NULL,
  reason TEXT NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
  reviewed_at TIMESTAMP WITH TIME ZONE,
  reviewed_by UUID,
  verdict TEXT,
  comment TEXT,
  confidential_to UUID,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_break_glass_openings PRIMARY KEY (id),
  CONSTRAINT ck_break_glass_openings_danger CHECK (danger IN ('danger_to_life', 'imminent_eviction', 'minor_at_risk', 'violence', 'other_emergency')),
  CONSTRAINT ck_break_glass_openings_reason CHECK (length(reason) >= 20),
  CONSTRAINT ck_break_glass_openings_hour CHECK (closes_at = opened_at + interval '60 minutes'),
  CONSTRAINT ck_break_glass_openings_verdict CHECK (verdict IN ('justified', 'unjustified')),
  CONSTRAINT ck_break_glass_openings_review CHECK ((reviewed_at IS NULL) = (verdict IS NULL) AND (reviewed_at IS NULL) = (reviewed_by IS NULL) AND reviewed_by IS DISTINCT FROM professional_id)
);
CREATE INDEX ix_break_glass_openings_case_id ON break_glass_openings (case_id);
CREATE INDEX ix_break_glass_openings_person ON break_glass_openings (professional_id, opened_at);
CREATE UNIQUE INDEX uq_break_glass_openings_unreviewed ON break_glass_openings (case_id, professional_id)
  WHERE reviewed_at IS NULL;

CREATE TABLE consents (
  case_id UUID NOT NULL,
  member_id UUID,
  purpose TEXT NOT NULL,
  evidence TEXT NOT NULL,
  witness TEXT,
  document TEXT,
  lifts_secrecy BOOLEAN DEFAULT false NOT NULL,
  legal_ground TEXT DEFAULT 'consent' NOT NULL,
  language TEXT NOT NULL,
  collected_by UUID,
  confidential_to UUID,
  given_at TIMESTAMP WITH TIME ZONE NOT NULL,
  valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
  valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  renewed_at TIMESTAMP WITH TIME ZONE,
  renewed_from_id UUID,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_consents PRIMARY KEY (id),
  CONSTRAINT ck_consents_period CHECK (valid_until > valid_from),
  CONSTRAINT ck_consents_evidence CHECK (evidence IN ('oral', 'written', 'portal')),
  CONSTRAINT ck_consents_given CHECK ((evidence = 'portal') = (collected_by IS NULL) AND (evidence <> 'portal' OR member_id IS NOT NULL)),
  CONSTRAINT ck_consents_witness CHECK (evidence <> 'oral' OR witness IS NOT NULL),
  CONSTRAINT ck_consents_document CHECK (evidence <> 'written' OR document IS NOT NULL),
  CONSTRAINT ck_consents_legal_ground CHECK (legal_ground IN ('consent', 'contract', 'legal_obligation', 'vital_interest', 'public_task', 'legitimate_interest')),
  CONSTRAINT uq_consents_renewed_from_id UNIQUE (renewed_from_id)
);
CREATE INDEX ix_consents_case_id ON consents (case_id);
CREATE INDEX ix_consents_member_id ON consents (member_id);

CREATE TABLE exclusions (
  case_id UUID NOT NULL,
  professional_id UUID,
  organisation_id UUID,
  reason TEXT NOT NULL,
  set_by UUID,
  set_by_member UUID,
  set_at TIMESTAMP WITH TIME ZONE NOT NULL,
  lifted_by UUID,
  lifted_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_exclusions PRIMARY KEY (id),
  CONSTRAINT ck_exclusions_one_named CHECK ((professional_id IS NULL) <> (organisation_id IS NULL)),
  CONSTRAINT ck_exclusions_lifted CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
  CONSTRAINT ck_exclusions_one_set_it CHECK ((set_by IS NULL) <> (set_by_member IS NULL))
);
CREATE INDEX ix_exclusions_case_id ON exclusions (case_id);
CREATE UNIQUE INDEX uq_exclusions_organisation ON exclusions (case_id, organisation_id, set_by_member) NULLS NOT DISTINCT
  WHERE lifted_at IS NULL AND organisation_id IS NOT NULL;
CREATE UNIQUE INDEX uq_exclusions_professional ON exclusions (case_id, professional_id, set_by_member) NULLS NOT DISTINCT
  WHERE lifted_at IS NULL AND professional_id IS NOT NULL;

CREATE TABLE provisions (
  consent_id UUID NOT NULL,
  case_id UUID NOT NULL,
  effect TEXT NOT NULL,
  recipient_kind TEXT NOT NULL,
  recipient_id UUID,
  recipient_role TEXT,
  category_mask INTEGER NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_provisions PRIMARY KEY (id),
  CONSTRAINT ck_provisions_effect CHECK (effect IN ('permit', 'deny')),
  CONSTRAINT ck_provisions_kind CHECK (recipient_kind IN ('person', 'organisation', 'role')),
  CONSTRAINT ck_provisions_recipient CHECK ((recipient_kind = 'role') = (recipient_role IS NOT NULL) AND (recipient_kind = 'role') = (recipient_id IS NULL)),
  CONSTRAINT ck_provisions_categories CHECK (category_mask > 0 AND category_mask <= 1023)
);
CREATE INDEX ix_provisions_case_id ON provisions (case_id);
CREATE INDEX ix_provisions_consent_id ON provisions (consent_id);

-- References: once every table of every feature is there.
ALTER TABLE share_periods
  ADD CONSTRAINT fk_share_periods_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE share_periods
  ADD CONSTRAINT fk_share_periods_principal_id FOREIGN KEY(principal_id) REFERENCES professionals (id);
ALTER TABLE break_glass_openings
  ADD CONSTRAINT fk_break_glass_openings_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE break_glass_openings
  ADD CONSTRAINT fk_break_glass_openings_confidential_to FOREIGN KEY(confidential_to) REFERENCES members (id);
ALTER TABLE break_glass_openings
  ADD CONSTRAINT fk_break_glass_openings_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE break_glass_openings
  ADD CONSTRAINT fk_break_glass_openings_reviewed_by FOREIGN KEY(reviewed_by) REFERENCES professionals (id);
ALTER TABLE consents
  ADD CONSTRAINT fk_consents_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE consents
  ADD CONSTRAINT fk_consents_collected_by FOREIGN KEY(collected_by) REFERENCES professionals (id);
ALTER TABLE consents
  ADD CONSTRAINT fk_consents_confidential_to FOREIGN KEY(confidential_to) REFERENCES members (id);
ALTER TABLE consents
  ADD CONSTRAINT fk_consents_member_id FOREIGN KEY(member_id) REFERENCES members (id);
ALTER TABLE consents
  ADD CONSTRAINT fk_consents_renewed_from_id FOREIGN KEY(renewed_from_id) REFERENCES consents (id);
ALTER TABLE exclusions
  ADD CONSTRAINT fk_exclusions_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE exclusions
  ADD CONSTRAINT fk_exclusions_lifted_by FOREIGN KEY(lifted_by) REFERENCES professionals (id);
ALTER TABLE exclusions
  ADD CONSTRAINT fk_exclusions_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id);
ALTER TABLE exclusions
  ADD CONSTRAINT fk_exclusions_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE exclusions
  ADD CONSTRAINT fk_exclusions_set_by FOREIGN KEY(set_by) REFERENCES professionals (id);
ALTER TABLE exclusions
  ADD CONSTRAINT fk_exclusions_set_by_member FOREIGN KEY(set_by_member) REFERENCES members (id);
ALTER TABLE provisions
  ADD CONSTRAINT fk_provisions_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE provisions
  ADD CONSTRAINT fk_provisions_consent_id FOREIGN KEY(consent_id) REFERENCES consents (id);
