-- The tables of network as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE courts (
  code TEXT NOT NULL,
  source_id TEXT NOT NULL,
  names JSONB NOT NULL,
  seat JSONB NOT NULL,
  territory JSONB NOT NULL,
  communes JSONB NOT NULL,
  arrondissement TEXT NOT NULL,
  region TEXT NOT NULL,
  address TEXT,
  phone TEXT,
  email TEXT,
  valid_from DATE,
  valid_until DATE,
  source TEXT NOT NULL,
  source_version TEXT NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_courts PRIMARY KEY (id),
  CONSTRAINT uq_courts_code UNIQUE (code),
  CONSTRAINT uq_courts_source_id UNIQUE (source_id)
);

CREATE TABLE organisations (
  name TEXT NOT NULL,
  sector TEXT NOT NULL,
  kind TEXT NOT NULL,
  public_welfare_centre BOOLEAN DEFAULT false NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_organisations PRIMARY KEY (id),
  CONSTRAINT ck_organisations_kind CHECK (kind IN ('generalist', 'specialist')),
  CONSTRAINT uq_organisations_name UNIQUE (name)
);

CREATE TABLE professionals (
  organisation_id UUID NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  language TEXT NOT NULL,
  active BOOLEAN DEFAULT true NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_professionals PRIMARY KEY (id),
  CONSTRAINT ck_professionals_language CHECK (language IN ('fr', 'nl', 'en'))
);
CREATE INDEX ix_professionals_organisation_id ON professionals (organisation_id);

CREATE TABLE court_corrections (
  court_id UUID NOT NULL,
  state TEXT NOT NULL,
  changes JSONB NOT NULL,
  reason TEXT NOT NULL,
  made_by UUID NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  withdrawn_by UUID,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_court_corrections PRIMARY KEY (id),
  CONSTRAINT ck_court_corrections_state CHECK (state IN ('active', 'withdrawn')),
  CONSTRAINT ck_court_corrections_withdrawn_by CHECK ((state = 'withdrawn') = (withdrawn_by IS NOT NULL)),
  CONSTRAINT ck_court_corrections_withdrawn_at CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
);
CREATE INDEX ix_court_corrections_court_id ON court_corrections (court_id);

CREATE TABLE escalation_rules (
  key INTEGER NOT NULL,
  steps JSONB NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_escalation_rules PRIMARY KEY (key),
  CONSTRAINT ck_escalation_rules_one_row CHECK (key = 1)
);

CREATE TABLE identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  professional_id UUID NOT NULL,
  CONSTRAINT pk_identities PRIMARY KEY (issuer, subject)
);
CREATE INDEX ix_identities_professional_id ON identities (professional_id);

CREATE TABLE login_sessions (
  id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  professional_id UUID NOT NULL,
  csrf_token TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  revoked_at TIMESTAMP WITH TIME ZONE,
  user_agent TEXT NOT NULL,
  CONSTRAINT pk_login_sessions PRIMARY KEY (id),
  CONSTRAINT uq_login_sessions_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_login_sessions_professional_id ON login_sessions (professional_id);

CREATE TABLE network_settings (
  key INTEGER NOT NULL,
  notes_after_withdrawal TEXT NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_network_settings PRIMARY KEY (key),
  CONSTRAINT ck_network_settings_one_row CHECK (key = 1),
  CONSTRAINT ck_network_settings_notes_after_withdrawal CHECK (notes_after_withdrawal IN ('kept_for_reference_worker', 'sealed'))
);

CREATE TABLE professional_cantons (
  professional_id UUID NOT NULL,
  canton TEXT NOT NULL,
  CONSTRAINT pk_professional_cantons PRIMARY KEY (professional_id, canton)
);

CREATE TABLE professional_roles (
  professional_id UUID NOT NULL,
  role TEXT NOT NULL,
  CONSTRAINT pk_professional_roles PRIMARY KEY (professional_id, role),
  CONSTRAINT ck_professional_roles_role CHECK (role IN ('worker', 'facilitator', 'liaison', 'team_lead', 'coordinator', 'administrator'))
);

CREATE TABLE protocols (
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  published_at TIMESTAMP WITH TIME ZONE NOT NULL,
  published_by UUID NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_protocols PRIMARY KEY (id),
  CONSTRAINT uq_protocols_number UNIQUE (number)
);

CREATE TABLE substitutions (
  reference_id UUID NOT NULL,
  substitute_id UUID NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE NOT NULL,
  valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
  valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
  named_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_substitutions PRIMARY KEY (id),
  CONSTRAINT ck_substitutions_parties CHECK (reference_id <> substitute_id),
  CONSTRAINT ck_substitutions_days CHECK (last_day >= first_day),
  CONSTRAINT ck_substitutions_period CHECK (valid_until > valid_from)
);
CREATE INDEX ix_substitutions_reference ON substitutions (reference_id, valid_until);
CREATE INDEX ix_substitutions_substitute ON substitutions (substitute_id, valid_until);

CREATE TABLE protocol_signatures (
  protocol_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  signed_by UUID NOT NULL,
  CONSTRAINT pk_protocol_signatures PRIMARY KEY (protocol_id, organisation_id)
);

-- References: once every table of every feature is there.
ALTER TABLE professionals
  ADD CONSTRAINT fk_professionals_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id);
ALTER TABLE court_corrections
  ADD CONSTRAINT fk_court_corrections_court_id FOREIGN KEY(court_id) REFERENCES courts (id);
ALTER TABLE court_corrections
  ADD CONSTRAINT fk_court_corrections_made_by FOREIGN KEY(made_by) REFERENCES professionals (id);
ALTER TABLE court_corrections
  ADD CONSTRAINT fk_court_corrections_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES professionals (id);
ALTER TABLE escalation_rules
  ADD CONSTRAINT fk_escalation_rules_changed_by FOREIGN KEY(changed_by) REFERENCES professionals (id);
ALTER TABLE identities
  ADD CONSTRAINT fk_identities_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE login_sessions
  ADD CONSTRAINT fk_login_sessions_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE network_settings
  ADD CONSTRAINT fk_network_settings_changed_by FOREIGN KEY(changed_by) REFERENCES professionals (id);
ALTER TABLE professional_cantons
  ADD CONSTRAINT fk_professional_cantons_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE professional_roles
  ADD CONSTRAINT fk_professional_roles_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE protocols
  ADD CONSTRAINT fk_protocols_published_by FOREIGN KEY(published_by) REFERENCES professionals (id);
ALTER TABLE substitutions
  ADD CONSTRAINT fk_substitutions_reference_id FOREIGN KEY(reference_id) REFERENCES professionals (id);
ALTER TABLE substitutions
  ADD CONSTRAINT fk_substitutions_substitute_id FOREIGN KEY(substitute_id) REFERENCES professionals (id);
ALTER TABLE protocol_signatures
  ADD CONSTRAINT fk_protocol_signatures_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id);
ALTER TABLE protocol_signatures
  ADD CONSTRAINT fk_protocol_signatures_protocol_id FOREIGN KEY(protocol_id) REFERENCES protocols (id);
ALTER TABLE protocol_signatures
  ADD CONSTRAINT fk_protocol_signatures_signed_by FOREIGN KEY(signed_by) REFERENCES professionals (id);
